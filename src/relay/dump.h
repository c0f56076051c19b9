/* One dump of many conversations: each line begins with the number of the connection, unless there is but one.
 *
 *     3 > 00000000  1.000153  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a  GET / HTTP/1.0\r\n
 *     3 < 00000000  1.000871  48 6f 6c 61 0a                                    Hola\n
 */
#ifndef ZOC_RELAY_DUMP_H
#define ZOC_RELAY_DUMP_H

#include "relay/turn.h"
#include "stream/tap.h"

#include <zocalo/fiber.h>

/* Of one loop. */
struct dump {
    zoc_stream *output;  /* not closed here */
    zoc_time start;      /* times are since then */
    zoc_group *users;    /* are cancelled when nothing can be dumped any more; NULL */
    int error;           /* why nothing can; 0 */
    struct turn writing; /* the lines of a read stay together */
};

/* Sees one direction. */
struct dump_tap {
    struct tap tap; /* first */
    struct dump *dump;
    int64_t number;  /* of the connection; 0: there is but one */
    bool received;   /* it goes to who came */
    uint64_t offset; /* of the next byte */
};

struct dump dump_to(zoc_stream *output, zoc_group *users);

struct dump_tap dump_tap_of(struct dump *dump, int64_t number, bool received);

#endif
