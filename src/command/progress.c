/* progress: see progress.h. */
#include "src/command/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/base/clock.h"

enum { EVERY_US = 200000, BAR = 24 };

struct progress
progress_begin_count(const char *unit, int64_t total)
{
    struct progress progress = progress_begin(unit, total);

    progress.counts = true;
    return progress;
}

struct progress
progress_begin(const char *unit, int64_t total_bytes)
{
    return (struct progress){
        .unit = unit,
        .total = total_bytes,
        .started_us = clock_monotonic_us(),
        .on = isatty(STDERR_FILENO) == 1,
    };
}

static void
show_amounts(const struct progress *progress, int64_t done)
{
    if (progress->counts) {
        fprintf(stderr, " %ld of %ld", (long)done, (long)progress->total);
        return;
    }
    fprintf(stderr, " %.1f MB", (double)done / 1e6);
    if (progress->total > 0)
        fprintf(stderr, " of %.1f", (double)progress->total / 1e6);
}

static void
show_bar(double part)
{
    int full = (int)(part * BAR);

    fputc('[', stderr);
    for (int i = 0; i < BAR; i++)
        fputc(i < full ? '#' : '-', stderr);
    fprintf(stderr, "] %3d%%", (int)(part * 100));
}

void
progress_show(struct progress *progress, int64_t done, int64_t units)
{
    int64_t now_us = clock_monotonic_us();
    double seconds = (double)(now_us - progress->started_us) / 1e6;

    if (!progress->on || now_us - progress->shown_us < EVERY_US)
        return;
    progress->shown_us = now_us;
    fputs("\r\033[K", stderr);
    if (progress->total > 0)
        show_bar(done >= progress->total
                     ? 1
                     : (double)done / (double)progress->total);
    show_amounts(progress, done);
    if (progress->unit != NULL && seconds > 0)
        fprintf(stderr, ", %.0f %s/s", (double)units / seconds, progress->unit);
    if (progress->total > done && done > 0) {
        int64_t left_s = (int64_t)(seconds * (double)(progress->total - done)
                                   / (double)done);
        fprintf(stderr, ", %ld:%02ld left", (long)(left_s / 60),
                (long)(left_s % 60));
    }
    fflush(stderr);
}

void
progress_end(struct progress *progress)
{
    if (progress->on && progress->shown_us != 0)
        fputs("\r\033[K", stderr);
}
