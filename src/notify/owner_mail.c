/*
 * owner_mail: see owner_mail.h. What a mail says is a table of sentences, in
 * the languages there are; below the first come the lead's facts, the reason,
 * and the link.
 */
#include "src/notify/owner_mail.h"

#include <assert.h>

#include "lib/base/html.h"
#include "lib/base/template.h"

enum {
    LANGUAGES = 2,
    ROWS_MAX = 12,
    NAME_BYTES_MAX = 200,
    MESSAGE_BYTES_MAX = 2000
};

enum word {
    WORD_NAME,
    WORD_OWNER,
    WORD_DUE,
    WORD_COUNT,
    WORD_SOURCE,
    WORD_WORKSPACE,
};

static const struct template_field fields[] = {
    [WORD_NAME] = { "name", TEMPLATE_TEXT, "Of the lead." },
    [WORD_OWNER] = { "owner", TEMPLATE_TEXT, "Whose it is now." },
    [WORD_DUE] = { "due", TEMPLATE_TIME, "The promised answer." },
    [WORD_COUNT] = { "count", TEMPLATE_TEXT, "How many leads." },
    [WORD_SOURCE] = { "source", TEMPLATE_TEXT, "Where they came from." },
    [WORD_WORKSPACE] = { "workspace", TEMPLATE_TEXT, "Its name." },
    { 0 },
};

enum { WORDS = sizeof fields / sizeof *fields - 1 };

static const struct sentences {
    const char *subject;
    const char *opening;
} sentences[OWNER_MAIL_COUNT][LANGUAGES] = {
    [OWNER_MAIL_ASSIGNED] = {
        { "New lead: {{name}}", "{{name}} is yours now." },
        { "새 리드: {{name}}", "{{name}} 리드가 배정되었습니다." },
    },
    [OWNER_MAIL_MOVED_ON] = {
        { "{{name}} went on to {{owner}}",
          "{{name}} is with {{owner}} now. You need do nothing more." },
        { "리드 담당 변경: {{name}}",
          "{{name}} 리드의 담당이 {{owner}}(으)로 바뀌었습니다. 더 하실 일은 "
          "없습니다." },
    },
    [OWNER_MAIL_RETURNED] = {
        { "{{name}} wrote again", "{{name}} wrote again." },
        { "다시 온 문의: {{name}}", "{{name}} 고객이 다시 문의했습니다." },
    },
    [OWNER_MAIL_DUE_SOON] = {
        { "Answer soon: {{name}}",
          "{{name}} was promised an answer by {{due|time}}." },
        { "응답 기한 임박: {{name}}",
          "{{due|time}}까지 {{name}} 고객에게 응답해야 합니다." },
    },
    [OWNER_MAIL_LATE] = {
        { "Late: {{name}}",
          "{{name}} was promised an answer by {{due}} and has none. It is "
          "with {{owner}} now." },
        { "응답 기한 초과: {{name}}",
          "{{name}} 고객이 {{due}}까지 응답을 받지 못했습니다. 지금 담당: "
          "{{owner}}" },
    },
    [OWNER_MAIL_MANY] = {
        { "{{count}} new leads{{source}}",
          "{{count}} leads are yours now{{source}}." },
        { "새 리드 {{count}}건{{source}}",
          "리드 {{count}}건이 배정되었습니다{{source}}." },
    },
    [OWNER_MAIL_TAKEN_BACK] = {
        { "{{count}} leads are no longer yours",
          "{{count}} leads that the rules had given you were taken back. You "
          "need do nothing more." },
        { "회수된 리드 {{count}}건",
          "규칙에 따라 배정되었던 리드 {{count}}건이 회수되었습니다. 더 하실 "
          "일은 없습니다." },
    },
};

static const struct {
    int field;
    const char *label[LANGUAGES];
} shown[] = {
    { LEAD_COMPANY, { "Company", "회사" } },
    { LEAD_EMAIL, { "E-mail", "이메일" } },
    { LEAD_PHONE, { "Telephone", "전화" } },
    { LEAD_COUNTRY, { "Country", "국가" } },
    { LEAD_PRODUCT, { "Product", "제품" } },
    { LEAD_SOURCE, { "Source", "유입 경로" } },
    { LEAD_MESSAGE, { "Message", "메시지" } },
};

enum fixed_word {
    FIXED_WHY,
    FIXED_REASON,
    FIXED_DUE,
    FIXED_SEE,
    FIXED_FOOT,
    FIXED_NOBODY
};

static const char *const fixed[][LANGUAGES] = {
    [FIXED_WHY] = { "Why you", "배정 이유" },
    [FIXED_REASON] = { "Reason", "사유" },
    [FIXED_DUE] = { "Answer by", "응답 기한" },
    [FIXED_SEE] = { "See the lead", "리드 보기" },
    [FIXED_FOOT] = { "Sent by Baton for {{workspace}}. Which mails you get is "
                     "one of your settings.",
                     "{{workspace}}의 Baton이 보낸 메일입니다. 받을 메일은 "
                     "설정에서 바꿀 수 있습니다." },
    [FIXED_NOBODY] = { "A lead", "이름 없는 리드" },
};

struct row {
    struct str label;
    struct str text;
};

struct writing {
    struct arena *arena;
    const struct owner_mail *mail;
    int language;
    struct template_value values[WORDS];
    struct row rows[ROWS_MAX];
    int row_count;
};

static void
add_row(struct writing *w, const char *label, struct str text)
{
    if (str_is_empty(text))
        return;
    assert(w->row_count < ROWS_MAX);
    w->rows[w->row_count++] = (struct row){ str_of(label), text };
}

static struct str
said(struct writing *w, const char *text, enum template_target target)
{
    struct text out = text_new(w->arena);
    struct template_fault fault;
    const struct template *template =
        template_read(w->arena, str_of(text), fields, &fault);

    assert(template != NULL); /* every sentence of ours can be read */
    bool whole =
        template_write(&out, template, w->values, target, w->mail->language);
    (void)whole; /* a name that long is cut */
    return text_str(&out);
}

/* What somebody is called: the first that is known. */
static struct str
name_of(const struct lead *lead, int language)
{
    static const enum lead_field names[] = { LEAD_NAME, LEAD_COMPANY,
                                             LEAD_EMAIL, LEAD_PHONE };

    for (size_t i = 0; lead != NULL && i < sizeof names / sizeof *names; i++)
        if (lead->facts[names[i]].known)
            return str_cut(lead_text(lead, names[i]), NAME_BYTES_MAX);
    return str_of(fixed[FIXED_NOBODY][language]);
}

static int64_t
local_ms(const struct owner_mail *mail)
{
    if (mail->due_ms == 0 || mail->zone == NULL)
        return mail->due_ms;
    return mail->due_ms
         + INT64_C(1000) * zone_offset_s(mail->zone, mail->due_ms);
}

static void
read_values(struct writing *w)
{
    const struct owner_mail *mail = w->mail;

    w->values[WORD_NAME].text = name_of(mail->lead, w->language);
    w->values[WORD_OWNER].text = mail->owner;
    w->values[WORD_DUE].local_ms = local_ms(mail);
    w->values[WORD_COUNT].text =
        arena_format(w->arena, "%ld", (long)mail->count);
    w->values[WORD_WORKSPACE].text = mail->workspace;
    if (!str_is_empty(mail->source))
        w->values[WORD_SOURCE].text =
            arena_format(w->arena, " (%.*s)", STR_ARG(mail->source));
}

static void
read_rows(struct writing *w)
{
    const struct owner_mail *mail = w->mail;

    for (size_t i = 0; mail->shows_facts && i < sizeof shown / sizeof *shown;
         i++)
        if (mail->lead->facts[shown[i].field].known)
            add_row(w, shown[i].label[w->language],
                    str_cut(lead_text(mail->lead, shown[i].field),
                            MESSAGE_BYTES_MAX));
    add_row(
        w,
        fixed[mail->about == OWNER_MAIL_TAKEN_BACK ? FIXED_REASON : FIXED_WHY]
             [w->language],
        mail->why);
    if (mail->due_ms > 0 && mail->shows_facts)
        add_row(w, fixed[FIXED_DUE][w->language],
                said(w, "{{due}}", TEMPLATE_FOR_TEXT));
}

static struct str
write_text(struct writing *w)
{
    struct text out = text_new(w->arena);
    const struct sentences *says = &sentences[w->mail->about][w->language];

    text_add(&out, said(w, says->opening, TEMPLATE_FOR_TEXT));
    text_add_cstr(&out, "\n\n");
    for (int i = 0; i < w->row_count; i++)
        text_format(&out, "%.*s: %.*s\n", STR_ARG(w->rows[i].label),
                    STR_ARG(w->rows[i].text));
    if (!str_is_empty(w->mail->link))
        text_format(&out, "\n%.*s\n", STR_ARG(w->mail->link));
    text_format(
        &out, "\n-- \n%.*s\n",
        STR_ARG(said(w, fixed[FIXED_FOOT][w->language], TEMPLATE_FOR_TEXT)));
    return text_str(&out);
}

static void
write_link(struct writing *w, struct text *out)
{
    if (str_is_empty(w->mail->link))
        return;
    text_add_cstr(out, "<p><a href=\"");
    html_text(out, w->mail->link);
    text_format(out, "\">%s</a></p>", fixed[FIXED_SEE][w->language]);
}

static struct str
write_html(struct writing *w)
{
    struct text out = text_new(w->arena);
    const struct sentences *says = &sentences[w->mail->about][w->language];

    text_format(&out, "<!doctype html><html lang=\"%s\"><body><p>",
                w->language == 1 ? "ko" : "en");
    text_add(&out, said(w, says->opening, TEMPLATE_FOR_HTML));
    text_add_cstr(&out, "</p><table>");
    for (int i = 0; i < w->row_count; i++) {
        text_add_cstr(&out, "<tr><th align=\"left\" valign=\"top\">");
        html_text(&out, w->rows[i].label);
        text_add_cstr(&out, "</th><td>");
        html_lines(&out, w->rows[i].text);
        text_add_cstr(&out, "</td></tr>");
    }
    text_add_cstr(&out, "</table>");
    write_link(w, &out);
    text_add_cstr(&out, "<p><small>");
    text_add(&out, said(w, fixed[FIXED_FOOT][w->language], TEMPLATE_FOR_HTML));
    text_add_cstr(&out, "</small></p></body></html>\n");
    return text_str(&out);
}

void
owner_mail_write(struct arena *arena, const struct owner_mail *says,
                 struct mail *mail)
{
    struct writing w = { .arena = arena,
                         .mail = says,
                         .language = str_is(says->language, "ko") };

    read_values(&w);
    read_rows(&w);
    mail->subject = said(&w, sentences[says->about][w.language].subject,
                         TEMPLATE_FOR_HEADER);
    mail->body = write_text(&w);
    mail->html = write_html(&w);
    mail->origin = MAIL_GENERATED;
}
