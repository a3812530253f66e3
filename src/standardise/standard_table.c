/* standard_table: see standard_table.h. */
#include "src/standardise/standard_table.h"

static struct str
name_at(const struct standard_table *table, size_t i)
{
    return str_of(table->names + table->rows[i].at);
}

const struct standard_row *
standard_table_find(const struct standard_table *table, struct str folded,
                    size_t *count)
{
    size_t low = 0;
    size_t high = table->count;

    *count = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(name_at(table, middle), folded) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + *count < table->count
           && str_equal(name_at(table, low + *count), folded))
        ++*count;
    return *count == 0 ? NULL : &table->rows[low];
}
