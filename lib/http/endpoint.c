/*
 * endpoint: from a method and a path to the row that answers, and what a
 * handler asks of its request.
 *
 * The rows become a tree of path segments. A segment that is spelled out
 * goes before a parameter: of "/leads/batch" and "/leads/{id}" the first
 * answers to "batch", and the second is tried when it leads nowhere.
 *
 * Not here: who may call a row (exchange.c), what its body must be (shape.c).
 */
#include "lib/http/endpoint.h"

#include <assert.h>
#include <string.h>

#include "lib/base/form.h"

enum { METHODS = DELETE + 1 };

/* One row at the end of a path, with the names of its parameters. */
struct route {
    const struct endpoint *row;
    struct str names[PATH_PARAMETERS_MAX];
    int name_count;
};

struct node {
    struct str segment; /* spelled out; none for a parameter */
    struct node *next;  /* its siblings */
    struct node *literals;
    struct node *parameter;
    struct route *routes[METHODS];
};

struct endpoint_map {
    struct node root;
};

/* A walk down the tree. */
struct walk {
    enum method method;
    struct str values[PATH_PARAMETERS_MAX];
    int value_count;
    unsigned methods;
};

static bool check_row(struct arena *, const struct endpoint *, struct str *why);
static bool add_row(struct endpoint_map *, struct arena *,
                    const struct endpoint *, struct str *why);
static const struct route *walk_down(struct walk *, const struct node *,
                                     struct str rest);
static bool decode(struct arena *, struct str raw, bool plus_is_space,
                   struct str *out);

static const char *const method_names[METHODS] = {
    [GET] = "GET",     [POST] = "POST",     [PUT] = "PUT",
    [PATCH] = "PATCH", [DELETE] = "DELETE",
};

const char *
method_name(enum method method)
{
    assert(method >= GET && method <= DELETE);
    return method_names[method];
}

bool
endpoint_writes(const struct endpoint *row)
{
    if (row->method == GET)
        return row->flags & ENDPOINT_WRITES;
    return !(row->flags & ENDPOINT_READS);
}

/* ---- building ---- */

struct endpoint_map *
endpoint_map_build(struct arena *arena, const struct endpoint *const *tables,
                   struct str *why)
{
    struct endpoint_map *map = ARENA_NEW(arena, struct endpoint_map);

    for (const struct endpoint *const *table = tables; *table != NULL; table++)
        for (const struct endpoint *row = *table; row->method != 0; row++)
            if (!check_row(arena, row, why) || !add_row(map, arena, row, why))
                return NULL;
    return map;
}

static bool
check_row(struct arena *arena, const struct endpoint *row, struct str *why)
{
    const char *name = method_name(row->method);

    if (row->path == NULL || row->path[0] != '/')
        *why = arena_format(arena, "%s %s: a path starts with '/'", name,
                            row->path == NULL ? "(none)" : row->path);
    else if (row->permission == 0)
        *why = arena_format(arena, "%s %s: the row has no permission", name,
                            row->path);
    else if (row->run == NULL)
        *why = arena_format(arena, "%s %s: nothing runs", name, row->path);
    else if (row->summary == NULL)
        *why = arena_format(arena, "%s %s: the row has no summary", name,
                            row->path);
    else if ((row->flags & ENDPOINT_INLINE)
             && !(row->permission & PERMISSION_PUBLIC))
        *why = arena_format(arena,
                            "%s %s: without a database only the public is "
                            "answered",
                            name, row->path);
    else if (row->takes != NULL && row->method == GET)
        *why =
            arena_format(arena, "%s %s: a GET takes no body", name, row->path);
    else
        return true;
    return false;
}

/* The node for a segment below `node`, made when it is new. */
static struct node *
step_down(struct node *node, struct arena *arena, struct str segment,
          bool parameter)
{
    struct node **at = parameter ? &node->parameter : &node->literals;

    while (*at != NULL && !parameter && !str_equal((*at)->segment, segment))
        at = &(*at)->next;
    if (*at == NULL) {
        *at = ARENA_NEW(arena, struct node);
        if (!parameter)
            (*at)->segment = segment;
    }
    return *at;
}

/* "{id}" gives "id"; false for what is spelled out. */
static bool
parameter_name(struct str segment, struct str *name)
{
    if (segment.bytes < 3 || segment.data[0] != '{'
        || segment.data[segment.bytes - 1] != '}')
        return false;
    *name = str_slice(segment, 1, segment.bytes - 1);
    return true;
}

/* The first segment of "/a/b", which is taken off. */
static bool
next_segment(struct str *rest, struct str *segment)
{
    if (rest->bytes == 0)
        return false;
    assert(rest->data[0] == '/');

    size_t end = 1;
    while (end < rest->bytes && rest->data[end] != '/')
        end++;
    *segment = str_slice(*rest, 1, end);
    *rest = (struct str){ rest->data + end, rest->bytes - end };
    return true;
}

static bool
add_row(struct endpoint_map *map, struct arena *arena,
        const struct endpoint *row, struct str *why)
{
    struct route *route = ARENA_NEW(arena, struct route);
    struct node *node = &map->root;
    struct str rest = str_of(row->path);
    struct str segment, name;

    route->row = row;
    while (next_segment(&rest, &segment)) {
        bool parameter = parameter_name(segment, &name);
        node = step_down(node, arena, segment, parameter);
        if (!parameter)
            continue;
        if (route->name_count == PATH_PARAMETERS_MAX) {
            *why = arena_format(arena, "%s: at most %d parameters", row->path,
                                PATH_PARAMETERS_MAX);
            return false;
        }
        route->names[route->name_count++] = name;
    }
    if (node->routes[row->method] != NULL) {
        *why = arena_format(arena, "%s %s: two rows answer it",
                            method_name(row->method), row->path);
        return false;
    }
    node->routes[row->method] = route;
    return true;
}

/* ---- finding ---- */

bool
endpoint_find(const struct endpoint_map *map, struct arena *arena,
              struct str path, enum method method, struct request *request,
              struct endpoint_match *match)
{
    struct walk walk = { .method = method };

    *match = (struct endpoint_match){ 0 };
    if (path.bytes == 0 || path.data[0] != '/')
        return true;
    const struct route *route = walk_down(&walk, &map->root, path);
    match->methods = walk.methods;
    if (route == NULL)
        return true;

    assert(walk.value_count == route->name_count);
    match->row = request->endpoint = route->row;
    request->parameter_count = route->name_count;
    for (int i = 0; i < route->name_count; i++) {
        request->parameters[i].name = route->names[i];
        if (!decode(arena, walk.values[i], false,
                    &request->parameters[i].value))
            return false;
    }
    return true;
}

static const struct route *
at_end(struct walk *walk, const struct node *node)
{
    for (int method = GET; method < METHODS; method++)
        if (node->routes[method] != NULL)
            walk->methods |= 1U << method;
    return walk->method == 0 ? NULL : node->routes[walk->method];
}

static const struct route *
walk_down(struct walk *walk, const struct node *node, struct str rest)
{
    struct str segment;

    if (!next_segment(&rest, &segment))
        return at_end(walk, node);
    for (const struct node *n = node->literals; n != NULL; n = n->next) {
        if (!str_equal(n->segment, segment))
            continue;
        const struct route *route = walk_down(walk, n, rest);
        if (route != NULL)
            return route;
        break;
    }
    if (node->parameter == NULL || segment.bytes == 0
        || walk->value_count == PATH_PARAMETERS_MAX)
        return NULL;
    walk->values[walk->value_count++] = segment;
    const struct route *route = walk_down(walk, node->parameter, rest);
    if (route == NULL)
        walk->value_count--;
    return route;
}

/* ---- percent-encoding ---- */

/* False for "%zz", for bytes that are not UTF-8 and for U+0000. */
static bool
decode(struct arena *arena, struct str raw, bool plus_is_space, struct str *out)
{
    size_t fault;

    return form_percent_decode(arena, raw, plus_is_space, out, &fault)
        && memchr(out->data, '\0', out->bytes) == NULL && str_is_utf8(*out);
}

bool
request_query_read(struct arena *arena, struct str raw, struct request *request)
{
    struct str pair;
    int count = 0;

    for (size_t i = 0; i < raw.bytes; i++)
        count += raw.data[i] == '&';
    struct request_field *fields =
        ARENA_ARRAY(arena, struct request_field, (size_t)count + 1);
    count = 0;
    while (str_next(&raw, '&', &pair)) {
        if (pair.bytes == 0)
            continue;
        ptrdiff_t equals = str_find_char(pair, '=');
        size_t end = equals < 0 ? pair.bytes : (size_t)equals;
        struct request_field *field = &fields[count++];
        struct str value =
            equals < 0 ? STR("") : str_slice(pair, end + 1, pair.bytes);
        if (!decode(arena, str_slice(pair, 0, end), true, &field->name)
            || !decode(arena, value, true, &field->value))
            return false;
    }
    request->query = fields;
    request->query_count = count;
    return true;
}

/* ---- what handlers ask ---- */

struct str
request_parameter(const struct request *request, const char *name)
{
    for (int i = 0; i < request->parameter_count; i++)
        if (str_is(request->parameters[i].name, name))
            return request->parameters[i].value;
    return STR_NONE;
}

struct str
request_query(const struct request *request, const char *name)
{
    for (int i = 0; i < request->query_count; i++)
        if (str_is(request->query[i].name, name))
            return request->query[i].value;
    return STR_NONE;
}

struct str
request_header(const struct request *request, const char *name)
{
    struct str wanted = str_of(name);

    for (int i = 0; i < request->header_count; i++)
        if (str_equal_ascii_case(request->headers[i].name, wanted))
            return request->headers[i].value;
    return STR_NONE;
}

bool
request_id(struct work *w, const struct request *request, const char *name,
           struct id *id)
{
    struct str text = request_parameter(request, name);

    if (id_parse(text, id))
        return true;
    return fail(w, ERR_NOT_FOUND,
                "\"%.*s\" is no id: an id has 13 letters and digits.",
                STR_ARG(str_slice(text, 0, 60)));
}

static bool
is_asked(const struct request_field *asks, struct str name)
{
    for (; asks != NULL && asks->name.bytes > 0; asks++)
        if (str_equal(asks->name, name))
            return true;
    return false;
}

static bool
refuse_parameter(struct work *w, const struct request_field *asks,
                 struct str name)
{
    struct text known = text_new(w->arena);

    for (const struct request_field *f = asks; f != NULL && f->name.bytes > 0;
         f++)
        text_format(&known, f == asks ? "; what can be is: %.*s" : ", %.*s",
                    STR_ARG(f->name));
    name = str_slice(name, 0, 60);
    return fail_at(w, arena_format(w->arena, "/%.*s", STR_ARG(name)),
                   "unknown_parameter",
                   "\"%.*s\" cannot be asked for here%.*s.", STR_ARG(name),
                   STR_ARG(text_str(&known)));
}

bool
request_query_known(struct work *w, const struct request *request)
{
    const struct endpoint *row = request->endpoint;
    bool ok = true;

    for (int i = 0; i < request->query_count; i++)
        if ((row->flags & ENDPOINT_ANY_QUERY) == 0
            && !is_asked(row->asks, request->query[i].name))
            ok = refuse_parameter(w, row->asks, request->query[i].name);
    if (!ok) /* nothing was looked at: this is another request than it seems */
        w->error.kind = ERR_MALFORMED;
    return ok;
}

bool
request_query_int(struct work *w, const struct request *request,
                  const char *name, int64_t fallback, int64_t min, int64_t max,
                  int64_t *number)
{
    struct str text = request_query(request, name);

    *number = fallback;
    if (text.data == NULL)
        return true;
    if (str_to_int64(text, number) && *number >= min && *number <= max)
        return true;
    return fail_at(w, arena_format(w->arena, "/%s", name), "query_parameter",
                   "%s must be a whole number from %lld to %lld, and is "
                   "\"%.*s\"",
                   name, (long long)min, (long long)max,
                   STR_ARG(str_slice(text, 0, 60)));
}

bool
request_if_match(struct work *w, const struct request *request, int64_t version,
                 struct str current)
{
    struct str sent = str_trim(request_header(request, "If-Match"));
    int64_t wanted;

    w->compared = true;
    if (sent.data == NULL || str_is(sent, "*"))
        return true;
    if (sent.bytes >= 2 && sent.data[0] == '"'
        && sent.data[sent.bytes - 1] == '"')
        sent = str_slice(sent, 1, sent.bytes - 1);
    if (!str_to_int64(sent, &wanted))
        return fail(w, ERR_MALFORMED,
                    "If-Match takes the version of the record, like \"%lld\".",
                    (long long)version);
    if (wanted == version)
        return true;
    if (current.bytes > 0)
        w->error.extra_json =
            arena_format(w->arena, "\"current\":%.*s", STR_ARG(current)).data;
    return fail(w, ERR_CONFLICT,
                "The change was made for version %lld, and the record is at "
                "version %lld. Look at it again and repeat the change.",
                (long long)wanted, (long long)version);
}

void
response_header(struct response *response, const char *name, struct str value)
{
    const int room = sizeof response->headers / sizeof response->headers[0];

    assert(response->header_count < room);
    response->headers[response->header_count++] =
        (struct request_field){ str_of(name), value };
}

void
response_version(struct work *w, struct response *response, int64_t version)
{
    response_header(response, "ETag",
                    arena_format(w->arena, "\"%ld\"", (long)version));
}

struct json_out
response_json(struct work *w, struct response *response, struct text *out)
{
    (void)response;
    *out = text_new(w->arena);
    return json_out_new(out);
}

void
response_json_done(struct response *response, const struct text *out)
{
    response->body = text_str(out);
}

struct json_out
response_list(struct work *w, struct response *response, struct text *text)
{
    struct json_out out = response_json(w, response, text);

    json_open_object(&out);
    json_name(&out, "items");
    json_open_array(&out);
    return out;
}

void
response_list_done(struct response *response, struct json_out *out)
{
    json_close_array(out);
    json_close_object(out);
    response_json_done(response, out->text);
}

void
response_page_done(struct response *response, struct json_out *out,
                   struct id next)
{
    json_close_array(out);
    json_put_id(out, "next_cursor", next);
    json_close_object(out);
    response_json_done(response, out->text);
}
