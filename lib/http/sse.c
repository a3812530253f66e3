/*
 * sse: the live stream at GET /api/v1/events, as Server-Sent Events.
 *
 * A committed event is put into the inbox and the keeper passes it on: the
 * writer does not wait for a thousand browsers. Each stream has a short
 * queue; a reader who lets it run full is cut off, comes back with
 * Last-Event-ID and is given what he missed.
 *
 * Who owns a stream: the list of the keeper, and the connection. The
 * connection says `gone` when it is done; the keeper then frees it.
 *
 * Not here: which events there are, and who may see them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/clock.h"
#include "lib/http/inside.h"

/* One event as it is sent; shared by the streams that have it queued. */
struct frame {
    struct frame *next; /* in the inbox */
    uint64_t number;    /* among all that were told */
    atomic_int owners;
    struct live_event event; /* points behind the text */
    struct str text;
    char bytes[];
};

/* A queue with a bound. */
struct frame_queue {
    struct frame **frames;
    size_t first, count, room;
};

struct stream {
    struct stream *next; /* the keeper's; newcomers' before */
    struct http_server *server;
    struct MHD_Connection *mhd;
    struct actor actor;
    struct id workspace;
    uint64_t first;  /* the number of the first event after it came */
    int64_t beat_us; /* when the last byte was offered; the keeper's */

    pthread_mutex_t mutex;         /* all that follows */
    struct connection *connection; /* valid until `gone` */
    struct frame_queue missed;     /* comes first; no bound of its own */
    struct frame_queue waiting;
    struct id *given; /* those of `missed`, sorted once it is sent */
    size_t given_count;
    size_t sent;  /* bytes of the text that is being sent */
    bool greeted; /* the first bytes were sent */
    bool beats;   /* a heartbeat is due */
    bool asleep;  /* the connection is suspended */
    bool sending; /* the connection reads from here */
    bool closing; /* ends when it is read next */
    bool gone;    /* the connection is done with it */
};

struct live {
    struct http_server *server;
    pthread_mutex_t mutex; /* the inbox, the newcomers, closed */
    struct frame *inbox, **inbox_end;
    uint64_t told; /* how many have been put into the inbox */
    struct stream *newcomers;
    bool closed;
    bool ended;             /* closed, and all streams were told */
    struct stream *streams; /* the keeper's */
    atomic_int count;       /* streams and newcomers */
};

static bool sse_run(struct work *, const struct request *, struct response *);
static struct frame *frame_new(const struct live_event *);
static void frame_drop(struct frame *);
static void queue_put(struct frame_queue *, struct frame *);
static struct frame *queue_head(const struct frame_queue *);
static void queue_take(struct frame_queue *);
static void queue_free(struct frame_queue *);
static void offer(struct stream *, struct frame *, int64_t now_us);
static void end(struct stream *);
static void wake(struct stream *);
static void drop_gone(struct live *);

const struct endpoint http_stream_endpoints[] = {
    { GET, "/api/v1/events", sse_run, PERMISSION_SIGNED_IN,
      "Server-Sent Events of what changes, as far as the caller may see it. "
      "Last-Event-ID resumes." },
    { 0 },
};

static bool
sse_run(struct work *w, const struct request *request,
        struct response *response)
{
    (void)w;
    (void)request;
    (void)response;
    assert(!"a stream is not run like other rows");
    return false;
}

bool
sse_is(const struct endpoint *row)
{
    return row == http_stream_endpoints;
}

struct live *
sse_start(struct http_server *server)
{
    struct live *live = calloc(1, sizeof *live);

    if (live == NULL)
        abort();
    live->server = server;
    live->inbox_end = &live->inbox;
    pthread_mutex_init(&live->mutex, NULL);
    return live;
}

/* ---- a caller comes ---- */

void
sse_open(struct exchange *x)
{
    struct stream *stream = calloc(1, sizeof *stream);
    struct live *live = x->server->live;

    if (stream == NULL)
        abort();
    pthread_mutex_init(&stream->mutex, NULL);
    stream->server = x->server;
    stream->mhd = x->mhd;
    stream->connection = x->connection;
    stream->actor = x->actor;
    stream->workspace = x->workspace;
    stream->beat_us = clock_monotonic_us();
    stream->waiting.room = (size_t)x->server->settings.stream_events_max;
    x->stream = stream;
    atomic_fetch_add(&live->count, 1);

    pthread_mutex_lock(&live->mutex);
    stream->closing = live->closed;
    stream->first = live->told;
    stream->next = live->newcomers;
    live->newcomers = stream;
    pthread_mutex_unlock(&live->mutex);
}

static bool
may_see(const struct stream *stream, const struct live_event *event)
{
    const struct http_settings *settings = &stream->server->settings;

    return id_equal(stream->workspace, event->workspace)
        && (settings->may_see == NULL
            || settings->may_see(&stream->actor, event));
}

/* On a reader; the connection is suspended and not sending yet. */
static void
give(void *to, const struct live_event *event)
{
    struct stream *stream = to;

    if (!may_see(stream, event))
        return;
    struct frame *frame = frame_new(event);
    pthread_mutex_lock(&stream->mutex);
    queue_put(&stream->missed, frame);
    pthread_mutex_unlock(&stream->mutex);
}

/*
 * The stream collects events since sse_open, which was before this unit's
 * snapshot: nothing falls between the two. What is in both is sent once,
 * however late it is told: a snapshot may be ahead of the inbox.
 */
bool
sse_missed(struct work *w, struct exchange *x)
{
    const struct http_settings *settings = &x->server->settings;
    struct str sent = request_header(&x->request, "Last-Event-ID");
    struct id last;

    if (settings->missed == NULL || !id_parse(str_trim(sent), &last))
        return true;
    return settings->missed(w, last, give, x->stream);
}

static int
compare_ids(const void *left, const void *right)
{
    const struct id *a = left, *b = right;

    return (a->value > b->value) - (a->value < b->value);
}

static void
note_given(struct stream *stream)
{
    const struct frame_queue *missed = &stream->missed;

    if (missed->count == 0)
        return;
    stream->given = calloc(missed->count, sizeof *stream->given);
    if (stream->given == NULL)
        abort();
    for (size_t i = 0; i < missed->count; i++)
        stream->given[i] = missed->frames[missed->first + i]->event.id;
    stream->given_count = missed->count;
    qsort(stream->given, stream->given_count, sizeof *stream->given,
          compare_ids);
}

static bool
was_given(const struct stream *stream, struct id id)
{
    return stream->given_count > 0
        && bsearch(&id, stream->given, stream->given_count,
                   sizeof *stream->given, compare_ids)
               != NULL;
}

static void
drop_doubles(struct stream *stream)
{
    size_t count = stream->waiting.count;

    for (size_t i = 0; i < count; i++) {
        struct frame *frame = queue_head(&stream->waiting);
        atomic_fetch_add(&frame->owners, 1);
        queue_take(&stream->waiting);
        if (was_given(stream, frame->event.id))
            frame_drop(frame);
        else
            queue_put(&stream->waiting, frame);
    }
}

/* ---- sending ---- */

static size_t
copy_some(struct str text, size_t *sent, char *out, size_t room)
{
    size_t bytes = text.bytes - *sent < room ? text.bytes - *sent : room;

    memcpy(out, text.data + *sent, bytes);
    *sent += bytes;
    return bytes;
}

/* As many frames as fit. */
static size_t
fill(struct stream *stream, char *out, size_t room)
{
    size_t filled = 0;

    while (filled < room) {
        struct frame_queue *queue =
            stream->missed.count > 0 ? &stream->missed : &stream->waiting;
        struct frame *frame = queue_head(queue);
        if (frame == NULL)
            break;
        filled +=
            copy_some(frame->text, &stream->sent, out + filled, room - filled);
        if (stream->sent < frame->text.bytes)
            break;
        stream->sent = 0;
        queue_take(queue);
    }
    return filled;
}

static size_t
copy_constant(const char *text, char *out, size_t room)
{
    size_t bytes = strlen(text);

    assert(bytes <= room);
    memcpy(out, text, bytes);
    return bytes;
}

static ssize_t
read_stream(void *context, uint64_t position, char *out, size_t room)
{
    struct stream *stream = context;
    ssize_t result;

    (void)position;
    pthread_mutex_lock(&stream->mutex);
    if (stream->closing) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (!stream->greeted) {
        stream->greeted = true;
        result = (ssize_t)copy_constant("retry: 2000\n\n", out, room);
    } else {
        result = (ssize_t)fill(stream, out, room);
        if (result == 0 && stream->beats)
            result = (ssize_t)copy_constant(":\n\n", out, room);
        stream->beats = false;
        if (result == 0) {
            stream->asleep = true;
            MHD_suspend_connection(stream->mhd);
        }
    }
    pthread_mutex_unlock(&stream->mutex);
    return result;
}

static void
stream_gone(void *context)
{
    struct stream *stream = context;

    pthread_mutex_lock(&stream->mutex);
    assert(!stream->asleep);
    stream->gone = true;
    pthread_mutex_unlock(&stream->mutex);
}

void
sse_abandon(struct stream *stream)
{
    if (stream != NULL)
        stream_gone(stream);
}

/* From here the stream belongs to the response, not to the exchange. */
enum MHD_Result
sse_send(struct exchange *x)
{
    struct stream *stream = x->stream;
    struct MHD_Response *out = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, 4096, read_stream, stream, stream_gone);

    if (out == NULL)
        return MHD_NO;
    x->stream = NULL;
    pthread_mutex_lock(&stream->mutex);
    note_given(stream);
    drop_doubles(stream);
    stream->sending = true;
    pthread_mutex_unlock(&stream->mutex);

    x->response = (struct response){ .status = 200 };
    MHD_add_response_header(out, "Content-Type", "text/event-stream");
    MHD_add_response_header(out, "X-Accel-Buffering", "no");
    answer_common_headers(x, out);
    MHD_set_connection_option(x->mhd, MHD_CONNECTION_OPTION_TIMEOUT, 0U);
    x->state = EXCHANGE_SENDING;
    x->counted = false;
    server_count_down(x->server, &x->server->running);
    enum MHD_Result result = MHD_queue_response(x->mhd, 200, out);
    MHD_destroy_response(out);
    return result;
}

/* ---- events come ---- */

void
sse_tell(struct live *live, const struct live_event *event)
{
    if (atomic_load(&live->count) == 0)
        return;
    struct frame *frame = frame_new(event);
    pthread_mutex_lock(&live->mutex);
    frame->number = live->told++;
    *live->inbox_end = frame;
    live->inbox_end = &frame->next;
    pthread_mutex_unlock(&live->mutex);
    server_wake_keeper(live->server);
}

bool
sse_pending(struct live *live)
{
    pthread_mutex_lock(&live->mutex);
    bool pending = live->inbox != NULL || (live->closed && !live->ended);
    pthread_mutex_unlock(&live->mutex);
    return pending;
}

/* Newcomers come first: they were there when some of these were told. */
static struct frame *
take_inbox(struct live *live)
{
    pthread_mutex_lock(&live->mutex);
    live->ended = live->closed;
    struct frame *frames = live->inbox;
    live->inbox = NULL;
    live->inbox_end = &live->inbox;
    while (live->newcomers != NULL) {
        struct stream *stream = live->newcomers;
        live->newcomers = stream->next;
        stream->next = live->streams;
        live->streams = stream;
    }
    pthread_mutex_unlock(&live->mutex);
    return frames;
}

static void
beat(struct stream *stream, int64_t now_us)
{
    if (now_us - stream->beat_us < stream->server->settings.heartbeat_ms * 1000)
        return;
    stream->beat_us = now_us;
    pthread_mutex_lock(&stream->mutex);
    stream->beats = true;
    wake(stream);
    pthread_mutex_unlock(&stream->mutex);
}

void
sse_deliver(struct live *live)
{
    struct frame *frame = take_inbox(live);
    int64_t now_us = clock_monotonic_us();

    drop_gone(live);
    while (frame != NULL) {
        struct frame *next = frame->next;
        for (struct stream *s = live->streams; s != NULL; s = s->next)
            if (frame->number >= s->first && may_see(s, &frame->event))
                offer(s, frame, now_us);
        frame_drop(frame);
        frame = next;
    }
    for (struct stream *s = live->streams; s != NULL; s = s->next)
        if (live->ended)
            end(s);
        else
            beat(s, now_us);
}

static void
end(struct stream *stream)
{
    pthread_mutex_lock(&stream->mutex);
    stream->closing = true;
    wake(stream);
    pthread_mutex_unlock(&stream->mutex);
}

static void
offer(struct stream *stream, struct frame *frame, int64_t now_us)
{
    pthread_mutex_lock(&stream->mutex);
    if (stream->gone || stream->closing) {
        /* nobody reads any more */
    } else if (was_given(stream, frame->event.id)) {
        /* it was told later than it could be read */
    } else if (stream->waiting.count == stream->waiting.room) {
        stream->closing = true;
        wake(stream);
        if (stream->sending)
            shutdown(stream->connection->socket, SHUT_RDWR);
    } else {
        atomic_fetch_add(&frame->owners, 1);
        queue_put(&stream->waiting, frame);
        stream->beat_us = now_us;
        wake(stream);
    }
    pthread_mutex_unlock(&stream->mutex);
}

/* With the stream's mutex held: it is asleep until here. */
static void
wake(struct stream *stream)
{
    if (!stream->asleep)
        return;
    stream->asleep = false;
    MHD_resume_connection(stream->mhd);
}

/* ---- the end ---- */

static void
stream_free(struct stream *stream)
{
    queue_free(&stream->missed);
    queue_free(&stream->waiting);
    free(stream->given);
    pthread_mutex_destroy(&stream->mutex);
    free(stream);
}

static void
drop_gone(struct live *live)
{
    struct stream **at = &live->streams;

    while (*at != NULL) {
        struct stream *stream = *at;
        pthread_mutex_lock(&stream->mutex);
        bool gone = stream->gone;
        pthread_mutex_unlock(&stream->mutex);
        if (!gone) {
            at = &stream->next;
            continue;
        }
        *at = stream->next;
        atomic_fetch_sub(&live->count, 1);
        stream_free(stream);
    }
}

void
sse_close(struct live *live)
{
    pthread_mutex_lock(&live->mutex);
    live->closed = true;
    pthread_mutex_unlock(&live->mutex);
    server_wake_keeper(live->server);
}

int
sse_count(struct live *live)
{
    return atomic_load(&live->count);
}

void
sse_free(struct live *live)
{
    struct frame *frame = take_inbox(live);

    while (frame != NULL) {
        struct frame *next = frame->next;
        frame_drop(frame);
        frame = next;
    }
    drop_gone(live);
    assert(live->streams == NULL);
    pthread_mutex_destroy(&live->mutex);
    free(live);
}

/* ---- frames and their queues ---- */

/* The data of a line is a line: a line break in it begins the next one. */
static size_t
lines_in(struct str data)
{
    size_t lines = 1;

    for (size_t i = 0; i < data.bytes; i++)
        lines += data.data[i] == '\n';
    return lines;
}

static char *
put(char *at, struct str text)
{
    if (text.bytes > 0)
        memcpy(at, text.data, text.bytes);
    return at + text.bytes;
}

static char *
put_data(char *at, struct str data)
{
    struct str line;

    while (str_next(&data, '\n', &line)) {
        at = put(at, STR("data: "));
        at = put(at, line);
        at = put(at, STR("\n"));
    }
    return at;
}

static struct frame *
frame_new(const struct live_event *event)
{
    const struct str labels = STR("id: \nevent: \n\n");
    struct str topic = str_of(event->topic);
    struct id_text id = id_show(event->id);
    size_t room = labels.bytes + ID_TEXT_BYTES + topic.bytes + event->data.bytes
                + lines_in(event->data) * 7;
    struct frame *frame =
        calloc(1, sizeof *frame + room + topic.bytes + 1 + event->data.bytes);

    if (frame == NULL)
        abort();
    char *at = put(frame->bytes, STR("id: "));
    at = put(at, str_of(id.text));
    at = put(at, STR("\nevent: "));
    at = put(at, topic);
    at = put(at, STR("\n"));
    at = put_data(at, event->data);
    at = put(at, STR("\n"));
    assert((size_t)(at - frame->bytes) <= room);
    frame->text = (struct str){ frame->bytes, (size_t)(at - frame->bytes) };
    frame->event = *event;
    frame->event.next = NULL;
    frame->event.topic = at;
    at = put(at, topic) + 1;
    frame->event.data = (struct str){ at, event->data.bytes };
    put(at, event->data);
    atomic_init(&frame->owners, 1);
    return frame;
}

static void
frame_drop(struct frame *frame)
{
    if (atomic_fetch_sub(&frame->owners, 1) == 1)
        free(frame);
}

/* A ring; that of `missed` grows, that of `waiting` is asked before. */
static void
queue_grow(struct frame_queue *queue)
{
    size_t room = queue->room == 0 ? 64 : queue->room;

    if (queue->frames != NULL)
        room *= 2;
    struct frame **frames = calloc(room, sizeof *frames);
    if (frames == NULL)
        abort();
    assert(queue->count == 0 || queue->frames != NULL);
    for (size_t i = 0; i < queue->count; i++)
        frames[i] = queue->frames[(queue->first + i) % queue->room];
    free(queue->frames);
    queue->frames = frames;
    queue->room = room;
    queue->first = 0;
}

static void
queue_put(struct frame_queue *queue, struct frame *frame)
{
    if (queue->frames == NULL || queue->count == queue->room)
        queue_grow(queue);
    queue->frames[(queue->first + queue->count) % queue->room] = frame;
    queue->count++;
}

static struct frame *
queue_head(const struct frame_queue *queue)
{
    return queue->count == 0 ? NULL : queue->frames[queue->first];
}

static void
queue_take(struct frame_queue *queue)
{
    frame_drop(queue->frames[queue->first]);
    queue->first = (queue->first + 1) % queue->room;
    queue->count--;
}

static void
queue_free(struct frame_queue *queue)
{
    while (queue->count > 0)
        queue_take(queue);
    free(queue->frames);
}
