/*
 * page_style: one small style sheet for all pages: light and dark, phone and
 * desk; and the accent colour of a form.
 */
#include "src/page/page_inside.h"

const char page_style[] =
    ":root{color-scheme:light dark;--ground:#fff;--raised:#f6f7f9;"
    "--chip:#eceef2;--line:#d5d9e0;--border:#868e9c;--text:#14181f;"
    "--muted:#4a5362;--accent:#1f5bd8;--on-accent:#fff;--ok:#1c6b3a;"
    "--warn:#804a00;--bad:#b3261e;--new:#e8effd}\n"
    "@media(prefers-color-scheme:dark){:root{--ground:#12151b;"
    "--raised:#191d25;--chip:#232833;--line:#333a47;--border:#7c8696;"
    "--text:#e9ecf1;--muted:#aeb6c4;--accent:#7fa8ff;--on-accent:#10141c;"
    "--ok:#6fcf8f;--warn:#f0b357;--bad:#ff9d94;--new:#1b2740}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--ground);color:var(--text);"
    "font:400 16px/1.5 system-ui,\"Segoe UI\",Roboto,\"Apple SD Gothic Neo\","
    "\"Malgun Gothic\",\"Noto Sans KR\",\"Noto Sans CJK KR\",sans-serif;"
    "word-break:keep-all;overflow-wrap:anywhere;"
    "font-variant-numeric:tabular-nums}\n"
    ":lang(ko){line-height:1.6}\n"
    "main,footer,.top{margin:0 auto;padding:24px 16px;max-width:432px}\n"
    "main.wide,footer.wide{max-width:1080px;padding-top:12px}\n"
    "footer{padding-top:0}\n"
    "h1{font-size:20px;line-height:1.3;margin:0 0 12px;font-weight:600}\n"
    "h2{font-size:16px;margin:0 0 8px;font-weight:600}\n"
    "p{margin:0 0 12px}\n"
    "a{color:var(--accent)}\n"
    "footer a,.link{display:inline-flex;align-items:center;min-height:48px}\n"
    ":focus-visible{outline:2px solid var(--accent);outline-offset:2px}\n"
    ".skip{position:absolute;left:-999px}\n"
    ".skip:focus{left:8px;top:8px;background:var(--ground);padding:12px}\n"
    ".muted,.hint{color:var(--muted)}\n"
    ".field{margin:0 0 16px}\n"
    "label{display:block;font-weight:600;margin:0 0 4px}\n"
    "label .muted{font-weight:400}\n"
    "input,select,textarea,button{font:inherit;color:inherit}\n"
    "input:not([type=checkbox]),select,textarea{width:100%;min-height:48px;"
    "padding:8px 12px;background:var(--ground);border:1px solid "
    "var(--border);border-radius:6px}\n"
    "textarea{display:block;resize:vertical}\n"
    "[aria-invalid]{border-color:var(--bad)!important;border-width:2px"
    "!important}\n"
    ".check{display:grid;grid-template-columns:48px 1fr;align-items:center}\n"
    ".check input{width:24px;height:24px;margin:12px;"
    "accent-color:var(--accent)}\n"
    ".check label{font-weight:400;margin:0;padding:12px 0}\n"
    ".check p{grid-column:2}\n"
    ".hint,.fault{font-size:14px;margin:4px 0 0}\n"
    ".fault,.alert{color:var(--bad)}\n"
    ".alert{border:1px solid var(--bad);border-radius:6px;padding:12px;"
    "margin:0 0 16px}\n"
    "button{min-height:48px;padding:8px 20px;border-radius:6px;"
    "border:1px solid var(--border);background:var(--ground);"
    "cursor:pointer}\n"
    "button.do{background:var(--accent);color:var(--on-accent);"
    "border-color:var(--accent);font-weight:600}\n"
    ".narrow button.do{width:100%}\n"
    "code{display:block;padding:12px;background:var(--raised);"
    "border:1px solid var(--line);border-radius:6px;font-size:14px;"
    "overflow-wrap:anywhere;word-break:break-all}\n"
    /* the trap: for programs only; never hidden from them */
    ".away{position:absolute;left:-9999px;width:1px;height:1px;"
    "overflow:hidden}\n"
    /* the overview */
    ".top{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;"
    "justify-content:space-between;max-width:none;padding:0;margin:0 0 16px}\n"
    ".top h1{margin:0}.top form{display:flex;gap:12px;align-items:center}\n"
    ".two{display:grid;gap:24px}\n"
    "@media(min-width:860px){.two{grid-template-columns:1fr 320px;"
    "grid-template-rows:auto 1fr}.leads{grid-row:1/3;grid-column:1}"
    ".test,.people{grid-column:2}}\n"
    "summary{font-weight:600;min-height:48px;padding:12px 0;margin:-12px 0;"
    "cursor:pointer}details[open] summary{margin-bottom:0}\n"
    "ol,ul{list-style:none;margin:0;padding:0;border-top:1px solid "
    "var(--line)}\n"
    "li{border-bottom:1px solid var(--line);padding:12px 4px;min-height:64px}\n"
    "li.new{background:var(--new);border-left:4px solid var(--accent);"
    "padding-left:12px}\n"
    ".row{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline;"
    "justify-content:space-between}\n"
    ".row b{font-weight:600}\n"
    "li p{margin:2px 0 0}\n"
    ".meta{font-size:14px;color:var(--muted)}\n"
    ".chip{display:inline-block;background:var(--chip);border-radius:6px;"
    "padding:0 8px;font-size:14px;line-height:1.6}\n"
    ".ok{color:var(--ok)}.warn{color:var(--warn)}.bad{color:var(--bad)}\n"
    ".box{background:var(--raised);border:1px solid var(--line);"
    "border-radius:10px;padding:16px}\n"
    "@media(forced-colors:active){.chip,li.new{border:1px solid}}\n"
    "@media print{.box,button,footer{display:none}}\n";

static bool
answer_style(struct response *response, struct str style)
{
    response->body = style;
    response->content_type = "text/css; charset=utf-8";
    response_header(response, "Cache-Control", STR("public, max-age=300"));
    return true;
}

bool
page_style_run(struct work *w, const struct request *request,
               struct response *response)
{
    (void)w, (void)request;
    return answer_style(response, str_of(page_style));
}

/* ------------------------------------------------------- other colours */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* "1f5bd8" as 0..255 each. */
static bool
read_colour(struct str text, int rgb[3])
{
    if (text.bytes != 6)
        return false;
    for (int i = 0; i < 3; i++) {
        int high = hex_digit(text.data[2 * i]);
        int low = hex_digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        rgb[i] = high * 16 + low;
    }
    return true;
}

/* The one of black and white that is easier to read on it: weights of the
 * eye's sensitivity (BT.601). */
static const char *
text_on(const int rgb[3])
{
    return 299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] > 140 * 1000 ? "#000"
                                                                   : "#fff";
}

bool
page_accent_run(struct work *w, const struct request *request,
                struct response *response)
{
    struct str colour = request_parameter(request, "colour");
    int rgb[3];

    if (!read_colour(colour, rgb))
        return fail(w, ERR_NOT_FOUND, "There is no such colour.");
    return answer_style(
        response,
        arena_format(w->arena,
                     "button.do{background:#%.*s;color:%s;border-color:#%.*s}\n"
                     ".check input{accent-color:#%.*s}\n"
                     "h1{border-bottom:4px solid #%.*s;padding-bottom:8px}\n",
                     STR_ARG(colour), text_on(rgb), STR_ARG(colour),
                     STR_ARG(colour), STR_ARG(colour)));
}
