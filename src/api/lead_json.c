/*
 * lead_json: see lead_json.h. Only what is known is shown of the given
 * fields; times that have not come are null.
 */
#include "src/api/lead_json.h"

#include "lib/http/shape.h"
#include "src/route/route.h"
#include "src/workspace/cache.h"

static void put_fields(struct json_out *, struct arena *, const struct lead *);
static void put_account(struct json_out *, const struct lead *);

void
lead_owner_json(struct json_out *out, const struct workspace_cache *cache,
                struct owner owner)
{
    json_open_object(out);
    json_put_cstr(out, "kind", owner_kind_name(owner.kind));
    json_put_id(out, "id", owner.id);
    json_put_text(out, "name",
                  route_owner_name(cache->team, cache->queues,
                                   cache->queue_count, owner));
    json_close_object(out);
}

void
lead_json(struct json_out *out, struct arena *arena,
          const struct workspace_cache *cache, const struct lead *lead)
{
    json_open_object(out);
    json_put_id(out, "id", lead->id);
    json_put_int(out, "version", lead->version);
    put_fields(out, arena, lead);
    json_put_cstr(out, "stage", lead->stage);
    json_name(out, "owner");
    lead_owner_json(out, cache, lead->owner);
    put_account(out, lead);
    json_put_int(out, "score", lead->score);
    json_name(out, "score_lines");
    json_raw(out, lead->score_lines);
    json_put_time(out, "created_at", lead->created_ms);
    json_put_time(out, "updated_at", lead->updated_ms);
    json_put_time(out, "assigned_at", lead->assigned_ms);
    json_put_time(out, "first_assigned_at", lead->first_assigned_ms);
    json_put_time(out, "first_response_at", lead->first_response_ms);
    json_put_time(out, "response_due_at", lead->response_due_ms);
    json_put_int(out, "late_count", lead->late_count);
    json_put_int(out, "returns", lead->returns);
    json_put_time(out, "last_return_at", lead->last_return_ms);
    json_put_int(out, "touches", lead->touches);
    json_put_time(out, "last_touch_at", lead->last_touch_ms);
    json_put_time(out, "asked_again_at", lead->asked_again_ms);
    json_put_time(out, "pinned_until", lead->pinned_until_ms);
    if (!id_is_none(lead->merged_into))
        json_put_id(out, "merged_into", lead->merged_into);
    json_close_object(out);
}

static void
put_account(struct json_out *out, const struct lead *lead)
{
    json_name(out, "account");
    if (id_is_none(lead->account)) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_id(out, "id", lead->account);
    json_put_text(out, "name", lead->account_name);
    json_close_object(out);
}

/* The members of the stored object, without its brackets. */
static void
put_fields(struct json_out *out, struct arena *arena, const struct lead *lead)
{
    struct str object = lead_facts_json(arena, lead);

    if (object.bytes > 2)
        json_raw(out, str_slice(object, 1, object.bytes - 1));
}

struct str
lead_json_text(struct arena *arena, const struct workspace_cache *cache,
               const struct lead *lead)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    lead_json(&out, arena, cache, lead);
    return text_str(&text);
}

/* ---------------------------------------------------------- description */

static const char *const owner_kinds[] = { "rep", "queue", NULL };

static const struct shape_field owner_fields[] = {
    { "kind", SHAPE_OPTION, SHAPE_REQUIRED, .options = owner_kinds,
      .about = "A person, or a queue while nobody can take it." },
    { "id", SHAPE_ID, SHAPE_REQUIRED, .about = "Of the person or queue." },
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "As shown." },
    { 0 },
};
const struct shape lead_owner_shape = { "Owner", "Who holds a lead.", 0,
                                        owner_fields };

static const struct shape_field line_fields[] = {
    { "rule", SHAPE_TEXT, 0, .about = "The scoring rule." },
    { "group", SHAPE_TEXT, 0,
      .about = "The rule's; without a rule: what the group takes back." },
    { "faded_from", SHAPE_INTEGER, 0, .about = "Points when it was fresh." },
    { "name", SHAPE_TEXT, 0, .about = "Its name." },
    { "points", SHAPE_INTEGER, 0, .about = "What it gave." },
    { 0 },
};
static const struct shape line_shape = { "ScoreLine", "Points and why.",
                                         SHAPE_OPEN, line_fields };

static const struct shape_field account_fields[] = {
    { "id", SHAPE_ID, SHAPE_REQUIRED, .about = "Of the account." },
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "As shown." },
    { 0 },
};
static const struct shape account_shape = { "LeadAccount",
                                            "The company behind a lead.", 0,
                                            account_fields };

#define FIELD(name, meaning)                   \
    {                                          \
#name, SHAPE_TEXT, 0, .about = meaning \
    }

static const struct shape_field fields[] = {
    { "id", SHAPE_ID, SHAPE_REQUIRED, .about = "The lead." },
    { "version", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Moves with each change; for If-Match." },
    FIELD(name, "Full name."),
    FIELD(email, "E-mail address."),
    FIELD(phone, "Phone number, E.164 when it is one."),
    FIELD(company, "Company name."),
    FIELD(job_title, "Position in the company."),
    FIELD(website, "Address of the company's site."),
    FIELD(country, "ISO 3166-1 alpha-2."),
    FIELD(region, "State or province, ISO 3166-2 if known."),
    FIELD(city, "City."),
    FIELD(postal_code, "Postal code."),
    FIELD(address, "Street address."),
    FIELD(language, "BCP 47."),
    FIELD(time_zone, "IANA time zone."),
    FIELD(ip, "Address the visitor came from."),
    FIELD(source, "Where the lead came from."),
    FIELD(campaign, "Campaign."),
    FIELD(medium, "Medium."),
    FIELD(referrer, "Page that led to ours."),
    FIELD(page, "Page the form was on."),
    FIELD(industry, "Industry."),
    { "employees", SHAPE_INTEGER, 0, .about = "Number of employees." },
    FIELD(product, "Product or service of interest."),
    FIELD(segment, "Customer segment."),
    FIELD(use_case, "What the product shall be used for."),
    { "deal_value", SHAPE_NUMBER, 0, .about = "In units of the currency." },
    FIELD(currency, "ISO 4217."),
    { "tags", SHAPE_TEXT, SHAPE_LIST, .about = "Tags." },
    FIELD(message, "What the person wrote."),
    FIELD(birthday, "Date of birth."),
    FIELD(next_step, "What to do next."),
    FIELD(external_id, "The source's own id."),
    { "consent", SHAPE_ANY, 0, .about = "As given." },
    { "social", SHAPE_ANY, 0, .about = "As given." },
    { "custom", SHAPE_ANY, 0, .about = "The workspace's own fields." },
    { "stage", SHAPE_TEXT, SHAPE_REQUIRED, .about = "Stage of the work." },
    { "owner", SHAPE_OBJECT, SHAPE_REQUIRED, .of = &lead_owner_shape,
      .about = "Always exactly one." },
    { "account", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &account_shape,
      .about = "The company behind it; null: none is known." },
    { "score", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "The sum of its lines." },
    { "score_lines", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST,
      .of = &line_shape, .about = "What the score is made of." },
    { "created_at", SHAPE_TIME, SHAPE_REQUIRED, .about = "Captured." },
    { "updated_at", SHAPE_TIME, SHAPE_REQUIRED, .about = "Last changed." },
    { "assigned_at", SHAPE_TIME, SHAPE_REQUIRED,
      .about = "When the present owner got it." },
    { "first_assigned_at", SHAPE_TIME, SHAPE_REQUIRED,
      .about = "When the first owner got it." },
    { "first_response_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "First answer; null: none yet." },
    { "response_due_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "When an answer is promised; null: no clock runs." },
    { "late_count", SHAPE_INTEGER, 0, .about = "Promises missed so far." },
    { "returns", SHAPE_INTEGER, 0,
      .about = "How often the person came again." },
    { "last_return_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "When last; null: never." },
    { "touches", SHAPE_INTEGER, 0,
      .about = "How often somebody did something." },
    { "last_touch_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "When last; null: never." },
    { "asked_again_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "It wrote again after an answer, and waits for the next." },
    { "pinned_until", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "Nothing automatic moves it till then." },
    { "merged_into", SHAPE_ID, 0,
      .about = "It became part of that lead; absent: it is one of its own." },
    { 0 },
};
const struct shape lead_shape = { "Lead", "A lead.", 0, fields };
