/* result: see result.h. Not for SQL (result_store.c). */
#include "src/team/result.h"

/* Leads and wins that are added up. */
struct sum {
    int64_t leads;
    int64_t wins;
};

static void
add(struct sum *sum, const struct result *row)
{
    sum->leads += row->leads;
    sum->wins += row->wins;
}

/* A rate in parts of RESULT_WHOLE, with leads of the expected rate mixed in. */
static int64_t
shrunk(struct sum sum, int64_t expected)
{
    return (sum.wins * RESULT_WHOLE + RESULT_MIXED_IN * expected)
         / (sum.leads + RESULT_MIXED_IN);
}

static struct sum
sum_of(const struct result *rows, int count)
{
    struct sum sum = { 0 };

    for (int i = 0; i < count; i++)
        add(&sum, &rows[i]);
    return sum;
}

void
results_prepare(struct results *results)
{
    struct sum all = sum_of(results->rows, results->count);
    int begin = 0;

    results->rate = all.leads == 0 ? 0 : all.wins * RESULT_WHOLE / all.leads;
    while (begin < results->count) {
        struct result *rows = &results->rows[begin];
        int count = 1;
        while (begin + count < results->count
               && str_equal(rows[count].kind, rows->kind))
            count++;
        int64_t rate = shrunk(sum_of(rows, count), results->rate);
        for (int i = 0; i < count; i++)
            rows[i].kind_rate = rate;
        begin += count;
    }
}

/*
 * What the team's rate is to be multiplied with for a person: his wins beside
 * those that the average would have had with his leads, over all kinds.
 */
static int64_t
times_ratio(const struct results *results, struct id person, int64_t rate)
{
    int64_t had = RESULT_MIXED_IN * results->rate;
    int64_t average = had;

    for (int i = 0; i < results->count; i++) {
        const struct result *row = &results->rows[i];
        if (!id_equal(row->person, person))
            continue;
        had += row->wins * RESULT_WHOLE;
        average += row->leads * row->kind_rate;
    }
    return average == 0 ? rate : rate * had / average;
}

struct result_chance
result_chance(const struct results *results, struct id person, struct str kind)
{
    int64_t rate = results->rate;
    struct sum own = { 0 };

    for (int i = 0; i < results->count; i++) {
        const struct result *row = &results->rows[i];
        if (!str_equal(row->kind, kind))
            continue;
        rate = row->kind_rate;
        if (id_equal(row->person, person))
            add(&own, row);
    }
    int64_t expected = times_ratio(results, person, rate);
    return (struct result_chance){ own.leads, own.wins, shrunk(own, expected) };
}
