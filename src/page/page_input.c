/*
 * page_input: the fields of a page's forms: each with its label, hint and
 * fault, tied together so that a screen reader reads them as one.
 */
#include "src/page/page.h"

static struct str
id_of(struct page *page, const struct page_input *input, const char *kind)
{
    return arena_format(page->w->arena, "%s-%.*s", kind, STR_ARG(input->name));
}

static void
put_label(struct page *page, const struct page_input *input)
{
    struct text *text = &page->text;

    HTML(text, "<label");
    html_attribute(text, "for", id_of(page, input, "field"));
    HTML(text, ">");
    html_text(text, input->label);
    if (!input->required) {
        HTML(text, " <span class=\"muted\">(");
        page_say(page, WORD_OPTIONAL);
        HTML(text, ")</span>");
    }
    HTML(text, "</label>");
}

/* What all kinds of fields have. */
static void
put_common(struct page *page, const struct page_input *input)
{
    struct text *text = &page->text;
    struct text about = text_new(page->w->arena);

    html_attribute(text, "id", id_of(page, input, "field"));
    html_attribute(text, "name", input->name);
    html_attribute(text, "autocomplete", str_of(input->autocomplete));
    if (input->required)
        HTML(text, " required");
    if (input->hint.data != NULL)
        text_add(&about, id_of(page, input, "hint"));
    if (input->fault.data != NULL) {
        text_add_char(&about, ' ');
        text_add(&about, id_of(page, input, "fault"));
        HTML(text, " aria-invalid=\"true\"");
        if (!page->fault_seen)
            HTML(text, " autofocus");
        page->fault_seen = true;
    }
    if (about.bytes > 0)
        html_attribute(text, "aria-describedby", str_trim(text_str(&about)));
}

static void
put_options(struct page *page, const struct page_input *input)
{
    struct text *text = &page->text;

    for (int i = 0; i < input->option_count; i++) {
        const struct page_option *option = &input->options[i];
        HTML(text, "<option");
        html_attribute(text, "value", option->value);
        if (!input->offers && str_equal(option->value, input->value))
            HTML(text, " selected");
        HTML(text, ">");
        html_text(text, option->shown);
        HTML(text, "</option>");
    }
}

static void
put_line(struct page *page, const struct page_input *input)
{
    struct text *text = &page->text;

    HTML(text, "<input");
    html_attribute(text, "type",
                   input->type == NULL ? STR("text") : str_of(input->type));
    put_common(page, input);
    html_attribute(text, "value", input->value);
    if (!input->offers) {
        HTML(text, ">");
        return;
    }
    html_attribute(text, "list", id_of(page, input, "list"));
    HTML(text, "><datalist");
    html_attribute(text, "id", id_of(page, input, "list"));
    HTML(text, ">");
    put_options(page, input);
    HTML(text, "</datalist>");
}

static void
put_area(struct page *page, const struct page_input *input)
{
    HTML(&page->text, "<textarea rows=\"4\"");
    put_common(page, input);
    HTML(&page->text, ">\n"); /* the first line break is not the value's */
    html_text(&page->text, input->value);
    HTML(&page->text, "</textarea>");
}

static void
put_choice(struct page *page, const struct page_input *input)
{
    HTML(&page->text, "<select");
    put_common(page, input);
    HTML(&page->text, ">");
    if (input->choose) {
        HTML(&page->text, "<option value=\"\">");
        page_say(page, WORD_FORM_CHOOSE);
        HTML(&page->text, "</option>");
    }
    put_options(page, input);
    HTML(&page->text, "</select>");
}

static void
put_check(struct page *page, const struct page_input *input)
{
    HTML(&page->text, "<input type=\"checkbox\" value=\"yes\"");
    put_common(page, input);
    if (str_is(input->value, "yes"))
        HTML(&page->text, " checked");
    HTML(&page->text, ">");
}

static void
put_notes(struct page *page, const struct page_input *input)
{
    struct text *text = &page->text;

    if (input->hint.data != NULL) {
        HTML(text, "<p class=\"hint\"");
        html_attribute(text, "id", id_of(page, input, "hint"));
        HTML(text, ">");
        html_text(text, input->hint);
        HTML(text, "</p>");
    }
    if (input->fault.data != NULL) {
        HTML(text, "<p class=\"fault\"");
        html_attribute(text, "id", id_of(page, input, "fault"));
        HTML(text, "><span aria-hidden=\"true\">▲ </span>");
        html_text(text, input->fault);
        HTML(text, "</p>");
    }
}

void
page_input(struct page *page, const struct page_input *input)
{
    static void (*const put[])(struct page *, const struct page_input *) = {
        [PAGE_LINE] = put_line,
        [PAGE_AREA] = put_area,
        [PAGE_CHOICE] = put_choice,
        [PAGE_CHECK] = put_check,
    };
    bool box = input->kind == PAGE_CHECK;

    if (box)
        HTML(&page->text, "<div class=\"field check\">");
    else
        HTML(&page->text, "<div class=\"field\">");
    if (!box)
        put_label(page, input);
    put[input->kind](page, input);
    if (box)
        put_label(page, input);
    put_notes(page, input);
    HTML(&page->text, "</div>");
}

void
page_hidden(struct page *page, const char *name, struct str value)
{
    if (value.data == NULL)
        return;
    HTML(&page->text, "<input type=\"hidden\"");
    html_attribute(&page->text, "name", str_of(name));
    html_attribute(&page->text, "value", value);
    HTML(&page->text, ">");
}

void
page_button(struct page *page, enum page_word word)
{
    HTML(&page->text, "<button class=\"do\">");
    page_say(page, word);
    HTML(&page->text, "</button>");
}

void
page_alert(struct page *page, struct str text)
{
    HTML(&page->text, "<p class=\"alert\" role=\"alert\"><span "
                      "aria-hidden=\"true\">▲ </span>");
    html_text(&page->text, text);
    HTML(&page->text, "</p>");
}
