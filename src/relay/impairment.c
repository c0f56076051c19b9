#include "relay/impairment.h"

#include "world/world.h"

#include <errno.h>
#include <string.h>

#define PERCENT         (LOSS_ALL / 100)
#define FRACTION_DIGITS 4 /* PERCENT is 10 to that power */

bool impairment_does_anything(const struct impairment *impairment)
{
    return impairment->rate || impairment->delay || impairment->stall || impairment->cut_after ||
           impairment_draws(impairment);
}

bool impairment_draws(const struct impairment *impairment)
{
    return impairment->jitter || impairment->loss;
}

void impairment_draw_seed(struct impairment *impairment)
{
    zoc_world->random(&impairment->seed, sizeof impairment->seed);
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Digits, which are taken away from the front of *text; -EINVAL when there are none, or more than `most`. */
static int read_digits(const char **text, int most, unsigned *ret_number)
{
    unsigned number = 0;
    int count = 0;

    for (; is_digit((*text)[count]); count++) {
        if (count == most)
            return -EINVAL;
        number = 10 * number + (unsigned)((*text)[count] - '0');
    }
    if (count == 0)
        return -EINVAL;
    *text += count;
    *ret_number = number;
    return count;
}

int impairment_parse_loss(const char *text, unsigned *ret_loss)
{
    unsigned whole, fraction = 0;
    int digits = read_digits(&text, 3, &whole);

    if (digits > 0 && *text == '.') {
        text++;
        digits = read_digits(&text, FRACTION_DIGITS, &fraction);
        for (int missing = FRACTION_DIGITS - digits; digits > 0 && missing > 0; missing--)
            fraction *= 10;
    }
    if (digits < 0 || (strcmp(text, "%") != 0 && *text) || whole * PERCENT + fraction > LOSS_ALL)
        return -EINVAL;
    *ret_loss = whole * PERCENT + fraction;
    return 0;
}
