/*
 * match_account: which company is it? The domain of the mail address or of the
 * site, that nobody shares, says it best; else the name, without its legal
 * form. One company that comes in many ways at once is one account, because
 * one writer decides it.
 */
#include "src/match/match.h"
#include "src/match/match_store.h"

/* A key is a hash: the account itself must agree. */
static bool
agrees(const struct account *account, enum key_kind kind, struct str text)
{
    return !account->removed
        && str_equal(kind == KEY_DOMAIN ? account->domain : account->name_key,
                     text);
}

/* A key of another kind may be the same number: that record is no account. */
static bool
find_record(struct work *w, struct id id, struct account **account)
{
    if (account_find(w, id, account))
        return true;
    *account = NULL;
    if (w->error.kind != ERR_NOT_FOUND)
        return false;
    w->error = (struct error){ 0 };
    return true;
}

static bool
find_by(struct work *w, enum key_kind kind, struct str text,
        struct account **found)
{
    int64_t key = hash_key(kind, text);
    struct id *ids;
    int count;

    if (*found != NULL || str_is_empty(text))
        return true;
    struct account *known = account_by_key(w, key);
    if (known != NULL && agrees(known, kind, text)) {
        *found = known;
        return true;
    }
    if (!match_look_up(w, key, &ids, &count))
        return false;
    for (int i = 0; i < count && *found == NULL; i++) {
        struct account *account;
        if (!find_record(w, ids[i], &account))
            return false;
        if (account != NULL && agrees(account, kind, text))
            *found = account;
    }
    return *found == NULL || account_remember_key(w, key, (*found)->id);
}

bool
match_account_same(struct work *w, const struct account_clue *clue,
                   struct account **found)
{
    *found = NULL;
    return find_by(w, KEY_DOMAIN, clue->mail_domain, found)
        && find_by(w, KEY_DOMAIN, clue->web_domain, found)
        && find_by(w, KEY_COMPANY, clue->name_key, found);
}

static struct str
domain_of(const struct account_clue *clue)
{
    return str_is_empty(clue->mail_domain) ? clue->web_domain
                                           : clue->mail_domain;
}

static bool
add_new_key(struct work *w, enum key_kind kind, struct str text,
            const struct account *account)
{
    int64_t key = hash_key(kind, text);

    return str_is_empty(text)
        || (match_add_new(w, key, account->id)
            && account_remember_key(w, key, account->id));
}

static bool
add_key(struct work *w, enum key_kind kind, struct str text,
        const struct account *account)
{
    int64_t key = hash_key(kind, text);

    return str_is_empty(text)
        || (match_add(w, key, account->id)
            && account_remember_key(w, key, account->id));
}

bool
match_account_remember(struct work *w, const struct account *account)
{
    return add_key(w, KEY_DOMAIN, account->domain, account)
        && add_key(w, KEY_COMPANY, account->name_key, account);
}

/* A company that only its domain named is called by it. */
static bool
make(struct work *w, const struct account_clue *clue, struct account **account)
{
    struct str domain = domain_of(clue);
    bool named = !str_is_empty(clue->name_key);

    return account_new(w, named ? clue->name : clue->domain_shown,
                       named ? clue->name_key : domain, domain, account)
        && add_new_key(w, KEY_DOMAIN, domain, *account)
        && add_new_key(w, KEY_COMPANY, clue->name_key, *account);
}

/* What the account did not know yet: its domain, or its name. */
static bool
learn(struct work *w, const struct account_clue *clue, struct account *account)
{
    bool has_no_name = str_equal(account->name_key, account->domain);

    if (has_no_name && !str_is_empty(clue->name_key))
        return account_learn(w, account, clue->name, clue->name_key,
                             account->domain)
            && add_key(w, KEY_COMPANY, account->name_key, account);
    if (str_is_empty(account->domain) && !str_is_empty(domain_of(clue)))
        return account_learn(w, account, account->name, account->name_key,
                             domain_of(clue))
            && add_key(w, KEY_DOMAIN, account->domain, account);
    return true;
}

static void
set(struct lead *lead, const struct account *account)
{
    lead->account = account == NULL ? ID_NONE : account->id;
    lead->account_name = account == NULL ? STR_NONE : account->name;
}

bool
match_account_find(struct work *w, struct lead *lead,
                   const struct account_clue *clue)
{
    struct account *account;

    if (!match_account_same(w, clue, &account))
        return false;
    set(lead, account);
    return true;
}

bool
match_account(struct work *w, struct lead *lead,
              const struct account_clue *clue)
{
    bool nobody = str_is_empty(clue->name_key) && str_is_empty(domain_of(clue));
    struct account *account = NULL;

    if (!nobody
        && (!match_account_same(w, clue, &account)
            || !(account == NULL ? make(w, clue, &account)
                                 : learn(w, clue, account))))
        return false;
    set(lead, account);
    return true;
}
