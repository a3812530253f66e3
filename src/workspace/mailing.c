/* mailing: see mailing.h. */
#include "src/workspace/mailing.h"

#include <string.h>

#include "lib/base/log.h"

static const char hint_no_server[] =
    "No mail server is set (--mail-server): nobody is told by mail, and no "
    "first answers go out.";
static const char hint_no_base_url[] =
    "No address is set (--base-url): mails hold no link to the lead.";

/* One mail server a process; written before the threads start. */
static struct mailing_settings settings;
static struct mail_person from;

/* "Name <address>", or the address alone. */
static struct mail_person
read_person(struct str text)
{
    ptrdiff_t open = str_find_char(text, '<');

    text = str_trim(text);
    if (open < 0 || text.data[text.bytes - 1] != '>')
        return (struct mail_person){ .address = text };
    return (struct mail_person){
        .name = str_trim(str_slice(text, 0, (size_t)open)),
        .address = str_slice(text, (size_t)open + 1, text.bytes - 1),
    };
}

/* What stands behind the @. */
static struct str
host_of(struct str address)
{
    ptrdiff_t at = str_find_char(address, '@');

    return at < 0 ? STR_NONE
                  : str_slice(address, (size_t)at + 1, address.bytes);
}

static bool
starts(const char *text, const char *one, const char *other)
{
    return str_starts(str_of(text), str_of(one))
        || str_starts(str_of(text), str_of(other));
}

static const char *
wrong_with(const struct mailing_settings *given)
{
    if (given->base_url != NULL
        && !starts(given->base_url, "https://", "http://"))
        return "--base-url begins with https:// or http://";
    if (given->server == NULL)
        return NULL;
    if (!starts(given->server, "smtp://", "smtps://"))
        return "--mail-server begins with smtp:// or smtps://";
    if (given->from == NULL)
        return "--mail-server needs --mail-from, the address that mails come "
               "from";
    if (str_is_empty(host_of(read_person(str_of(given->from)).address)))
        return "--mail-from is an address, or a name with one: Baton "
               "<leads@acme.test>";
    return NULL;
}

bool
mailing_start(const struct mailing_settings *given, const char **why)
{
    *why = wrong_with(given);
    if (*why != NULL)
        return false;
    settings = *given;
    from = (struct mail_person){ 0 };
    if (settings.server != NULL)
        from = read_person(str_of(settings.from));
    return true;
}

void
mailing_stop(void)
{
    settings = (struct mailing_settings){ 0 };
}

bool
mailing_is_on(void)
{
    return settings.server != NULL;
}

const char *
mailing_hint(void)
{
    if (!mailing_is_on())
        return hint_no_server;
    return settings.base_url == NULL ? hint_no_base_url : NULL;
}

struct str
mailing_link(struct arena *arena, struct str path)
{
    if (settings.base_url == NULL)
        return STR_NONE;

    struct str base = str_of(settings.base_url);
    while (str_ends(base, STR("/")))
        base = str_slice(base, 0, base.bytes - 1);
    return arena_format(arena, "%.*s%.*s", STR_ARG(base), STR_ARG(path));
}

struct str
mailing_leads_link(struct arena *arena)
{
    if (settings.base_url == NULL)
        return STR_NONE;

    struct str base = str_of(settings.base_url);
    while (str_ends(base, STR("/")))
        base = str_slice(base, 0, base.bytes - 1);
    return arena_format(arena, "%.*s/leads", STR_ARG(base));
}

struct str
mailing_lead_link(struct arena *arena, struct id lead)
{
    struct str leads = mailing_leads_link(arena);

    return str_is_empty(leads) ? STR_NONE
                               : arena_format(arena, "%.*s/%s", STR_ARG(leads),
                                              id_show(lead).text);
}

struct mail_person
mailing_from(struct str name)
{
    return (struct mail_person){
        .name = str_is_empty(name) ? from.name : name,
        .address = from.address,
    };
}

bool
mailing_fill(struct work *w, struct id job, struct mail *mail,
             struct outbox_message *message)
{
    struct str *to = ARENA_NEW(w->arena, struct str);
    const char *why;

    mail->job = job;
    mail->date_ms = w->now_ms;
    mail->host = host_of(from.address);
    if (str_is_empty(mail->from.address))
        mail->from = mailing_from(mail->from.name);
    if (!mailing_is_on())
        return true;
    if (!mail_build(w->arena, mail, &message->body, &why)) {
        log_warning("mail_not_written", LOG_ID("job", job),
                    LOG_WORD("why", why));
        return true;
    }
    *to = mail->to[0].address;
    message->kind = OUTBOX_SMTP;
    message->job = job;
    message->url = str_of(settings.server);
    message->named_by_operator = true;
    message->from = mail->from.address;
    message->to = to;
    message->to_count = 1;
    if (settings.user != NULL) {
        message->user = str_of(settings.user);
        message->password =
            str_of(settings.password == NULL ? "" : settings.password);
    }
    return true;
}
