/* lead: a record. */
struct lead;
