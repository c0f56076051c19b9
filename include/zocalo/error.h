/* Errors: a negative number says what, words say where.
 *
 * Every function that can fail returns 0 or a count, or a negative errno, or one of the negative
 * ZOC_E numbers below. Outputs are untouched on failure. The words behind the last failure belong
 * to the fiber that it happened on (outside of fibers: to the thread), and are built on the way up:
 *
 *     dial tcp://db:5432: connect 10.0.0.7: Connection refused
 */
#ifndef ZOCALO_ERROR_H
#define ZOCALO_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/* Failures that errno has no number for. They lie above every errno. */
enum zoc_error {
    ZOC_ENAME = 5001,       /* the name does not exist (NXDOMAIN, or no address of that family) */
    ZOC_ENAMEFAIL = 5002,   /* the name servers did not answer, or answered with a failure */
    ZOC_ETRUNCATED = 5003,  /* the peer ended in the middle of something */
    ZOC_EPROGRAM = 5004,    /* a program that was run ended with a failure */
    ZOC_EPROXY = 5005,      /* a proxy refused for reasons of its own, or did not answer as one */
    ZOC_ETLS = 5006,        /* TLS could not be agreed on, or was broken */
    ZOC_ECERTIFICATE = 5007 /* the peer's certificate is refused */
};

/* Words for a negative error number: strerror's, or ours for ZOC_E numbers. Static storage. */
const char *zoc_error_text(int error);

/* The words behind this fiber's last failure. Valid until its next failure. Never NULL; empty when
 * nothing failed yet. */
const char *zoc_why(void);

/* First level: the words become "<format>: <text of error>". Returns `error`, which is negative. */
int zoc_fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* First level, for what is wrong in itself (bad input): the words become "<format>" alone. */
int zoc_refuse(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A level further up: the words become "<format>: <the words so far>". */
int zoc_wrap(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif

#endif
