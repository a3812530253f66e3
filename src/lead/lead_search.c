/*
 * lead_search: what is found, and how the index keeps up. See lead_search.h;
 * texts and grams are in lead_search_text.c, tables in lead_search_store.c.
 *
 * The index answers with candidates; each is compared with its text before it
 * counts (L4), so a hash that two grams share harms nobody. The leads that the
 * timeline names behind the mark are compared without it, and both are
 * answered in one order. Which of them have changed since they were indexed is
 * told by the lead itself, once it is read for the page.
 */
#include "src/lead/lead_search.h"

#include <stdlib.h>

#include "lib/base/clock.h"
#include "src/lead/lead_search_store.h"
#include "src/workspace/cache.h"

enum {
    ENTRIES_AT_A_TIME = 1000, /* of the timeline, for one job */
    BUSY = 3,                 /* units beside us: capture goes first, ... */
    FLOOD_ENTRIES = 4000, /* ... or so many entries, whoever wrote them, ... */
    FLOOD_MS = 2000,      /* ... in so long, ... */
    BUSY_MS = 250,        /* ... and we come back after this, ... */
    LATE_MS = 30000,      /* but what is older than this is not kept out */
    WAIT_MS = 300,        /* from a change to its job */
    PASSED_MAX = 250,     /* entries that change no text, and then a job */
    PAUSE_MS = 100,       /* between two jobs while there is much to do:
                                 the writer belongs to captures first */
};

/* ---------------------------------------------------------------- finding */

/* The grams that are looked up; the rest of a long question is compared. */
static int
asked_grams(struct id workspace, const struct str *words, int count,
            int32_t grams[LEAD_SEARCH_ASKED_MAX])
{
    int found = 0;

    for (int i = 0; i < count; i++)
        found += lead_search_word_grams(workspace, words[i], grams + found,
                                        LEAD_SEARCH_ASKED_MAX - found);
    return found;
}

/* L4 */
static void
keep_true_ones(struct lead_search_found *found,
               const struct lead_search_hits *hits)
{
    int kept = 0;

    for (int i = 0; i < found->count; i++)
        if (lead_search_holds(found->rows[i].text, hits->words,
                              hits->word_count))
            found->rows[kept++] = found->rows[i];
    found->count = kept;
}

/* What is older than the last that the index has looked at belongs behind what
 * it would find next: it comes with the next page. */
static void
leave_to_next_page(struct lead_search_found *tail,
                   const struct lead_search_found *found)
{
    while (found->more && tail->count > 0
           && id_compare(tail->rows[tail->count - 1].lead, found->last) < 0)
        tail->count--;
}

/* Newest first, each once. */
static void
join(struct work *w, const struct lead_search_found *found,
     const struct lead_search_found *tail, struct lead_search_hits *hits)
{
    int i = 0, j = 0;

    hits->leads = ARENA_ARRAY(w->arena, struct id,
                              (size_t)found->count + (size_t)tail->count);
    while (i < found->count || j < tail->count) {
        /* ID_NONE is older than any. */
        struct id a = i < found->count ? found->rows[i].lead : ID_NONE;
        struct id b = j < tail->count ? tail->rows[j].lead : ID_NONE;
        int order = id_compare(a, b);
        hits->leads[hits->count++] = order < 0 ? b : a;
        i += order >= 0;
        j += order <= 0;
    }
}

bool
lead_search(struct work *w, struct str text, struct id before,
            struct lead_search_hits *hits)
{
    int32_t grams[LEAD_SEARCH_ASKED_MAX];
    struct lead_search_found found;
    struct lead_search_found tail;

    *hits = (struct lead_search_hits){ 0 };
    hits->word_count = lead_search_words(w->arena, text, hits->words);
    if (hits->word_count == 0)
        return fail_at(w, STR("/q"), "nothing_to_find",
                       "Name a word, or the beginning of one.");
    if (id_is_none(before))
        before.value = INT64_MAX;

    int gram_count =
        asked_grams(w->workspace, hits->words, hits->word_count, grams);
    /* The tail first: what is indexed meanwhile is in both, not in neither. */
    if (!search_tail(w, before, &tail)
        || !search_candidates(w, grams, gram_count, before, &found))
        return false;
    keep_true_ones(&found, hits);
    keep_true_ones(&tail, hits);
    leave_to_next_page(&tail, &found);
    join(w, &found, &tail, hits);
    hits->more = found.more;
    hits->last = found.last;
    hits->behind = tail.more;
    return true;
}

bool
lead_search_is_hit(struct arena *arena, const struct lead_search_hits *hits,
                   const struct lead *lead)
{
    return lead_search_holds(lead_search_text(arena, lead), hits->words,
                             hits->word_count);
}

/* ---------------------------------------------------------------- feeding */

static bool
add_job(struct work *w, int64_t due_ms)
{
    return job_add(w, &(struct job_new){ .kind = &lead_search_job,
                                         .key = STR("next"),
                                         .due_ms = due_ms });
}

/* One job for all that changes before it is due: only the first of them
 * touches the table. */
bool
lead_search_later(struct work *w)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    cache->search_passed = 0;
    if (w->now_ms < cache->search_due_ms)
        return true;
    cache->search_due_ms = w->now_ms + WAIT_MS;
    return add_job(w, cache->search_due_ms);
}

/*
 * A question goes through all that is behind the mark: if only what changes
 * texts moved it, a thousand promises that are late would stand there until
 * the next lead comes. An entry is no reason to look whether the rules are
 * still the newest, so what the unit does not remember is not counted.
 */
bool
lead_search_passes(struct work *w)
{
    struct workspace_cache *cache = w->remembered;

    if (cache == NULL || !id_equal(cache->id, w->workspace))
        return true;
    return ++cache->search_passed < PASSED_MAX || lead_search_later(w);
}

static int
by_value(const void *a, const void *b)
{
    return id_compare(*(const struct id *)a, *(const struct id *)b);
}

/* Ascending, each once: the index grows at its end. */
static int
sort_and_join(struct id *leads, int count)
{
    int kept = 0;

    qsort(leads, (size_t)count, sizeof *leads, by_value);
    for (int i = 0; i < count; i++)
        if (kept == 0 || !id_equal(leads[i], leads[kept - 1]))
            leads[kept++] = leads[i];
    return kept;
}

/* L5: what is indexed of a lead is its text as it is now; one that has not
 * changed is left alone. */
static bool
index_leads(struct work *w, struct id *ids, int count)
{
    struct lead *leads;
    struct str *texts;
    int found;

    count = sort_and_join(ids, count);
    if (!lead_select_ids(w, ids, count, &leads, &found)
        || !search_texts(w, ids, count, &texts))
        return false;
    for (int i = 0, at = 0; i < found; i++) {
        while (!id_equal(ids[at], leads[i].id))
            at++;
        struct str text = lead_search_text(w->arena, &leads[i]);
        if (!str_equal(text, texts[at])
            && !search_put(w, leads[i].id, texts[at], text))
            return false;
    }
    return true;
}

/* An import beside us, or another node, is not among our units. */
static bool
is_busy(struct work *w, bool *busy)
{
    int entries;

    *busy = w->waiting >= BUSY && !clock_is_test();
    if (*busy || clock_is_test()) /* under which "later" may never come */
        return true;
    if (!timeline_count_from(w, id_at(w->now_ms - FLOOD_MS), FLOOD_ENTRIES,
                             &entries))
        return false;
    *busy = entries == FLOOD_ENTRIES;
    return true;
}

/* Capture is waited for by people, the index is not: while there is more to
 * do than this, it waits, but never for long. */
static bool
lets_pass(const struct work *w, struct workspace_cache *cache, bool busy)
{
    if (busy && cache->search_put_off_ms == 0)
        cache->search_put_off_ms = w->now_ms;
    if (busy && w->now_ms < cache->search_put_off_ms + LATE_MS)
        return true;
    cache->search_put_off_ms = 0;
    return false;
}

static bool
run(struct work *w, const struct job *job)
{
    struct workspace_cache *cache = workspace_cache(w);
    bool busy;

    if (cache == NULL || !is_busy(w, &busy))
        return false;
    if (lets_pass(w, cache, busy))
        return add_job(w, w->now_ms + BUSY_MS);

    /* W9: no entry will be committed that is before those it sees. */
    struct timeline_changes changes = { .count = 0 };

    (void)job;
    if (!search_mark_read(w, &changes.after)
        || !timeline_changes(w, ENTRIES_AT_A_TIME, &changes)
        || !index_leads(w, changes.leads, changes.count)
        || !search_mark_write(w, changes.last))
        return false;
    return !changes.more || add_job(w, w->now_ms + PAUSE_MS);
}

const struct job_kind lead_search_job = {
    .name = "lead.search",
    .about = "Makes new and changed leads findable by text.",
    .run = run,
};
