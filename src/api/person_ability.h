/*
 * person_ability: what a person can and where he lives, as it comes and goes
 * by HTTP. For team_api.c.
 */
#ifndef PERSON_ABILITY_H
#define PERSON_ABILITY_H

#include "lib/http/shape.h"
#include "src/team/team.h"

extern const struct shape person_skill_shape;

/* The members of a person's shape that this file reads and writes. */
#define PERSON_ABILITY_FIELDS                                                  \
    { "skills",                                                                \
      SHAPE_OBJECT,                                                            \
      SHAPE_LIST | SHAPE_NULLABLE,                                             \
      100,                                                                     \
      .of = &person_skill_shape,                                               \
      .about = "Of the catalogue, each once." },                               \
        { "languages", SHAPE_TEXT, SHAPE_LIST | SHAPE_NULLABLE, 20,            \
          .about = "BCP 47: ko, en-GB." },                                     \
        { "seniority", SHAPE_ANY, 0,                                           \
          .about = "junior, regular, senior, which are 1, 2, 3; or 1..10." },  \
        { "country", SHAPE_TEXT, SHAPE_NULLABLE, 200,                          \
          .about = "Of holidays, by code or name; null: the workspace's." },   \
        { "region", SHAPE_TEXT, SHAPE_NULLABLE, 100,                           \
          .about = "Of the country, for its own holidays." },                  \
        { "territories", SHAPE_TEXT, SHAPE_LIST | SHAPE_NULLABLE, 100,         \
          .about = "Served, with all that lies in them, by short name." },     \
    {                                                                          \
        "holidays", SHAPE_ID, SHAPE_LIST | SHAPE_NULLABLE, 20,                 \
            .about = "Sets of days off besides those of everybody and of the " \
                     "place."                                                  \
    }

/* What was sent of them; faults are details with pointers. */
bool person_ability_read(struct work *, const struct team *,
                         const struct json *, struct person *);

void person_ability_put(struct work *, struct json_out *, const struct team *,
                        const struct person *);

#endif
