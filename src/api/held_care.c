/* held_care: see held_care.h. */
#include "src/api/held_care.h"

enum { DIGEST_BYTES = 16 };

struct held
held_failed(const struct error *failure)
{
    return (struct held){
        .state = HELD_QUARANTINED,
        .code = STR("failed"),
        .reason = failure->detail,
        .pointer =
            failure->detail_count > 0 ? failure->details[0].pointer : STR_NONE,
    };
}

struct str
held_digest(struct arena *arena, struct str bytes)
{
    const struct hash hash = hash_of(bytes);
    struct text text = text_new(arena);

    for (int i = 0; i < DIGEST_BYTES; i++)
        text_format(&text, "%02x", hash.bytes[i]);
    return text_str(&text);
}

struct str
held_name(struct arena *arena, struct str delivery_key, struct str body)
{
    if (str_is_empty(delivery_key))
        return STR_NONE;
    return arena_format(arena, "%.*s %.*s", STR_ARG(delivery_key),
                        STR_ARG(held_digest(arena, body)));
}

struct str
held_name_delivery(struct str name)
{
    const size_t tail = 1 + 2 * DIGEST_BYTES;

    return name.bytes <= tail ? STR_NONE
                              : str_slice(name, 0, name.bytes - tail);
}

void
held_tell(struct work *w, const struct held *held)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", held->id);
    json_put_id(&out, "source", held->source);
    json_put_text(&out, "code", held->code);
    json_close_object(&out);

    struct live_event *event = ARENA_NEW(w->arena, struct live_event);
    *event = (struct live_event){
        .id = held->id,
        .workspace = w->workspace,
        .topic = held->state == HELD_SPAM        ? "submission.spam"
               : held->state == HELD_IGNORED     ? "submission.ignored"
               : held->state == HELD_QUARANTINED ? "submission.quarantined"
                                                 : "submission.settled",
        .data = text_str(&text),
    };
    work_tell(w, event);
}
