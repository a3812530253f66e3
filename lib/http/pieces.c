/*
 * pieces: a body that is too large for memory. It is read piece by piece, each
 * in a unit of its own on a reader, when the peer has taken the one before: a
 * slow peer costs one piece of memory and no thread.
 *
 * The head has told the length: a piece that cannot be read, or is not there
 * any more, ends the connection, so that nobody takes a part for the whole.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/http/inside.h"

/* Of the HTTP thread; while its unit runs (the connection sleeps), of that. */
struct piecemeal {
    struct exchange *exchange;
    struct response_pieces source;
    struct arena arena; /* of one piece */
    struct unit unit;
    struct str piece;
    size_t sent;    /* bytes of it */
    int64_t number; /* of the next */
    bool failed;
};

static bool
read_piece(struct work *w, void *context)
{
    struct piecemeal *p = context;

    return p->source.read(w, p->source.context, p->number, &p->piece);
}

static void
piece_read(struct work *w, void *context, bool ok)
{
    struct piecemeal *p = context;

    (void)w;
    p->sent = 0;
    p->number++;
    p->failed = !ok || str_is_empty(p->piece);
    MHD_resume_connection(p->exchange->mhd);
}

/* The connection sleeps before the unit can be done, as in exchange.c. */
static void
ask_for_piece(struct piecemeal *p)
{
    struct exchange *x = p->exchange;

    arena_reset(&p->arena);
    p->piece = STR_NONE;
    p->unit = (struct unit){
        .side = UNIT_READS,
        .workspace = x->workspace,
        .actor = x->actor,
        .arena = &p->arena,
        .run = read_piece,
        .done = piece_read,
        .context = p,
    };
    x->in_unit = true;
    atomic_fetch_add(&x->server->in_units, 1);
    MHD_suspend_connection(x->mhd);
    if (runner_submit(x->server->settings.runner, &p->unit))
        return;
    p->failed = true;
    MHD_resume_connection(x->mhd);
}

static ssize_t
read_pieces(void *context, uint64_t position, char *out, size_t room)
{
    struct piecemeal *p = context;
    size_t bytes = p->piece.bytes - p->sent;

    (void)position;
    exchange_resumed(p->exchange);
    if (p->failed || atomic_load(&p->exchange->server->stopped))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (bytes == 0) {
        ask_for_piece(p);
        return 0;
    }
    if (bytes > room)
        bytes = room;
    memcpy(out, p->piece.data + p->sent, bytes);
    p->sent += bytes;
    return (ssize_t)bytes;
}

static void
pieces_end(void *context)
{
    struct piecemeal *p = context;

    arena_free(&p->arena);
    free(p);
}

struct MHD_Response *
pieces_response(struct exchange *x)
{
    enum { BLOCK_BYTES = 32 * 1024 };
    struct piecemeal *p = calloc(1, sizeof *p);

    if (p == NULL)
        abort();
    assert(x->response.pieces->bytes > 0);
    p->exchange = x;
    p->source = *x->response.pieces;
    arena_init(&p->arena);
    return MHD_create_response_from_callback(
        (uint64_t)p->source.bytes, BLOCK_BYTES, read_pieces, p, pieces_end);
}
