/* Verbs: what `zocalo VERB` does. Each has a file of its own and a line in the table of main.c. */
#ifndef ZOC_CMD_VERB_H
#define ZOC_CMD_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <zocalo/endpoint.h>
#include <zocalo/tls.h>

/* Exit statuses of every verb. */
enum { STATUS_OK, STATUS_NETWORK, STATUS_OTHER };

/* How the values of a kind of option are read. */
struct option_kind {
    /* Keeps it where the settings have it. Returns 0; a negative errno when `value` is no such thing, with words of its own
     * where `expects` is NULL. Of a flag, and of an optional argument that is not there, `value` is NULL. */
    int (*read)(const char *value, void *field);
    const char *expects; /* N_(): what the value must be, for the message */
};

extern const struct option_kind option_flag;     /* bool: it becomes true */
extern const struct option_kind option_flag_off; /* bool: it becomes false */
extern const struct option_kind option_text;     /* const char *, as it was given */
extern const struct option_kind option_word;     /* the same, and not empty */
extern const struct option_kind option_duration; /* zoc_duration */
extern const struct option_kind option_count;    /* unsigned, from 1 to OPTION_COUNT_MAX */
extern const struct option_kind option_size;     /* size_t, bytes, at least 1 */
extern const struct option_kind option_threads;  /* unsigned, from 0 to ZOC_CREW_MAX */

/* These set the log itself; they have no field. */
extern const struct option_kind option_log_format; /* text, json, off */
extern const struct option_kind option_log_level;

#define OPTION_COUNT_MAX 1000000

/* An option: --name, -letter when it has one, with an argument when `argument` names it. */
struct verb_option {
    const char *name; /* NULL: the letter alone */
    char letter;      /* 0: none */
    const struct option_kind *kind;
    size_t field;         /* where the value goes: offset into the settings */
    const char *argument; /* as the help shows it, N_(); "[...]": it may be left out; NULL: the option takes none */
    const char *help;     /* N_() */
};

struct verb {
    const char *name;
    const char *summary;               /* N_() */
    const char *usage;                 /* what follows the verb, N_() */
    const char *text;                  /* more of the help, N_(); NULL */
    const struct verb_option *options; /* ends with neither a name nor a letter */
    bool classic;                      /* it is this program when called by the verb's name, and speaks in that name */
    bool help_to_stderr;               /* -h writes there, as the classic does */
    /* Runs with what follows the verb's name; argv[0] is the name. Returns an exit status. */
    int (*run)(const struct verb *verb, int argc, char **argv);
};

extern const struct verb verb_connect, verb_listen, verb_relay, verb_replay, verb_nc, verb_telnet, verb_serve;
extern const struct verb verb_explain, verb_rfc, verb_anatomy;

/* How this program was called, for commands that are shown to be typed. */
extern const char *program_name;

/* Reads the options into settings; *ret_first is the index of the first argument that is none. Returns -1 to go on, or
 * the exit status (the help was shown, or an option was wrong and said so). */
int verb_read_options(const struct verb *verb, int argc, char **argv, void *settings, int *ret_first);

/* Reads ENDPOINT, or HOST and PORT. Returns 0 with an endpoint that the caller frees, or a negative errno with words. */
int verb_read_endpoint(const struct verb *verb, int count, char **arguments, zoc_endpoint **ret_endpoint);

/* "listening ENDPOINT" on standard error: somebody can come there now. Nobody vouches for a certificate of TLS (NULL: none)
 * that was made here: its pin is told too, since it is what clients know it by. */
void verb_tell_place(const zoc_endpoint *where, const zoc_tls_context *tls);

void verb_print_help(const struct verb *verb, FILE *file);

/* How the verb begins its lines on standard error: "zocalo connect", "nc". `text` is of VERB_SPEAKER bytes. Returns it. */
char *verb_speaker(const struct verb *verb, char *text);

#define VERB_SPEAKER 32

/* One line on standard error, "zocalo VERB: ..."; returns STATUS_OTHER. */
int verb_refuse(const struct verb *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The words of the last failure as one line on standard error, and its hint as another where there is one; returns the
 * exit status that belongs to it. */
int verb_fail(const struct verb *verb, int error);

#endif
