/*
 * ability: what a person brings: skills with a level, languages, seniority,
 * the territories he serves.
 * Rules may need it of whoever takes a lead (src/route/needs.h).
 */
#ifndef TEAM_ABILITY_H
#define TEAM_ABILITY_H

#include "lib/base/json.h"
#include "lib/jobs/work.h"

enum {
    SKILL_LEVEL_MAX = 5,
    SENIORITY_JUNIOR = 1,
    SENIORITY_REGULAR = 2,
    SENIORITY_SENIOR = 3,
    SENIORITY_MAX = 10,
};

/* One skill of the workspace's catalogue. */
struct skill {
    struct id id;
    int64_t version;
    struct str slug; /* what rules and people name; never changes */
    struct str name; /* as shown */
};

struct skills {
    const struct skill *list; /* the index is the skill's number */
    int count;
};

int skills_find(const struct skills *, struct str slug); /* or -1 */

struct ability {
    struct str skills_json;      /* {"solar": 3}; empty: none */
    struct str languages_json;   /* ["ko", "en-GB"]; empty: none */
    struct str territories_json; /* ["seoul"], served; empty: none */
    int32_t seniority;           /* 1 .. SENIORITY_MAX */
    const uint8_t *levels; /* compiled: by number of the skill; NULL: none */
    const struct str *languages; /* compiled */
    int language_count;
    const struct str *territories; /* compiled */
    int territory_count;
};

/* Reads the documents into levels and languages. */
void ability_compile(struct arena *, const struct skills *, struct ability *);

int ability_level(const struct ability *, int skill); /* 0: has it not */

/*
 * Two BCP 47 tags of one language: who speaks "en" can answer "en-GB", and
 * the other way round. Regions and scripts do not part people.
 */
bool language_is_same(struct str, struct str);

/* "ko", "en-GB": two or three letters, then parts of up to eight. */
bool language_is_tag(struct str);
bool ability_speaks(const struct ability *, struct str language);

/* "junior", "regular", "senior", or NULL: a number says it. */
const char *seniority_name(int32_t);

/* A name or a whole number from 1 to SENIORITY_MAX; false when neither. */
bool seniority_read(const struct json *, int32_t *);

/* ---------------------------------------------------------------- store */

bool skill_list(struct work *, struct arena *, struct skills *);
bool skill_add(struct work *, const struct skill *);
bool skill_rename(struct work *, const struct skill *);
bool skill_remove(struct work *, struct id);

#endif
