/*
 * replay_past: a recorded decision as the simulation wants it. The record's
 * members are those of src/route/README.md.
 */
#include "src/replay/replay.h"

static void read_seen(struct arena *, const struct team *,
                      const struct json *record, struct replay_past *);
static void read_kept(struct arena *, const struct team *,
                      const struct json *record, struct replay_past *);

void
replay_past_read(struct arena *arena, const struct team *team,
                 const struct decision_row *row, struct replay_past *past)
{
    const struct json *record = row->record;
    int64_t draw = json_get_int(record, "random", -1);
    struct id_text id = id_show(row->id);

    *past = (struct replay_past){
        .row = row,
        .kept = str_is(json_get_text(record, "band"), "kept"),
        .rule = json_get_text(json_get(record, "rule"), "id"),
        .erased = json_get(record, "input") == NULL,
        .drawn = draw >= 0,
        .question = {
            .now_ms = row->decided_ms,
            .was_in_sequence = json_get_bool(record, "was_in_sequence", false),
            .kind = json_get_text(json_get(record, "weighing"), "kind"),
            /* Without one the decision's own id is a draw: the same always. */
            .random = draw >= 0 ? (uint64_t)draw
                                : (uint64_t)hash_key(0, str_of(id.text)) >> 1,
        },
    };
    read_seen(arena, team, record, past);
    read_kept(arena, team, record, past);
    if (!id_parse(json_get_text(json_get(record, "capturer"), "person"),
                  &past->question.captured_by))
        past->question.captured_by = ID_NONE;
}

/* -------------------------------------------------- who was considered */

/*
 * Whether he was there. Gates are asked in their order, so one before those of
 * presence tells nothing of it, and one behind them that he was.
 */
static void
read_presence(struct str gate, struct replay_seen *seen)
{
    seen->away = str_is(gate, "away");
    seen->busy = str_is(gate, "busy");
    seen->presence_known = seen->away || seen->busy || gate.data == NULL
                        || str_is(gate, "full") || str_is(gate, "full_today");
}

/* In one go through the members: there are many of them in a replay. */
static bool
read_candidate(const struct team *team, const struct json *candidate,
               struct replay_seen *seen)
{
    struct str gate = STR_NONE;
    struct id id = ID_NONE;

    *seen = (struct replay_seen){ .weight = 1, .open = -1 };
    for (size_t i = 0; i < candidate->object.count; i++) {
        const struct json_member *member = &candidate->object.members[i];
        const struct {
            const char *name;
            int64_t *number;
        } numbers[] = { { "credit", &seen->credit },
                        { "turn", &seen->turn },
                        { "open", &seen->open },
                        { "today", &seen->today },
                        { "units", &seen->units } };
        if (str_is(member->name, "person"))
            (void)id_parse(member->value.text, &id);
        else if (str_is(member->name, "gate"))
            gate = member->value.text;
        else if (str_is(member->name, "weight"))
            seen->weight = (int32_t)member->value.integer;
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            if (str_is(member->name, numbers[j].name))
                *numbers[j].number = member->value.integer;
    }
    seen->gate = gate;
    seen->able = gate.data == NULL;
    read_presence(gate, seen);
    seen->person = team_find(team, id);
    return seen->person >= 0;
}

static void
read_seen(struct arena *arena, const struct team *team,
          const struct json *record, struct replay_past *past)
{
    const struct json *list = json_get(record, "candidates");
    size_t count = list == NULL ? 0 : list->array.count;

    past->seen = ARENA_ARRAY(arena, struct replay_seen, count);
    for (size_t i = 0; i < count; i++)
        if (read_candidate(team, &list->array.items[i],
                           &past->seen[past->seen_count]))
            past->seen_count++;
}

/* --------------------------------------------- whose company it was then */

static bool
read_one_kept(const struct team *team, const struct json *item,
              struct route_kept *kept)
{
    const struct json *account = json_get(item, "account");
    struct str since = json_get_text(item, "since");

    *kept = (struct route_kept){
        .family = json_get_bool(item, "family", false),
        .account_name = json_get_text(account, "name"),
    };
    if (since.data != NULL && !time_parse(since, &kept->since_ms))
        return false;
    return id_parse(json_get_text(item, "person"), &kept->person)
        && id_parse(json_get_text(account, "id"), &kept->account)
        && team_find(team, kept->person) >= 0;
}

static void
read_kept(struct arena *arena, const struct team *team,
          const struct json *record, struct replay_past *past)
{
    const struct json *list = json_get(record, "kept");
    size_t count = list == NULL ? 0 : list->array.count;
    struct route_kept *kept;

    if (count == 0)
        return;
    kept = ARENA_ARRAY(arena, struct route_kept, count);
    past->question.kept = kept;
    for (size_t i = 0; i < count; i++)
        if (read_one_kept(team, &list->array.items[i],
                          &kept[past->question.kept_count]))
            past->question.kept_count++;
}
