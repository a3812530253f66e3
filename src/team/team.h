/*
 * team: the people of a workspace as routing sees them: when each works, is
 * away, and how much each can take. A team is read once and not changed.
 */
#ifndef TEAM_TEAM_H
#define TEAM_TEAM_H

#include "lib/time/hours.h"
#include "lib/time/zone.h"
#include "src/team/ability.h"
#include "src/team/absence.h"
#include "src/team/holiday.h"
#include "src/team/work_calendar.h"

enum role { ROLE_OWNER, ROLE_ADMIN, ROLE_MANAGER, ROLE_REP, ROLE_VIEWER };

extern const char *const role_names[]; /* ends with NULL */
bool role_find(struct str name, enum role *);

/* What a person hears of by mail, unless it is switched off. */
enum person_mail {
    MAIL_ASSIGNED = 1 << 0, /* a lead has become his, or many have */
    MAIL_MOVED_ON = 1 << 1, /* it has gone on to somebody else */
    MAIL_RETURNED = 1 << 2, /* it wrote again */
    MAIL_DUE_SOON = 1 << 3, /* the promise of an answer ends soon */
    MAIL_LATE = 1 << 4,     /* it was missed */
};
enum { MAIL_COUNT = 5 };

extern const char *const mail_names[]; /* by bit; ends with NULL */

struct person {
    struct id id;
    int64_t version;
    struct str email;
    struct str name;
    enum role role;
    bool active;
    enum { TAKES_BY_ROLE, TAKES_YES, TAKES_NO } takes;
    bool away; /* presence, set by the person ... */
    bool busy; /* ... never both: neither is available */
    struct ability ability;
    struct str country; /* empty: the workspace's */
    struct str region;
    struct str sets_json; /* of holidays that he names; or empty */
    struct id calendar;   /* whose hours are his; or none */
    const struct work_calendar *shares; /* the same, in the team; or NULL */
    struct str zone_text;
    const struct zone *zone;
    const struct zone *wall; /* of hours and days off: the calendar's or his */
    struct str hours_json;   /* his own, as written; empty: any hour */
    struct hours hours;      /* compiled, holidays taken out */
    struct hours present;    /* compiled, absences taken out as well */
    const int64_t *holidays; /* days at the wall since 1970, in order */
    int holiday_count;
    int64_t open_leads_max; /* -1: no limit */
    int64_t day_leads_max;  /* -1: no limit */
    int32_t weight;         /* share of turns, 1..100 */
    struct str language;    /* "en" or "ko" of mails; empty: the workspace's */
    unsigned mail_off;      /* bits of enum person_mail: not by mail */
    const struct absence *absences;
    int absence_count;
};

struct team {
    struct person *people; /* by id: the index is the person's number */
    int count;
    bool has_rep;         /* an active person with role rep */
    int64_t compiled_ms;  /* hours are known from here on ... */
    struct skills skills; /* the catalogue */
    const struct holiday_set *holiday_sets;
    int holiday_set_count;
    const struct work_calendar *calendars;
    int calendar_count;
};

enum { TEAM_HORIZON_DAYS = 120, TEAM_RELOAD_DAYS = 30 };

/* The number of a person, or -1. */
int team_find(const struct team *, struct id);
int team_find_email(const struct team *, struct str email);

/* A switch; on for reps and, while there is no rep, for the owner. A viewer
 * takes none. */
bool team_takes_leads(const struct team *, const struct person *);

/* Works here, and may do more with leads than look at them: else no lead is
 * ever his. */
bool person_may_own(const struct person *);

/* The absence that covers the moment, or NULL. */
const struct absence *person_absence(const struct person *, int64_t at_ms);

/* What a person says of himself: "available", "busy", "away". */
extern const char *const presence_names[]; /* ends with NULL */
const char *person_presence(const struct person *);
void person_presence_set(struct person *, struct str name);

/* Which days off hold for him; `country` is of those who name none. */
struct holiday_place person_place(const struct person *, struct str country);

/* The holiday on which he does not work at that moment, or -1. */
int64_t person_holiday(const struct person *, int64_t at_ms);

/* Local days since 1970 in the person's zone. */
int64_t person_day(const struct person *, int64_t at_ms);

/* Time between two moments within the hours and holidays of the person as they
 * are now; all of it for somebody without. Absences are not taken out. */
bool person_working_ms(struct work *, const struct person *, int64_t from_ms,
                       int64_t to_ms, int64_t *ms);

/* When the next one begins. */
int64_t person_next_day_ms(const struct person *, int64_t at_ms);

/* ---------------------------------------------------------------- store */

/* Reads everybody into the arena, hours compiled from now on. `country` is
 * of those who name none. */
bool team_load(struct work *, struct arena *, struct str country,
               const struct team **);

/* The same row for the API; false with ERR_NOT_FOUND. */
bool person_load(struct work *, struct id, struct person *);

/* Of w->workspace, by the address in lower case. */
bool person_find_email(struct work *, struct str email, struct person *,
                       bool *found);

/* Inserts (version 0) or updates a person. */
bool person_save(struct work *, struct person *);

struct queue {
    struct id id;
    struct str slug;
    struct str name;
};

bool queue_save(struct work *, const struct queue *);
bool queue_list(struct work *, struct arena *, struct queue **, int *count);

#endif
