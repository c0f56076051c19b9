#include <zocalo/units.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t size; /* 1 for the smallest, which has no fractions */
    bool exact;    /* written only when nothing needs to be cut off */
};

/* The largest first; NULL ends a table. */
static const struct unit duration_units[] = {
    { "h", ZOC_HOUR, true },
    { "m", ZOC_MINUTE, true },
    { "s", ZOC_SECOND, false },
    { "ms", ZOC_MILLISECOND, false },
    { "us", ZOC_MICROSECOND, false },
    { "ns", ZOC_NANOSECOND, false },
    { NULL, 0, false },
};

static const struct unit size_units[] = {
    { "G", 1 << 30, false }, { "M", 1 << 20, false }, { "K", 1 << 10, false }, { "", 1, false },
    { "g", 1 << 30, false }, { "m", 1 << 20, false }, { "k", 1 << 10, false }, { NULL, 0, false },
};

/* A number as it was written: digits [. digits] unit. The slices point into the text. */
struct number {
    const char *whole, *whole_end;
    const char *fraction, *fraction_end; /* empty when there is none */
    const struct unit *unit;
};

/* isdigit() asks the locale. */
static const char *skip_digits(const char *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return text;
}

static int split(const char *text, const struct unit *units, struct number *ret_number)
{
    struct number number = { .whole = text, .whole_end = skip_digits(text) };
    const char *rest = number.whole_end;

    if (rest == text)
        return -EINVAL;
    if (*rest == '.') {
        number.fraction = rest + 1;
        number.fraction_end = rest = skip_digits(number.fraction);
        if (rest == number.fraction)
            return -EINVAL;
    }
    for (number.unit = units; number.unit->name; number.unit++)
        if (strcmp(number.unit->name, rest) == 0)
            break;
    if (!number.unit->name || (number.fraction && number.unit->size == 1))
        return -EINVAL;
    *ret_number = number;
    return 0;
}

/* What a fraction of the unit is, rounded down. From its last digit to its first the sum stays below the unit, so that
 * any number of digits is exact. */
static uint64_t fraction_of(const struct number *number)
{
    uint64_t sum = 0;

    for (const char *digit = number->fraction_end; digit > number->fraction;)
        sum = (sum + (uint64_t)(*--digit - '0') * number->unit->size) / 10;
    return sum;
}

static int parse(const char *text, const struct unit *units, uint64_t max, uint64_t *ret_value)
{
    struct number number;
    int result = split(text, units, &number);
    uint64_t value = 0;

    if (result < 0)
        return result;
    for (const char *digit = number.whole; digit < number.whole_end; digit++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*digit - '0'), &value))
            return -ERANGE;
    if (__builtin_mul_overflow(value, number.unit->size, &value) ||
        __builtin_add_overflow(value, fraction_of(&number), &value) || value > max)
        return -ERANGE;
    *ret_value = value;
    return 0;
}

int zoc_duration_parse(const char *text, zoc_duration *ret_duration)
{
    uint64_t value = 0;
    int result = strcmp(text, "0") == 0 ? 0 : parse(text, duration_units, INT64_MAX, &value);

    if (result == 0)
        *ret_duration = (zoc_duration)value;
    return result;
}

int zoc_size_parse(const char *text, uint64_t *ret_bytes)
{
    return parse(text, size_units, UINT64_MAX, ret_bytes);
}

/* Writes the value in that unit, with at most so many decimal places: further ones are cut off, and so are zeros at
 * the end. Returns the bytes that it takes. */
static int write_in(const struct unit *unit, uint64_t value, int places, char text[ZOC_UNIT_TEXT])
{
    uint64_t scale = 1;

    for (int i = 0; i < places; i++)
        scale *= 10;
    uint64_t fraction = value % unit->size * scale / unit->size;
    while (places > 0 && fraction % 10 == 0) {
        fraction /= 10;
        places--;
    }
    if (places == 0)
        return snprintf(text, ZOC_UNIT_TEXT, "%" PRIu64 "%s", value / unit->size, unit->name);
    return snprintf(text, ZOC_UNIT_TEXT, "%" PRIu64 ".%0*" PRIu64 "%s", value / unit->size, places, fraction,
                    unit->name);
}

/* Whether a duration is at least one of the unit, and does not lose what the unit must keep. */
static bool suits(const struct unit *unit, uint64_t value)
{
    return value >= unit->size && (!unit->exact || value % (unit->size / 1000) == 0);
}

char *zoc_duration_format(zoc_duration duration, char *text, size_t size)
{
    uint64_t value = duration < 0 ? -(uint64_t)duration : (uint64_t)duration;
    const struct unit *unit = duration_units;
    char form[ZOC_UNIT_TEXT] = "0";

    while (unit->name && !suits(unit, value))
        unit++;
    if (unit->name)
        write_in(unit, value, 3, form);
    snprintf(text, size, "%s%s", duration < 0 ? "-" : "", form);
    return text;
}

char *zoc_size_format(uint64_t bytes, char *text, size_t size)
{
    const struct unit *unit = size_units;
    char form[ZOC_UNIT_TEXT];

    while (bytes < unit->size && unit->size > 1)
        unit++;
    write_in(unit, bytes, 1, form);
    snprintf(text, size, "%s", form);
    return text;
}
