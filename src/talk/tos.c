#include "talk/tos.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CLASS(number)               ((number) << 5)                     /* RFC 2474 section 4.2.2 */
#define ASSURED(number, precedence) (CLASS(number) | (precedence) << 3) /* RFC 2597 section 6 */
#define EXPEDITED                   0xb8                                /* RFC 3246 section 2.7 */

static const struct {
    const char *word;
    int tos;
} words[] = {
    { "lowdelay", 0x10 },      { "throughput", 0x08 },      { "reliability", 0x04 },    { "lowcost", 0x02 },
    { "critical", CLASS(5) },  { "inetcontrol", CLASS(6) }, { "netcontrol", CLASS(7) }, { "ef", EXPEDITED },
    { "af11", ASSURED(1, 1) }, { "af12", ASSURED(1, 2) },   { "af13", ASSURED(1, 3) },  { "af21", ASSURED(2, 1) },
    { "af22", ASSURED(2, 2) }, { "af23", ASSURED(2, 3) },   { "af31", ASSURED(3, 1) },  { "af32", ASSURED(3, 2) },
    { "af33", ASSURED(3, 3) }, { "af41", ASSURED(4, 1) },   { "af42", ASSURED(4, 2) },  { "af43", ASSURED(4, 3) },
    { "cs0", CLASS(0) },       { "cs1", CLASS(1) },         { "cs2", CLASS(2) },        { "cs3", CLASS(3) },
    { "cs4", CLASS(4) },       { "cs5", CLASS(5) },         { "cs6", CLASS(6) },        { "cs7", CLASS(7) },
};

static int read_number(const char *text, int *ret_tos)
{
    int base = strncmp(text, "0x", 2) == 0 ? 16 : 10;
    const char *digits = base == 16 ? text + 2 : text;
    char *end;
    unsigned long number = strtoul(digits, &end, base);

    if (!isxdigit((unsigned char)*digits) || *end || number > 255)
        return -EINVAL;
    *ret_tos = (int)number;
    return 0;
}

int tos_read(const char *text, int *ret_tos)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(words[i].word, text) == 0) {
            *ret_tos = words[i].tos;
            return 0;
        }
    return read_number(text, ret_tos);
}
