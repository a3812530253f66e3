/* lead: a record. */
typedef struct lead {
    int id;
} lead_t;
typedef long lead_id;
typedef bool lead_visitor(const struct lead *);
typedef int (*lead_order)(const struct lead *);
