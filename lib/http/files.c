/*
 * files: static files that were packed into the program, chosen by path and
 * Accept-Encoding, with an ETag of their content.
 */
#include <string.h>

#include "lib/base/hash.h"
#include "lib/http/inside.h"

struct file {
    const struct http_file *source;
    struct str path;
    struct str etag; /* with its quotes */
};

struct file_set {
    struct file *files;
    int count;
    const struct file *page; /* first row of the path for everything else */
};

static struct str
etag_of(struct arena *arena, const struct http_file *file)
{
    struct hash hash =
        hash_of((struct str){ (const char *)file->bytes, file->byte_count });
    struct text etag = text_new(arena);

    text_add_char(&etag, '"');
    for (int i = 0; i < 12; i++)
        text_format(&etag, "%02x", hash.bytes[i]);
    text_add_char(&etag, '"');
    return text_str(&etag);
}

struct file_set *
files_build(struct arena *arena, const struct http_file *sources)
{
    struct file_set *set = ARENA_NEW(arena, struct file_set);

    if (sources == NULL)
        return set;
    while (sources[set->count].path != NULL)
        set->count++;
    set->files = ARENA_ARRAY(arena, struct file, (size_t)set->count + 1);
    for (int i = 0; i < set->count; i++) {
        struct file *file = &set->files[i];
        file->source = &sources[i];
        file->path = str_of(sources[i].path);
        file->etag = etag_of(arena, &sources[i]);
        if (set->page == NULL && str_is(file->path, "/*"))
            set->page = file;
    }
    return set;
}

/* "gzip;q=0" means without it. Other weights are equal: the order here, not
 * the sender's, says what is best. */
static bool
accepts(struct str field, const char *encoding)
{
    struct str part;

    while (str_next(&field, ',', &part)) {
        struct str name = STR_NONE, weight = STR_NONE;
        if (!str_next(&part, ';', &name))
            continue;
        weight = str_trim(part);
        bool none = str_is(weight, "q=0") || str_starts(weight, STR("q=0.0"));
        if (str_equal_ascii_case(str_trim(name), str_of(encoding)))
            return !none;
    }
    return false;
}

/* Brotli before gzip before nothing; what was packed in one encoding only
 * is sent in it. */
static int
worth(const struct http_file *file, struct str accepted)
{
    if (file->encoding == NULL)
        return 1;
    if (!accepts(accepted, file->encoding))
        return 0;
    return strcmp(file->encoding, "br") == 0 ? 3 : 2;
}

static const struct file *
best(const struct file_set *set, struct str path, struct str accepted)
{
    const struct file *chosen = NULL;
    int most = -1;

    for (int i = 0; i < set->count; i++) {
        const struct file *file = &set->files[i];
        if (!str_equal(file->path, path))
            continue;
        int points = worth(file->source, accepted);
        if (points > most) {
            most = points;
            chosen = file;
        }
    }
    return chosen;
}

static bool
is_known(struct str if_none_match, struct str etag)
{
    struct str one;

    while (str_next(&if_none_match, ',', &one)) {
        one = str_trim(one);
        if (str_starts(one, STR("W/")))
            one = str_slice(one, 2, one.bytes);
        if (str_equal(one, etag) || str_is(one, "*"))
            return true;
    }
    return false;
}

bool
files_find(const struct file_set *set, struct str path,
           const struct request *request, struct response *response)
{
    struct str accepted = request_header(request, "Accept-Encoding");
    const struct file *file = best(set, path, accepted);

    if (file == NULL && set->page != NULL && !str_starts(path, STR("/api/")))
        file = best(set, set->page->path, accepted);
    if (file == NULL)
        return false;

    response_header(response, "ETag", file->etag);
    response_header(response, "Vary", STR("Accept-Encoding"));
    response_header(response, "Cache-Control",
                    file->source->for_ever
                        ? STR("public, max-age=31536000, immutable")
                        : STR("no-cache"));
    if (is_known(request_header(request, "If-None-Match"), file->etag)) {
        response->status = 304;
        return true;
    }
    response->status = 200;
    response->content_type = file->source->content_type;
    response->body = (struct str){ (const char *)file->source->bytes,
                                   file->source->byte_count };
    if (file->source->encoding != NULL)
        response_header(response, "Content-Encoding",
                        str_of(file->source->encoding));
    return true;
}
