/*
 * needs: what a rule or a pool needs of whoever takes a lead: skills with a
 * level, a language, seniority, the lead's territory. A need is never traded for points: who does
 * not meet it is passed over, and the record says why (gate.c).
 */
#ifndef ROUTE_NEEDS_H
#define ROUTE_NEEDS_H

#include "lib/http/shape.h"
#include "lib/rules/condition.h"
#include "src/team/ability.h"

struct route_needed_skill {
    int skill; /* number in the catalogue; -1: people are not known */
    struct str slug;
    int32_t level;
};

struct route_needs {
    const struct route_needed_skill *skills;
    int skill_count;
    struct str language;    /* a tag; empty: any */
    bool language_of_lead;  /* the lead's own; one of none asks for none */
    int32_t seniority;      /* the least; 0: any */
    bool territory_of_lead; /* he serves the lead's place; one without any
                               asks for none */
};

/* What somebody lacks: of what, how much he has, and how much is needed. */
struct route_lack {
    struct str what;
    int64_t saw;
    int64_t limit;
};

/* True when the need is not met; fills the lack. */
typedef bool route_need(const struct route_needs *, const struct ability *,
                        const struct fact *facts, struct route_lack *);
route_need needs_lack_skill;
route_need needs_lack_language;
route_need needs_lack_seniority;

extern const struct shape route_needs_shape;

/*
 * Reads the object at `at` into the arena. Without a catalogue (NULL) skills
 * are not looked up. NULL with details when something is wrong.
 */
const struct route_needs *route_needs_read(struct work *, struct arena *,
                                           const struct skills *,
                                           const struct json *, struct str at);

#endif
