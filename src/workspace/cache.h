/*
 * cache: what a thread remembers of a workspace between units of work: its
 * people, rules and scoring (immutable until somebody changes them), and the
 * counters of the ledger.
 *
 * A writer locks the workspace's row of fairness_group at the head of each
 * group and thereby learns whether its copy is still the newest (R4): so
 * several processes may serve one workspace. A reader only compares versions.
 */
#ifndef WORKSPACE_CACHE_H
#define WORKSPACE_CACHE_H

#include "lib/base/bloom.h"
#include "lib/base/hash.h"
#include "lib/jobs/runner.h"
#include "src/account/account.h"
#include "src/team/ledger.h"
#include "src/team/result.h"
#include "src/team/team.h"
#include "src/workspace/workspace.h"

struct lead_schema;
struct lead_stage;
struct route_snapshot;
struct score_rules;
struct conventions;
struct source;
struct notify_targets;
struct first_answers;
struct digest;
struct territory;
struct value_list;
struct lead_step;
struct insight_state;
struct hook;
struct sequences;
struct erased_key;

/* K2: which keys the others can know. */
struct keys_version {
    int64_t before; /* as stored before the present group */
    bool moves;     /* the group moves it on by one */
    bool changed;   /* the group wrote keys, or made records that have some */
    bool likely;    /* the last one did */
};

/* The newest keys of a workspace: match/key_tail.c works on it. */
struct key_tail {
    int64_t version;         /* of the keys at our last commit; < 0: none */
    bool checked;            /* in this group: fit for use */
    bool settled_now;        /* in this group it was read from the leads, or
                                has lost something: rolled back, it is so anew */
    bool step_all;           /* all of the queue is written in this group */
    bool step_end;           /* much of it is, in this group */
    bool leaving;            /* all is written, for the process ends */
    int direct;              /* groups whose keys are written at once */
    struct id mark;          /* leads up to here have their keys in the table */
    struct id mark_then;     /* the mark once the group is committed */
    struct id newest;        /* lead seen */
    struct id frozen_newest; /* the mark, once `frozen` is written */
    bool frozen_repeats;     /* the table may have some of them */
    struct hash_map fresh;   /* key -> lead */
    struct hash_map frozen;  /* the same, of those that are being written */
    struct hash_slot *queue; /* frozen, by key; owned */
    int queue_count;
    int queue_next; /* written up to here */
    int queue_step; /* by the present group */
    int64_t *added; /* keys put into fresh by the group; owned */
    int added_count;
    int added_room;
};

/* What the table of keys surely has not: match/key_filter.c works on it. */
struct key_filter {
    int64_t version;    /* of the keys at our last commit */
    int waits;          /* groups, after another process was seen */
    bool begun;         /* what it holds is of this version, or older */
    bool checked;       /* in this group: fit for use */
    bool whole;         /* all keys of the table are in it */
    int64_t read_to;    /* else: those up to here, and what was written since */
    struct bloom bloom; /* owned */
};

struct workspace_cache {
    struct workspace_cache *next;
    struct id id;
    int64_t version;        /* of the ledger */
    int64_t config_version; /* of all but the ledger */
    struct id keys_mark;    /* as stored when it was locked */
    struct keys_version keys;
    int64_t ids_end_ms; /* W9: the group's ids are before this */
    struct key_tail tail;
    struct key_filter filter;
    struct account_memory accounts;
    bool locked;               /* by the present group */
    bool config_changed;       /* by a unit of the present group */
    int64_t search_put_off_ms; /* since when capture goes first; 0: not */
    int64_t search_due_ms;     /* until then what changes is indexed by a job
                               that waits already (lead_search_later) */
    int search_passed;         /* entries of the timeline since then that
                                  change no text (lead_search_passes) */
    struct lead_step *steps;   /* what the group's saves have changed, for the
                                figures; owned */
    int step_count;
    int step_room;
    struct arena step_texts; /* what they name. A unit's memory may end before
                                the group does (a row of a table), and that of
                                the configuration may be filled anew */
    struct id steps_until;   /* saves of leads after it are not noted: a job is
                              on its way to count them whole */
    int64_t insight_due_ms;  /* until then a job waits already that adds what
                               happens to the figures */
    struct arena config;
    struct arena counters;
    struct workspace workspace;
    const struct team *team;
    const struct queue *queues;
    int queue_count;
    const struct source *sources;
    int source_count;
    const struct lead_schema *schema;      /* fields; of leads */
    const struct lead_stage *stages;       /* in their order */
    const struct conventions *conventions; /* NULL: none */
    const struct territory *territories;
    int territory_count;
    const struct value_list *lists;
    int list_count;
    bool loading; /* what it holds is being read: names may be gone */
    const struct route_snapshot *routing;
    const struct score_rules *scoring;
    const struct notify_targets *notify;
    const struct first_answers *first_answers;
    const struct insight_state *insight;
    const struct hook *hooks; /* where webhooks of others come in */
    int hook_count;
    const struct erased_key *erased; /* whom no list brings back; by key */
    int erased_count;
    struct hash_map hook_seen; /* what their bodies have; see hook.h */
    int64_t loads; /* how often all this was read: what points into it asks */
    const struct sequences *sequences;
    const struct str *sequence_slugs; /* rules name them; in use first */
    int sequences_in_use;
    int sequence_count;
    struct ledger ledger;
    struct digest *digests; /* counted by the present group; owned */
    int digest_count;
    int digest_room;
    const struct results *results; /* NULL: to be read (route_results) */
    struct arena results_arena;
};

/* What fills a cache, in order; the program's table ends with NULL. */
typedef bool cache_loader(struct work *, struct workspace_cache *);
extern cache_loader *const cache_loaders[];

/* The unit's workspace; NULL with the unit failed. */
struct workspace_cache *workspace_cache(struct work *);

/* What is read now was stored: it is taken as it is, for nobody is there who
 * could mend it. False without a workspace. */
bool workspace_is_loading(struct work *);

/*
 * A copy of the unit's workspace for work that takes many units: nobody
 * refreshes it. Hours are compiled from `from_ms` on, and absences that ended
 * before are not in it. It is the unit's workspace_cache from here on; NULL with
 * the unit failed. Freed by whoever asked for it.
 */
struct workspace_cache *workspace_cache_apart(struct work *, int64_t from_ms);
void workspace_cache_free(struct workspace_cache *); /* NULL is allowed */

/* STR_NONE when there is no such source. */
struct str workspace_source_name(const struct workspace_cache *, struct id);

/* Of phone numbers that come by a source and name none: the source's, else
 * the workspace's. */
struct str workspace_phone_country(const struct workspace_cache *,
                                   struct id source);

/* A unit has changed people, rules, scoring or webhooks: every node reads
 * them again before it decides anything. */
bool workspace_config_changed(struct work *);

/* The first that this thread remembers of which `is` is true; ID_NONE. */
struct id cache_find(struct work *, bool (*is)(const struct workspace_cache *));

/* Calls `each` for the workspaces that the present group has locked, with
 * w->workspace set; stops at the first false. */
bool cache_each_locked(struct work *,
                       bool (*each)(struct work *, void *context,
                                    struct workspace_cache *),
                       void *context);

/*
 * What is known of keys in the present group, by whoever warmed them (match):
 * 0 nothing, KEY_ABSENT, KEY_PRESENT. Empty at the start of each group.
 */
enum { KEY_ABSENT = 1, KEY_PRESENT = 2 };
struct hash_map *cache_keys(struct work *);

/* What was read for the present group, for warm.c; NULL: there are no groups,
 * it is a command. */
struct warm_rows *cache_warm_rows(struct work *);

/* The runner's hooks (jobs/runner.h). */
void *cache_open(void *context, struct db *, bool writes);
void cache_close(void *app);
bool cache_group_begin(struct work *, struct unit *const *units, int count);
bool cache_group_end(struct work *);
void cache_group_done(struct work *, bool committed);

#endif
