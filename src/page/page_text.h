/*
 * page_text: what the pages say, in English and Korean.
 */
#ifndef PAGE_TEXT_H
#define PAGE_TEXT_H

#include "lib/base/arena.h"
#include "lib/time/zone.h"

enum page_language { PAGE_ENGLISH, PAGE_KOREAN, PAGE_LANGUAGES };

enum page_word {
    WORD_SKIP,
    WORD_OPTIONAL,
    WORD_CHECK_FIELDS,
    WORD_NOT_OURS,
    WORD_UNREADABLE,
    /* first set-up */
    WORD_SETUP_TITLE,
    WORD_SETUP_ABOUT,
    WORD_SETUP_DO,
    WORD_SETUP_CLOSED_TITLE,
    WORD_SETUP_CLOSED,
    WORD_SETUP_WAITS_TITLE,
    WORD_SETUP_WAITS,
    WORD_WORKSPACE_NAME,
    WORD_WORKSPACE_NAME_HINT,
    WORD_YOUR_NAME,
    WORD_EMAIL,
    WORD_PASSWORD,
    WORD_PASSWORD_HINT,
    WORD_SENTENCES,
    WORD_SENTENCES_HINT,
    WORD_TIME_ZONE,
    WORD_TIME_ZONE_HINT,
    WORD_FAULT_WORKSPACE,
    WORD_FAULT_NAME,
    WORD_FAULT_EMAIL,
    WORD_FAULT_PASSWORD,
    WORD_FAULT_ZONE,
    WORD_FAULT_REQUIRED,
    WORD_FAULT_VALUE,
    /* signing in */
    WORD_SIGN_IN,
    WORD_SIGN_OUT,
    WORD_SLUG,
    WORD_SLUG_HINT,
    WORD_SEVERAL,
    WORD_WRONG,
    WORD_WRONG_WORKSPACE,
    WORD_TOO_OFTEN,
    /* the first page */
    WORD_TEST_TITLE,
    WORD_TEST_ABOUT,
    WORD_TEST_DO,
    WORD_TEST_NAME,
    WORD_TEST_SOURCE,
    WORD_LEADS,
    WORD_LEADS_NONE,
    WORD_NO_NAME,
    WORD_SCORE,
    WORD_OWNER,
    WORD_QUEUE,
    WORD_NEW,
    WORD_LATE,
    WORD_DUE,
    WORD_ANSWERED,
    WORD_CLOSED,
    WORD_NO_PROMISE,
    WORD_PEOPLE,
    WORD_AVAILABLE,
    WORD_AWAY,
    WORD_ABSENT,
    WORD_OUTSIDE_HOURS,
    WORD_INACTIVE,
    WORD_TAKES_NONE,
    WORD_OPEN_LEADS,
    WORD_API,
    /* in the order of enum role */
    WORD_ROLE_OWNER,
    WORD_ROLE_ADMIN,
    WORD_ROLE_MANAGER,
    WORD_ROLE_REP,
    WORD_ROLE_VIEWER,
    WORD_FIELD_NAME,
    WORD_FIELD_PHONE,
    WORD_FIELD_COMPANY,
    WORD_FIELD_COUNTRY,
    WORD_FIELD_MESSAGE,
    /* public forms */
    WORD_FORM_SEND,
    WORD_FORM_AGAIN,
    WORD_FORM_CHOOSE,
    WORD_FORM_TRAP,
    WORD_FORM_THANKS_TITLE,
    WORD_FORM_THANKS,
    WORD_FORM_TOO_FAST,
    WORD_FORM_NO_FILES,
    WORD_FORM_EMPTY,
    WORD_FORM_GO_ON,
    WORD_FORM_UNKNOWN_TITLE,
    WORD_FORM_UNKNOWN,
    /* no more mails */
    WORD_STOP_TITLE,
    WORD_STOP_ABOUT,
    WORD_STOP_DO,
    WORD_STOP_DONE_TITLE,
    WORD_STOP_DONE,
    WORD_STOP_UNKNOWN_TITLE,
    WORD_STOP_UNKNOWN,
    WORD_COUNT,
};

struct str page_word(enum page_language, enum page_word);

/* "22 Nov 13:05" or "11월 22일 13:05", in that zone. */
struct str page_time(struct arena *, enum page_language, const struct zone *,
                     int64_t ms);

#endif
