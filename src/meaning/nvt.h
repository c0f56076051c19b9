/* Telnet as one hears it who only listens: text of a network virtual terminal, and commands in between (RFC 854). */
#ifndef ZOC_MEANING_NVT_H
#define ZOC_MEANING_NVT_H

#include "meaning/dialogue.h"

enum { NVT_SE = 240, NVT_SB = 250, NVT_WILL, NVT_WONT, NVT_DO, NVT_DONT, NVT_IAC };

#define NVT_COMMAND_MIN 236 /* the number of the first that has a meaning */
#define NVT_NUMBERS     256

extern const struct meaning nvt_commands[NVT_NUMBERS - NVT_COMMAND_MIN];
extern const struct meaning nvt_options[54];

/* NULL: the number has none. */
const struct meaning *nvt_command(unsigned number);
const struct meaning *nvt_option(unsigned number);

#define NVT_LINE_MAX 1024 /* bytes of a line; a longer one is told in parts */

struct nvt_side {
    char line[NVT_LINE_MAX];                /* what it said of a line that is not whole */
    size_t size;                            /* bytes of it */
    unsigned char offered[NVT_NUMBERS / 8]; /* a bit for each option: it said WILL, and has no answer yet */
    unsigned char wanted[NVT_NUMBERS / 8];  /* the same of DO */
    bool hides;                             /* the line that has begun is a secret */
    bool told_lf, told_nul;                 /* how its lines end, where that is worth a word */
    bool lost;                              /* what it says can no longer be read */
};

struct nvt {
    struct nvt_side sides[SIDE_COUNT];
    bool asks; /* what the server said last asks for a secret */
};

/* The size of the command at the front of the bytes, which begin with IAC; 0: it is not whole. */
size_t nvt_command_size(zoc_bytes bytes);

/* A whole command, as it is on the wire. */
void nvt_hear_command(struct dialogue *dialogue, struct nvt *nvt, enum side speaker, zoc_bytes command);

/* Parameters of an option: what is between IAC SB and IAC SE. False: what that side says next can no longer be read. */
bool nvt_hear_parameters(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes);

#endif
