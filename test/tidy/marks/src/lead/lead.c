/* lead: TODO later. */
/* TODO(#12) when the index is there. TODO(docs/decisions/0003.md) too. */
/* FIXME: soon. TODOS are another word. */
