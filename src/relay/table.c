#include "relay/table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

/* --- finding --------------------------------------------------------------------------------------- */

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * FNV_PRIME;
    return hash;
}

/* Who can choose addresses can make them meet in one bucket: that costs `max` comparisons at most. */
static size_t bucket_of(const struct session_table *table, const zoc_correspondent *who)
{
    uint64_t hash = hash_bytes(FNV_START, &who->peer.any, who->peer.size);

    hash = hash_bytes(hash, &who->local.any, who->local.size);
    return (size_t)(hash ^ hash >> 32) & table->mask;
}

static bool is_same(const zoc_address *one, const zoc_address *other)
{
    return one->size == other->size && memcmp(&one->any, &other->any, one->size) == 0;
}

struct session_entry *table_find(const struct session_table *table, const zoc_datagrams *socket,
                                 const zoc_correspondent *who)
{
    struct session_entry *entry = table->buckets[bucket_of(table, who)];

    while (entry && !(entry->socket == socket && is_same(&entry->who.peer, &who->peer) &&
                      is_same(&entry->who.local, &who->local)))
        entry = entry->next;
    return entry;
}

/* --- order ----------------------------------------------------------------------------------------- */

static void append(struct session_table *table, struct session_entry *entry, zoc_time now)
{
    entry->used = now;
    entry->older = table->youngest;
    entry->younger = NULL;
    *(table->youngest ? &table->youngest->younger : &table->oldest) = entry;
    table->youngest = entry;
}

static void unlink_entry(struct session_table *table, struct session_entry *entry)
{
    *(entry->older ? &entry->older->younger : &table->oldest) = entry->younger;
    *(entry->younger ? &entry->younger->older : &table->youngest) = entry->older;
}

void table_touch(struct session_table *table, struct session_entry *entry, zoc_time now)
{
    unlink_entry(table, entry);
    append(table, entry, now);
}

/* --- coming and going ------------------------------------------------------------------------------ */

int table_init(struct session_table *table, unsigned max)
{
    size_t buckets = 1;

    while (buckets < max)
        buckets *= 2;
    *table = (struct session_table){ .mask = buckets - 1, .max = max };
    table->buckets = calloc(buckets, sizeof(struct session_entry *));
    return table->buckets ? 0 : -ENOMEM;
}

void table_release(struct session_table *table)
{
    free(table->buckets);
    *table = (struct session_table){ 0 };
}

void table_add(struct session_table *table, struct session_entry *entry, zoc_time now)
{
    struct session_entry **bucket = &table->buckets[bucket_of(table, &entry->who)];

    assert(table->count < table->max);
    entry->next = *bucket;
    *bucket = entry;
    append(table, entry, now);
    table->count++;
}

void table_remove(struct session_table *table, struct session_entry *entry)
{
    struct session_entry **at = &table->buckets[bucket_of(table, &entry->who)];

    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    unlink_entry(table, entry);
    table->count--;
}
