/*
 * form_document: reads and writes what a public form asks; its public name,
 * and the stamps by which it knows how long somebody took. SQL is in
 * form_store.c.
 */
#include "src/capture/form_document.h"

#include <string.h>

#include "lib/base/hash.h"
#include "lib/base/random.h"
#include "src/lead/custom.h"
#include "src/workspace/cache.h"

enum { STAMP_KEY_BYTES = 32 };

#define WORDS(english, korean)              \
    {                                       \
        STR_INIT(english), STR_INIT(korean) \
    }

const struct form_kind form_kinds[] = {
    { "name", FORM_LINE, "text", "name", WORDS("Name", "이름") },
    { "email", FORM_LINE, "email", "email", WORDS("E-mail", "이메일") },
    { "phone", FORM_LINE, "tel", "tel", WORDS("Phone", "전화번호") },
    { "company", FORM_LINE, "text", "organization", WORDS("Company", "회사") },
    { "job_title", FORM_LINE, "text", "organization-title",
      WORDS("Position", "직책") },
    { "website", FORM_LINE, "text", "url", WORDS("Website", "웹사이트") },
    { "country", FORM_LINE, "text", "country-name", WORDS("Country", "국가") },
    { "region", FORM_LINE, "text", "address-level1",
      WORDS("State or province", "시/도") },
    { "city", FORM_LINE, "text", "address-level2", WORDS("City", "도시") },
    { "postal_code", FORM_LINE, "text", "postal-code",
      WORDS("Postal code", "우편번호") },
    { "address", FORM_LINE, "text", "street-address",
      WORDS("Address", "주소") },
    { "industry", FORM_LINE, "text", "off", WORDS("Industry", "업종") },
    { "employees", FORM_LINE, "text", "off",
      WORDS("Number of employees", "직원 수") },
    { "product", FORM_LINE, "text", "off",
      WORDS("Product or service", "관심 제품 또는 서비스") },
    { "segment", FORM_LINE, "text", "off", WORDS("Segment", "고객 구분") },
    { "use_case", FORM_AREA, NULL, "off",
      WORDS("What is it for?", "사용 목적") },
    { "deal_value", FORM_LINE, "text", "off", WORDS("Budget", "예산") },
    { "birthday", FORM_LINE, "date", "bday", WORDS("Birthday", "생년월일") },
    { "message", FORM_AREA, NULL, "off", WORDS("Message", "문의 내용") },
    { "consent", FORM_CHECK, NULL, "off",
      WORDS("I agree that my details are used to answer this enquiry.",
            "문의에 답하기 위한 개인정보 수집 및 이용에 동의합니다.") },
    { NULL },
};

struct str
form_say(const struct form_words *words, bool korean)
{
    struct str wanted = korean ? words->korean : words->english;
    struct str other = korean ? words->english : words->korean;

    return str_is_empty(wanted) ? other : wanted;
}

const struct form_kind *
form_kind_find(struct str name)
{
    for (const struct form_kind *kind = form_kinds; kind->name != NULL; kind++)
        if (str_is(name, kind->name))
            return kind;
    return NULL;
}

/* Of a field of the workspace's own; NULL: there is none that a visitor could
 * fill in. Nobody writes a moment with its offset by hand. */
static const struct form_kind *
own_kind(struct work *w, struct str name)
{
    const struct workspace_cache *cache =
        w->app == NULL || !str_starts(name, STR("custom."))
            ? NULL
            : workspace_cache(w);
    const struct custom_field *field =
        cache == NULL
            ? NULL
            : custom_find(cache->schema,
                          str_slice(name, sizeof "custom." - 1, name.bytes));
    bool asks = field != NULL && !str_is(STR("time"), field->type->name);
    struct form_kind *kind =
        asks ? ARENA_NEW(w->arena, struct form_kind) : NULL;

    if (kind == NULL)
        return NULL;
    *kind = (struct form_kind){
        .name = arena_cstr(w->arena, name),
        .look = field->type->kind == FIELD_BOOL ? FORM_CHECK : FORM_LINE,
        .type = field->type->kind == FIELD_TIME ? "date" : "text",
        .autocomplete = "off",
        .label = { arena_str(w->arena, field->label_en),
                   arena_str(w->arena, field->label_ko) },
    };
    if (str_is_empty(field->label_en) && str_is_empty(field->label_ko))
        kind->label.english = arena_str(w->arena, field->name);
    return kind;
}

void
form_document_init(struct arena *arena, struct form_document *form)
{
    static const struct {
        const char *name;
        bool required;
    } usual[] = { { "name", true },
                  { "email", true },
                  { "phone", false },
                  { "message", false } };
    const int count = sizeof usual / sizeof *usual;

    *form = (struct form_document){
        .title = WORDS("Contact us", "문의하기"),
        .inputs = ARENA_ARRAY(arena, struct form_input, (size_t)count),
        .input_count = count,
        .stamp_key = random_token(arena, STAMP_KEY_BYTES),
    };
    for (int i = 0; i < count; i++) {
        form->inputs[i].kind = form_kind_find(str_of(usual[i].name));
        form->inputs[i].label = form->inputs[i].kind->label;
        form->inputs[i].required = usual[i].required;
    }
}

/* -------------------------------------------------------------- reading */

/* Absent: stays as it is. null: nothing. */
static void
read_words(const struct json *given, const char *name, struct form_words *words)
{
    const struct json *value = json_get(given, name);

    if (value == NULL)
        return;
    words->english = str_trim(json_get_text(value, "en"));
    words->korean = str_trim(json_get_text(value, "ko"));
}

static bool
words_are_empty(const struct form_words *words)
{
    return str_is_empty(words->english) && str_is_empty(words->korean);
}

static bool
is_colour(struct str text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        char c = text.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return text.bytes == 6;
}

static void
read_accent(struct work *w, const struct json *given,
            struct form_document *form)
{
    const struct json *accent = json_get(given, "accent");

    if (accent == NULL)
        return;
    form->accent = STR_NONE;
    if (accent->kind != JSON_TEXT)
        return;
    struct text lower = text_new(w->arena);
    for (size_t i = 0; i < accent->text.bytes; i++) {
        char c = accent->text.data[i];
        if (i > 0 || c != '#')
            text_add_char(&lower, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
    if (is_colour(text_str(&lower)))
        form->accent = text_str(&lower);
    else
        fail_at(w, STR("/accent"), "not_a_colour",
                "A colour is written as #1f5bd8.");
}

static bool
is_host(struct str text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        char c = text.data[i];
        if (!char_is_letter(c) && !char_is_digit(c) && c != '-' && c != '.'
            && c != ':')
            return false;
    }
    return text.bytes > 0 && text.bytes < 260;
}

static void
read_hosts(struct work *w, const struct json *given, struct form_document *form)
{
    const struct json *hosts = json_get(given, "hosts");

    if (hosts == NULL)
        return;
    size_t count = hosts->kind == JSON_ARRAY ? hosts->array.count : 0;
    struct str *list = ARENA_ARRAY(w->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        list[i] = arena_str(w->arena, hosts->array.items[i].text);
        if (!is_host(list[i]))
            fail_at(w, arena_format(w->arena, "/hosts/%zu", i), "not_a_host",
                    "This is a host, such as www.acme.com.");
    }
    form->hosts = list;
    form->host_count = (int)count;
}

static void
read_redirect(struct work *w, const struct json *given,
              struct form_document *form)
{
    const struct json *redirect = json_get(given, "redirect");

    if (redirect != NULL)
        form->redirect = redirect->kind == JSON_TEXT
                           ? arena_str(w->arena, str_trim(redirect->text))
                           : STR_NONE;
    if (!str_is_empty(form->redirect)
        && !form_may_send_to(form, form->redirect))
        fail_at(w, STR("/redirect"), "foreign_host",
                "This is an address, https://..., at one of the form's "
                "hosts.");
}

/* What follows a scheme we send to, or STR_NONE. */
static struct str
after_scheme(struct str url)
{
    if (str_starts(url, STR("https://")))
        return str_slice(url, 8, url.bytes);
    if (str_starts(url, STR("http://")))
        return str_slice(url, 7, url.bytes);
    return STR_NONE;
}

bool
form_may_send_to(const struct form_document *form, struct str url)
{
    struct str rest = after_scheme(url);
    size_t end = 0;

    for (size_t i = 0; i < url.bytes; i++)
        if (url.data[i] <= ' ' || url.data[i] > '~'
            || strchr("\\\"<>'", url.data[i]) != NULL)
            return false;
    while (end < rest.bytes && strchr("/?#", rest.data[end]) == NULL)
        end++;
    struct str host = str_slice(rest, 0, end);
    if (!is_host(host) || url.bytes > 2000)
        return false;
    for (int i = 0; i < form->host_count; i++)
        if (str_equal_ascii_case(host, form->hosts[i]))
            return true;
    return false;
}

static void
read_options(struct work *w, const struct json *given, int number,
             struct form_input *input)
{
    const struct json *options = json_get(given, "options");

    if (options == NULL || options->kind != JSON_ARRAY
        || options->array.count == 0)
        return;
    if (input->kind->look != FORM_LINE)
        fail_at(w, arena_format(w->arena, "/fields/%d/options", number),
                "no_choice", "Nothing can be chosen for \"%s\".",
                input->kind->name);
    struct str *list = ARENA_ARRAY(w->arena, struct str, options->array.count);
    for (size_t i = 0; i < options->array.count; i++)
        list[i] = arena_str(w->arena, options->array.items[i].text);
    input->options = list;
    input->option_count = (int)options->array.count;
}

static bool
is_asked_already(const struct form_document *form, int count,
                 const struct form_kind *kind)
{
    for (int i = 0; i < count; i++)
        if (str_is(str_of(form->inputs[i].kind->name), kind->name))
            return true;
    return false;
}

/* False: it cannot be asked for; of a stored form: not any more. */
static bool
read_input(struct work *w, const struct json *given, int number, bool stored,
           struct form_document *form)
{
    struct form_input *input = &form->inputs[form->input_count];
    struct str name = json_get_text(given, "name");
    struct str at = arena_format(w->arena, "/fields/%d/name", number);

    input->kind = form_kind_find(name);
    if (input->kind == NULL)
        input->kind = own_kind(w, name);
    if (input->kind == NULL)
        return !stored
            && fail_at(w, at, "unknown_field",
                       "A form cannot ask for \"%.*s\"; it asks for fields of "
                       "a lead, such as product or custom.rooms, or for "
                       "consent.",
                       STR_ARG(name));
    if (is_asked_already(form, form->input_count, input->kind))
        fail_at(w, at, "twice", "\"%.*s\" is asked for twice.", STR_ARG(name));
    input->label = input->kind->label;
    read_words(given, "label", &input->label);
    if (words_are_empty(&input->label))
        input->label = input->kind->label;
    input->required = json_get_bool(given, "required", false);
    read_options(w, given, number, input);
    return true;
}

static void
read_inputs(struct work *w, const struct json *given,
            struct form_document *form)
{
    const struct json *fields = json_get(given, "fields");
    bool stored = json_get_text(given, "stamp_key").data != NULL;

    if (fields == NULL || fields->kind != JSON_ARRAY)
        return;
    if (fields->array.count == 0) {
        fail_at(w, STR("/fields"), "required", "A form asks for something.");
        return;
    }
    form->input_count = 0;
    form->inputs =
        ARENA_ARRAY(w->arena, struct form_input, fields->array.count);
    for (size_t i = 0; i < fields->array.count; i++)
        form->input_count +=
            read_input(w, &fields->array.items[i], (int)i, stored, form);
}

bool
form_document_read(struct work *w, const struct json *given,
                   struct form_document *form)
{
    struct str name = json_get_text(given, "name");
    struct str stamp_key = json_get_text(given, "stamp_key");

    if (name.data != NULL)
        form->name = str_trim(name);
    if (str_is_empty(form->name))
        fail_at(w, STR("/name"), "required", "A form has a name.");
    read_words(given, "title", &form->title);
    if (words_are_empty(&form->title))
        fail_at(w, STR("/title"), "required",
                "A form has a title in one language at least.");
    read_words(given, "about", &form->about);
    read_words(given, "thanks", &form->thanks);
    read_accent(w, given, form);
    read_hosts(w, given, form);
    read_redirect(w, given, form);
    read_inputs(w, given, form);
    /* Only a stored document has it: what comes in is checked by shape. */
    if (stamp_key.data != NULL)
        form->stamp_key = stamp_key;
    return w->error.kind == ERR_NONE;
}

/* -------------------------------------------------------------- writing */

static void
write_words(struct json_out *out, const char *name,
            const struct form_words *words)
{
    json_name(out, name);
    json_open_object(out);
    if (!str_is_empty(words->english))
        json_put_text(out, "en", words->english);
    if (!str_is_empty(words->korean))
        json_put_text(out, "ko", words->korean);
    json_close_object(out);
}

static void
write_input(struct json_out *out, const struct form_input *input)
{
    json_open_object(out);
    json_put_cstr(out, "name", input->kind->name);
    write_words(out, "label", &input->label);
    json_put_bool(out, "required", input->required);
    if (input->option_count > 0) {
        json_name(out, "options");
        json_open_array(out);
        for (int i = 0; i < input->option_count; i++)
            json_text(out, input->options[i]);
        json_close_array(out);
    }
    json_close_object(out);
}

void
form_document_write(struct json_out *out, const struct form_document *form)
{
    write_words(out, "title", &form->title);
    write_words(out, "about", &form->about);
    json_name(out, "fields");
    json_open_array(out);
    for (int i = 0; i < form->input_count; i++)
        write_input(out, &form->inputs[i]);
    json_close_array(out);
    write_words(out, "thanks", &form->thanks);
    json_put_text(out, "redirect", form->redirect);
    json_name(out, "hosts");
    json_open_array(out);
    for (int i = 0; i < form->host_count; i++)
        json_text(out, form->hosts[i]);
    json_close_array(out);
    json_name(out, "accent");
    if (form->accent.data == NULL) {
        json_null(out);
        return;
    }
    struct text colour = text_new(out->text->arena);
    text_add_char(&colour, '#');
    text_add(&colour, form->accent);
    json_text(out, text_str(&colour));
}

/* ------------------------------------------------------ its public name */

struct str
form_public_id(struct arena *arena, struct id workspace, struct id form)
{
    return arena_format(arena, "%s%s", id_show(workspace).text,
                        id_show(form).text);
}

bool
form_public_id_read(struct str text, struct id *workspace, struct id *form)
{
    return text.bytes == FORM_PUBLIC_ID_BYTES
        && id_parse(str_slice(text, 0, ID_TEXT_BYTES), workspace)
        && id_parse(str_slice(text, ID_TEXT_BYTES, text.bytes), form)
        && !id_is_none(*workspace) && !id_is_none(*form);
}

/* --------------------------------------------------------------- stamps */

/* BLAKE2b of key and time: unlike older hashes it needs no HMAC around it. */
struct str
form_stamp(struct arena *arena, const struct form_document *form,
           int64_t now_ms)
{
    static const char digits[] = "0123456789abcdef";
    struct str signed_text =
        arena_format(arena, "%.*s %s %lld", STR_ARG(form->stamp_key),
                     id_show(form->id).text, (long long)now_ms);
    const struct hash hash = hash_of(signed_text);
    struct text text = text_new(arena);

    text_add_int(&text, now_ms);
    text_add_char(&text, '.');
    for (int i = 0; i < HASH_BYTES / 2; i++) {
        text_add_char(&text, digits[hash.bytes[i] >> 4]);
        text_add_char(&text, digits[hash.bytes[i] & 15]);
    }
    return text_str(&text);
}

bool
form_stamp_read(struct arena *arena, const struct form_document *form,
                struct str stamp, int64_t *opened_ms)
{
    struct str rest = stamp;
    struct str time;

    if (!str_next(&rest, '.', &time) || !str_to_int64(time, opened_ms))
        return false;
    const struct hash given = hash_of(stamp);
    const struct hash ours = hash_of(form_stamp(arena, form, *opened_ms));
    return hash_equal(&given, &ours);
}
