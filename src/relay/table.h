/* The sessions of a relay of datagrams, found by who sends, and in the order in which they were used. */
#ifndef ZOC_RELAY_TABLE_H
#define ZOC_RELAY_TABLE_H

#include <zocalo/net.h>

/* First in what it stands for. */
struct session_entry {
    zoc_datagrams *socket;                 /* that the peer writes to */
    zoc_correspondent who;                 /* the peer, and which of our addresses it writes to */
    zoc_time used;                         /* last */
    struct session_entry *next;            /* in the same bucket */
    struct session_entry *older, *younger; /* by last use; NULL at the ends */
};

struct session_table {
    struct session_entry **buckets; /* a power of two of them */
    size_t mask;
    unsigned count, max;
    struct session_entry *oldest, *youngest;
};

/* Returns 0 or -ENOMEM. */
int table_init(struct session_table *table, unsigned max);

/* The entries are the caller's. */
void table_release(struct session_table *table);

/* NULL: there is none. */
struct session_entry *table_find(const struct session_table *table, const zoc_datagrams *socket,
                                 const zoc_correspondent *who);

/* Not more than max, and none twice. */
void table_add(struct session_table *table, struct session_entry *entry, zoc_time now);

void table_touch(struct session_table *table, struct session_entry *entry, zoc_time now);
void table_remove(struct session_table *table, struct session_entry *entry);

#endif
