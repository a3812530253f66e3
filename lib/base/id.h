/*
 * id: 64-bit keys, time-ordered, made by the node: 42 bits of milliseconds
 * since 2020-01-01 UTC, 10 of node number, 11 of sequence. Shown as 13
 * characters of lower-case Crockford base 32.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "lib/base/str.h"

enum { ID_TEXT_BYTES = 13, ID_NODES = 1024, ID_NODE_UNIT = 2048 };

struct id {
    int64_t value; /* 0: none */
};

/* The node of an id is id / ID_NODE_UNIT % ID_NODES, in SQL too. */

#define ID_NONE ((struct id){ 0 })

bool id_is_none(struct id);
bool id_equal(struct id, struct id);
int id_compare(struct id, struct id); /* by value, so by time */

struct id_text {
    char text[ID_TEXT_BYTES + 1]; /* NUL-terminated */
};

struct id_text id_show(struct id);

/* False for anything that is not 13 characters of the alphabet in range. */
bool id_parse(struct str, struct id *);

/*
 * A maker of ids. Ids of one maker strictly increase, also when the clock
 * steps back: it then goes on from the last millisecond it used.
 * Not shared between threads: each thread that makes ids has its own maker
 * with a share of the sequence (`lane` of `lanes`).
 */
struct id_maker {
    int64_t last_ms;
    uint32_t node;
    uint32_t lane;  /* this maker's number, 0 .. lanes-1 */
    uint32_t lanes; /* makers on this node */
    uint32_t sequence;
};

void id_maker_init(struct id_maker *, uint32_t node, uint32_t lane,
                   uint32_t lanes);
struct id id_next(struct id_maker *, int64_t now_ms);

/* The next id is of this millisecond, if the maker has not come so far yet. */
void id_maker_begin(struct id_maker *, int64_t ms);

/* The UTC milliseconds in an id. */
int64_t id_time_ms(struct id);

/* Which node has made it. */
uint32_t id_node(struct id);

/* The smallest id that could be made at `ms`; for ranges by time. */
struct id id_at(int64_t ms);

#endif
