/* Keys: settings of the form KEY=VALUE, which a table reads into a structure. */
#ifndef ZOC_BASE_KEY_H
#define ZOC_BASE_KEY_H

#include <stddef.h>
#include <zocalo/bytes.h>

struct key;

/* How the values of a kind are read, and what they are called to people. */
struct key_kind {
    const char *value;   /* N_(): what stands after the '=' in a help text; NULL: the choices of the key */
    const char *expects; /* N_(): what a value is, after "is not"; NULL: one of the choices */
    int (*read)(const struct key *key, const char *value, void *field);
    void (*release)(void *field); /* NULL: nothing is owned */
};

extern const struct key_kind key_duration; /* zoc_duration, at least 0 */
extern const struct key_kind key_count;    /* unsigned, from 1 to KEY_COUNT_MAX */
extern const struct key_kind key_text;     /* char *, owned; NULL when it was not given */
extern const struct key_kind key_choice;   /* unsigned: which of the choices, from 0 */

#define KEY_COUNT_MAX 1000000

/* A line of a table. The table ends with a line of zeros; a NULL table has none. */
struct key {
    const char *name;
    const struct key_kind *kind;
    size_t field;               /* where the value goes: offset into the structure */
    const char *const *choices; /* of a choice; ends with NULL */
};

/* NULL when there is none of that name. */
const struct key *key_find(const struct key *keys, const char *name, size_t size);

/* Reads a value into the key's field of the object; a second value takes the place of the first. Returns 0; -EINVAL
 * with words ("'x' is not one of raw, line, stamp"); -ENOMEM. */
int key_read(const struct key *key, const char *value, void *object);

/* Appends "KEY=VALUE", as a help text shows it: "idle=DURATION", "mode=raw|line|stamp". Returns 0 or -ENOMEM. */
int key_show(const struct key *key, zoc_buffer *text);

/* Frees what the fields own. */
void keys_release(const struct key *keys, void *object);

#endif
