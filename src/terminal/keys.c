#include "terminal/keys.h"

#include "terminal/characters.h"

#include <errno.h>

/* --- receiving ------------------------------------------------------------------------------------- */

static void hand_over(struct keys *keys)
{
    if (keys->arrived)
        keys->arrived(keys->state);
    zoc_event_clear(&keys->taken);
    zoc_event_set(&keys->news);
    while (keys->typed.size > 0 && zoc_event_wait(&keys->taken) == 0)
        zoc_event_clear(&keys->taken);
}

int keys_run(void *arg)
{
    struct keys *keys = arg;
    ssize_t received;

    while ((received = zoc_receive(keys->input, &keys->typed)) > 0)
        hand_over(keys);
    keys->typed = (zoc_bytes){ 0 };
    keys->end = received == 0 ? 1 : (int)received;
    zoc_event_set(&keys->news);
    return 0;
}

int keys_await(struct keys *keys)
{
    while (keys->typed.size == 0 && !keys->end) {
        bool called = keys->news.is_set;
        zoc_event_clear(&keys->news);
        if (called)
            return 0;
        int result = zoc_event_wait(&keys->news);
        if (result < 0)
            return result;
    }
    if (keys->typed.size > 0)
        return 1;
    return keys->end < 0 ? keys->end : -ENODATA;
}

void keys_interrupt(struct keys *keys)
{
    zoc_event_set(&keys->news);
}

char keys_take_byte(struct keys *keys)
{
    char byte = *keys->typed.data++;

    if (--keys->typed.size == 0)
        zoc_event_set(&keys->taken);
    return byte;
}

/* --- characters ------------------------------------------------------------------------------------ */

bool keys_take(struct keys *keys, wchar_t *ret_key)
{
    for (;;) {
        size_t used = characters_decode((zoc_bytes){ keys->begun, keys->begun_size }, ret_key);
        keys->begun_size -= used;
        memmove(keys->begun, keys->begun + used, keys->begun_size);
        if (used > 0)
            return true;
        if (keys->typed.size == 0)
            return false;
        keys->begun[keys->begun_size++] = keys_take_byte(keys);
    }
}

static bool is_printable(char byte, int stop)
{
    return (unsigned char)byte >= 0x20 && byte != 0x7f && byte != stop;
}

/* Without the bytes of a character that is not whole yet. */
wchar_t *keys_take_run(struct keys *keys, size_t least, int stop)
{
    size_t size = 0;

    while (size < keys->typed.size && is_printable(keys->typed.data[size], stop))
        size++;
    while (size > 0 && keys->typed.data[size - 1] < 0)
        size--;
    wchar_t *text =
        size >= least && keys->begun_size == 0 ? characters_of((zoc_bytes){ keys->typed.data, size }) : NULL;
    for (size_t i = 0; text && i < size; i++)
        keys_take_byte(keys);
    return text;
}
