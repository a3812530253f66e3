/* Whatever is written as a template: it is refused with a reason, or can be
 * filled; for HTML nothing in it is mark-up, for a header it is one line. */
#include <assert.h>

#include "lib/base/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct template_field fields[] = {
    { "lead.name", TEMPLATE_TEXT, "" },
    { "lead.created_at", TEMPLATE_TIME, "" },
    { "today", TEMPLATE_TIME, "" },
    { 0 },
};

static const struct template_value values[] = {
    { .text = STR_INIT("<i>K\r\nim</i> \xed\x95\x9c") },
    { .local_ms = 1795136400000 },
    { .local_ms = 0 },
};

/* The only mark-up is a line's end. */
static void
check_html(struct str html)
{
    for (size_t i = 0; i < html.bytes; i++) {
        assert(html.data[i] != '>' || i > 0);
        if (html.data[i] != '<')
            continue;
        assert(str_starts(str_slice(html, i, html.bytes), STR("<br>")));
        i += 3;
    }
}

static void
check_header(struct str header)
{
    for (size_t i = 0; i < header.bytes; i++)
        assert((unsigned char)header.data[i] >= 0x20 && header.data[i] != 0x7f);
}

static struct str
written(struct arena *arena, const struct template *template,
        enum template_target target)
{
    struct text out = text_new(arena);

    if (template_write(&out, template, values, target, STR("ko")))
        assert(str_is_utf8(text_str(&out)));
    return text_str(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct template_fault fault = { 0 };
    struct arena arena;

    arena_init(&arena);
    const struct template *template = template_read(
        &arena, (struct str){ (const char *)data, size }, fields, &fault);
    if (template == NULL) {
        assert(fault.code != NULL && fault.message.bytes > 0);
        assert(str_is_utf8(fault.message) || size > 0);
    } else {
        written(&arena, template, TEMPLATE_FOR_TEXT);
        check_html(written(&arena, template, TEMPLATE_FOR_HTML));
        check_header(written(&arena, template, TEMPLATE_FOR_HEADER));
    }
    arena_free(&arena);
    return 0;
}
