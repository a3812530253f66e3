/* notify: see notify.h. Webhooks leave in webhook_job.c. */
#include "src/notify/notify.h"

#include "src/notify/webhook.h"
#include "src/workspace/cache.h"

const char *const notify_topics[TOPIC_COUNT + 1] = {
    [TOPIC_LEAD_CREATED] = "lead.created",
    [TOPIC_LEAD_ASSIGNED] = "lead.assigned",
    [TOPIC_LEAD_RETURNED] = "lead.returned",
    [TOPIC_LEAD_DUE_SOON] = "lead.due_soon",
    [TOPIC_LEAD_LATE] = "lead.late",
    [TOPIC_LEAD_CHANGED] = "lead.changed",
    [TOPIC_LEAD_ERASED] = "lead.erased",
    [TOPIC_WEBHOOK_PAUSED] = "webhook.paused",
    [TOPIC_WEBHOOK_OFF] = "webhook.off",
};

static bool
listens(const struct webhook *webhook, const char *topic)
{
    if (webhook->topics == NULL)
        return true;
    for (size_t i = 0; i < webhook->topics->array.count; i++)
        if (str_is(webhook->topics->array.items[i].text, topic))
            return true;
    return false;
}

static struct str
outbox_payload(struct work *w, const struct webhook *webhook, const char *topic,
               struct str data)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "webhook", webhook->id);
    json_put_cstr(&out, "type", topic);
    json_put_time(&out, "timestamp", w->now_ms);
    json_name(&out, "data");
    json_raw(&out, data);
    json_close_object(&out);
    return text_str(&text);
}

/* While it is paused, what happens is held for it (N9). */
static bool
send(struct work *w, const struct webhook *webhook, const char *topic,
     struct id lead, struct str data)
{
    struct id_text channel = id_show(webhook->id);

    return job_add(w, &(struct job_new){
                          .kind = &notify_webhook_job,
                          .lead = lead,
                          .channel = channel.text,
                          .payload = outbox_payload(w, webhook, topic, data),
                          .due_ms = webhook->paused_ms > 0 ? JOB_HELD_MS : 0,
                      });
}

bool
webhook_test(struct work *w, const struct webhook *webhook, struct id *delivery)
{
    struct id_text channel = id_show(webhook->id);
    struct str data =
        arena_format(w->arena, "{\"webhook\":\"%s\"}", channel.text);

    *delivery = work_id(w);
    return job_add(
        w, &(struct job_new){
               .kind = &notify_webhook_job,
               .id = *delivery,
               .channel = channel.text,
               .payload = outbox_payload(w, webhook, webhook_test_topic, data),
               .attempts_max = 1,
           });
}

static bool
fill_outbox(struct work *w, const struct lead *lead, const char *topic,
            struct str data)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    for (int i = 0; i < cache->notify->count; i++) {
        const struct webhook *webhook = &cache->notify->webhooks[i];
        if (listens(webhook, topic) && !send(w, webhook, topic, lead->id, data))
            return false;
    }
    return true;
}

bool
notify_others(struct work *w, struct id webhook, enum notify_topic topic,
              struct str data)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = notify_topics[topic],
                     .data = data,
                 });
    for (int i = 0; i < cache->notify->count; i++) {
        const struct webhook *other = &cache->notify->webhooks[i];
        if (!id_equal(other->id, webhook)
            && listens(other, notify_topics[topic])
            && !send(w, other, notify_topics[topic], ID_NONE, data))
            return false;
    }
    return true;
}

static struct id
rep_of(struct owner owner)
{
    return owner.kind == OWNER_REP ? owner.id : ID_NONE;
}

static bool
tell(struct work *w, const struct lead *lead, enum notify_topic topic,
     struct id entry, struct id person_before)
{
    if (id_is_none(entry))
        return true;

    struct str event = lead_event_json(w->arena, lead);
    work_tell(w, &(struct live_event){
                     .id = entry,
                     .workspace = w->workspace,
                     .topic = notify_topics[topic],
                     .person = rep_of(lead->owner),
                     .person_before = person_before,
                     .data = event,
                 });
    return fill_outbox(w, lead, notify_topics[topic], event);
}

bool
notify_lead(struct work *w, const struct lead *lead, enum notify_topic topic,
            struct id entry)
{
    return tell(w, lead, topic, entry, ID_NONE);
}

bool
notify_erased(struct work *w, const struct lead *lead, struct id entry,
              struct id erasure)
{
    const char *topic = notify_topics[TOPIC_LEAD_ERASED];
    struct str data =
        arena_format(w->arena, "{\"id\":\"%s\",\"erasure\":\"%s\"}",
                     id_show(lead->id).text, id_show(erasure).text);

    work_tell(w, &(struct live_event){ .id = entry,
                                       .workspace = w->workspace,
                                       .topic = topic,
                                       .person = rep_of(lead->owner),
                                       .data = data });
    return fill_outbox(w, lead, topic, data);
}

bool
notify_owner_changed(struct work *w, const struct lead *lead,
                     struct owner before, struct id entry)
{
    return tell(w, lead, TOPIC_LEAD_ASSIGNED, entry, rep_of(before));
}

bool
notify_load(struct work *w, struct workspace_cache *cache)
{
    struct notify_targets *targets = ARENA_NEW(w->arena, struct notify_targets);
    struct webhook *all;
    int count;
    int kept = 0;

    if (!webhook_list(w, &all, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (all[i].active)
            all[kept++] = all[i];
    *targets = (struct notify_targets){ all, kept };
    cache->notify = targets;
    return true;
}
