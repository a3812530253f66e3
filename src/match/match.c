/* match: see match.h. SQL is in match_store.c. */
#include "src/match/match.h"

#include "src/match/match_store.h"

int
match_keys(const struct lead_facts *facts, struct str delivery_key,
           int64_t keys[MATCH_KEYS_MAX])
{
    int count = 0;

    if (!str_is_empty(delivery_key))
        keys[count++] = hash_key(KEY_DELIVERY, delivery_key);
    if (!str_is_empty(facts->email_key))
        keys[count++] = hash_key(KEY_EMAIL, facts->email_key);
    if (!str_is_empty(facts->phone_key))
        keys[count++] = hash_key(KEY_PHONE, facts->phone_key);
    if (!str_is_empty(facts->company.mail_domain))
        keys[count++] = hash_key(KEY_DOMAIN, facts->company.mail_domain);
    if (!str_is_empty(facts->company.web_domain))
        keys[count++] = hash_key(KEY_DOMAIN, facts->company.web_domain);
    if (!str_is_empty(facts->company.name_key))
        keys[count++] = hash_key(KEY_COMPANY, facts->company.name_key);
    return count;
}

int
match_lead_keys(struct str email_key, struct str phone_key,
                int64_t keys[MATCH_KEYS_MAX])
{
    const struct lead_facts facts = { .email_key = email_key,
                                      .phone_key = phone_key };

    return match_keys(&facts, STR_NONE, keys);
}

int
match_account_keys(struct str name_key, struct str domain,
                   int64_t keys[MATCH_KEYS_MAX])
{
    const struct lead_facts facts = {
        .company = { .name_key = name_key, .mail_domain = domain },
    };

    return match_keys(&facts, STR_NONE, keys);
}

/* G2: who became part of another lead is found as that one. */
static bool
follow(struct work *w, struct lead *lead)
{
    while (!id_is_none(lead->merged_into))
        if (!lead_load(w, lead->merged_into, lead))
            return false;
    return true;
}

/* A number that nobody could read says less than two addresses that differ. */
static bool
has_same_phone(const struct lead *lead, const struct lead_facts *facts)
{
    bool sure = str_starts(facts->phone_key, STR("+"));

    return !str_is_empty(facts->phone_key)
        && str_equal(lead->phone_key, facts->phone_key)
        && (sure || str_is_empty(lead->email_key)
            || str_is_empty(facts->email_key));
}

/* A key is a hash: the lead itself must agree. */
static bool
is_same_person(const struct lead *lead, const struct lead_facts *facts)
{
    return (!str_is_empty(facts->email_key)
            && str_equal(lead->email_key, facts->email_key))
        || has_same_phone(lead, facts);
}

static enum match_result
find_person(struct work *w, enum key_kind kind, struct str key,
            const struct lead_facts *facts, struct lead *lead)
{
    struct id *leads;
    int count;

    if (str_is_empty(key))
        return MATCH_NONE;
    if (!match_look_up(w, hash_key(kind, key), &leads, &count))
        return MATCH_FAILED;
    for (int i = 0; i < count; i++) {
        if (!lead_load_shell(w, leads[i], lead))
            return MATCH_FAILED;
        if (is_same_person(lead, facts))
            return follow(w, lead) ? MATCH_PERSON : MATCH_FAILED;
    }
    return MATCH_NONE;
}

/* The same id from another source is another delivery. It may have come with
 * several contents: each of them is a repeat. */
static enum match_result
find_delivery(struct work *w, const struct submission *submission,
              struct lead *lead)
{
    enum match_result result = MATCH_NONE;
    struct submission_row row;
    struct id of = ID_NONE;
    struct id *submissions;
    int count;

    if (str_is_empty(submission->delivery_key))
        return MATCH_NONE;
    if (!match_look_up(w, hash_key(KEY_DELIVERY, submission->delivery_key),
                       &submissions, &count))
        return MATCH_FAILED;
    for (int i = 0; i < count; i++) {
        if (!submission_load(w, submissions[i], &row))
            return MATCH_FAILED;
        if (!id_equal(row.source, submission->source)
            || !str_equal(row.delivery_key, submission->delivery_key))
            continue;
        result = str_equal(row.body, submission->body) ? MATCH_REPEAT
                                                       : MATCH_DELIVERY;
        of = row.lead;
        if (result == MATCH_REPEAT)
            break;
    }
    if (result != MATCH_NONE && (!lead_load(w, of, lead) || !follow(w, lead)))
        return MATCH_FAILED;
    return result;
}

enum match_result
match_find(struct work *w, const struct lead_facts *facts,
           const struct submission *submission, struct lead *lead)
{
    enum match_result result = find_delivery(w, submission, lead);

    if (result == MATCH_NONE)
        result = find_person(w, KEY_EMAIL, facts->email_key, facts, lead);
    if (result == MATCH_NONE)
        result = find_person(w, KEY_PHONE, facts->phone_key, facts, lead);
    return result;
}

static bool
remember(struct work *w, bool is_new, enum key_kind kind, struct str key,
         struct id record)
{
    if (str_is_empty(key))
        return true;
    if (kind == KEY_DELIVERY)
        return match_add_delivery(w, hash_key(kind, key), record);
    return is_new ? match_add_new(w, hash_key(kind, key), record)
                  : match_add(w, hash_key(kind, key), record);
}

bool
match_remember(struct work *w, const struct lead *lead,
               const struct lead_facts *facts,
               const struct submission *submission)
{
    /* Only keys that are the lead's own now: a second address of somebody
     * we know is a fact of the submission. */
    struct str email = str_equal(facts->email_key, lead->email_key)
                         ? facts->email_key
                         : STR_NONE;
    struct str phone = str_equal(facts->phone_key, lead->phone_key)
                         ? facts->phone_key
                         : STR_NONE;

    bool is_new = lead->version == 0;

    return remember(w, is_new, KEY_EMAIL, email, lead->id)
        && remember(w, is_new, KEY_PHONE, phone, lead->id)
        && remember(w, true, KEY_DELIVERY, submission->delivery_key,
                    submission->id);
}

bool
match_let_go(struct work *w, const struct lead *before, const struct lead *lead)
{
    bool email = !str_equal(before->email_key, lead->email_key);
    bool phone = !str_equal(before->phone_key, lead->phone_key);
    int64_t keys[MATCH_KEYS_MAX];
    int count = match_lead_keys(email ? before->email_key : STR_NONE,
                                phone ? before->phone_key : STR_NONE, keys);

    for (int i = 0; i < count; i++)
        if (!match_remove(w, keys[i], lead->id))
            return false;
    return true;
}

/* M1: the keys it gets instead are its own and nobody else's. */
bool
match_release(struct work *w, struct lead *lead)
{
    const struct lead before = *lead;
    struct str key =
        arena_format(w->arena, "released %s", id_show(lead->id).text);

    if (!str_is_empty(lead->email_key))
        lead->email_key = key;
    if (!str_is_empty(lead->phone_key))
        lead->phone_key = key;
    return match_let_go(w, &before, lead)
        && remember(w, false, KEY_EMAIL, lead->email_key, lead->id)
        && remember(w, false, KEY_PHONE, lead->phone_key, lead->id);
}

bool
match_forget(struct work *w, const struct lead *lead,
             const struct submission_row *rows, int count)
{
    int64_t keys[MATCH_KEYS_MAX];
    int own = match_lead_keys(lead->email_key, lead->phone_key, keys);

    for (int i = 0; i < own; i++)
        if (!match_remove(w, keys[i], lead->id))
            return false;
    for (int i = 0; i < count; i++)
        if (!str_is_empty(rows[i].delivery_key)
            && !match_remove(w, hash_key(KEY_DELIVERY, rows[i].delivery_key),
                             rows[i].id))
            return false;
    return true;
}

bool
match_forget_account(struct work *w, const struct account *account)
{
    int64_t keys[MATCH_KEYS_MAX];
    int count = match_account_keys(account->name_key, account->domain, keys);

    for (int i = 0; i < count; i++)
        if (!match_remove(w, keys[i], account->id))
            return false;
    return true;
}

bool
match_accounts_are_found(struct work *w, const struct account *accounts,
                         int count, bool *found)
{
    size_t room = (size_t)count * MATCH_KEYS_MAX;
    int64_t *keys = ARENA_ARRAY(w->arena, int64_t, room);
    struct id *records = ARENA_ARRAY(w->arena, struct id, room);
    int *of = ARENA_ARRAY(w->arena, int, room);
    bool *has = ARENA_ARRAY(w->arena, bool, room);
    int n = 0;

    for (int i = 0; i < count; i++) {
        const struct account *account = &accounts[i];
        /* One that only its domain named is not looked up by name. */
        bool named = !str_equal(account->name_key, account->domain);
        int first = n;
        found[i] = true;
        n += match_account_keys(named ? account->name_key : STR_NONE,
                                account->domain, keys + n);
        for (int j = first; j < n; j++) {
            records[j] = accounts[i].id;
            of[j] = i;
        }
    }
    if (!match_has(w, keys, records, has, n))
        return false;
    for (int j = 0; j < n; j++)
        found[of[j]] &= has[j];
    return true;
}

bool
match_are_found(struct work *w, const struct lead *leads, int count,
                bool *found)
{
    size_t room = (size_t)count * 2;
    int64_t *keys = ARENA_ARRAY(w->arena, int64_t, room);
    struct id *records = ARENA_ARRAY(w->arena, struct id, room);
    int *of = ARENA_ARRAY(w->arena, int, room);
    bool *has = ARENA_ARRAY(w->arena, bool, room);
    int n = 0;

    for (int i = 0; i < count; i++) {
        found[i] = true;
        const struct {
            enum key_kind kind;
            struct str key;
        } own[] = { { KEY_EMAIL, leads[i].email_key },
                    { KEY_PHONE, leads[i].phone_key } };
        for (int j = 0; j < 2; j++) {
            if (str_is_empty(own[j].key))
                continue;
            keys[n] = hash_key(own[j].kind, own[j].key);
            records[n] = leads[i].id;
            of[n++] = i;
        }
    }
    if (!match_has(w, keys, records, has, n))
        return false;
    for (int i = 0; i < n; i++)
        found[of[i]] = found[of[i]] && has[i];
    return true;
}

/* Tags are gathered: each says something of its own. */
static bool
join_tags(struct arena *arena, struct fact *have, const struct fact *came)
{
    int before = have->tag_count;

    if (!came->known)
        return false;
    *have = lead_tags_joined(arena, have, came);
    return have->tag_count > before;
}

bool
match_fill(struct arena *arena, struct lead *lead,
           const struct lead_facts *facts)
{
    bool learned = false;

    for (int i = 0; i < LEAD_GIVEN_COUNT; i++) {
        if (i == LEAD_TAGS && lead->facts[i].known)
            learned |= join_tags(arena, &lead->facts[i], &facts->facts[i]);
        if (lead->facts[i].known || !facts->facts[i].known)
            continue;
        lead->facts[i] = facts->facts[i];
        learned = true;
        if (i == LEAD_EMAIL)
            lead->email_key = facts->email_key;
        if (i == LEAD_PHONE)
            lead->phone_key = facts->phone_key;
    }
    if (lead->consent == NULL)
        lead->consent = facts->consent;
    if (lead->social == NULL)
        lead->social = facts->social;
    return learned;
}
