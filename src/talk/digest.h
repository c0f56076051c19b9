/* SHA-256 of what passes (FIPS 180-4), which both sides of a transfer can compare. */
#ifndef ZOC_TALK_DIGEST_H
#define ZOC_TALK_DIGEST_H

#include "talk/flow.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <zocalo/fiber.h>
#include <zocalo/sync.h>

#define DIGEST_BLOCK (256 * 1024)  /* bytes that are given to a worker thread at a time */
#define DIGEST_PIPE  (1024 * 1024) /* asked for; what the system allows is used */
#define DIGEST_SMALL (32 * 1024)   /* less at once is not worth a thread */

/* Much is summed by a worker thread, while the next block is gathered: a sum takes as long as the transfer itself. */
struct digest {
    struct tap tap; /* first */
    struct sha256_ctx context;
    char *gathered, *given; /* blocks; NULL until there is much */
    size_t size;            /* of what is gathered */
    size_t given_size;      /* of what a worker sums: in the given block, */
    size_t piped;           /* or in the pipe */
    int pipe[2];            /* for what passes inside the kernel; -1: there is none */
    bool busy;              /* a worker is at it, and so the context is not ours */
    zoc_event idle;         /* that is over */
    zoc_group workers;
};

/* Returns 0; -ELIBACC with words when nettle is not there. */
int digest_begin(struct digest *digest);

/* Prints "sha256 HEX  WHAT", once the worker is done, and gives the memory back. Waits. To be called for each that was
 * begun. */
void digest_end(struct digest *digest, const char *what, FILE *file);

#endif
