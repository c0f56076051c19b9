/* Verbs: what `zocalo VERB` does. Each has a file of its own and a line in the table of main.c. */
#ifndef ZOC_CMD_VERB_H
#define ZOC_CMD_VERB_H

#include <stdbool.h>
#include <stdio.h>

/* Exit statuses of every verb. */
enum { STATUS_OK, STATUS_NETWORK, STATUS_OTHER };

/* An option: --name, -letter when it has one, with an argument when `argument` names it. */
struct verb_option {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* as the help shows it; NULL: the option takes none */
    const char *help;     /* N_() */
    /* Keeps it in the verb's settings. Returns 0, or a negative errno when `value` is no such argument. */
    int (*set)(void *settings, const char *value);
    const char
        *expects; /* N_(): what the argument must be, for the message; NULL: none, or `set` has words of its own */
};

struct verb {
    const char *name;
    const char *summary;               /* N_() */
    const char *usage;                 /* what follows the verb, N_() */
    const char *text;                  /* more of the help, N_(); NULL */
    const struct verb_option *options; /* ends with a NULL name */
    /* Runs with what follows the verb's name; argv[0] is the name. Returns an exit status. */
    int (*run)(const struct verb *verb, int argc, char **argv);
};

extern const struct verb verb_connect, verb_listen, verb_serve;

/* How this program was called, for commands that are shown to be typed. */
extern const char *program_name;

/* Reads the options into settings; *ret_first is the index of the first argument that is none. Returns -1 to go on, or
 * the exit status (the help was shown, or an option was wrong and said so). */
int verb_read_options(const struct verb *verb, int argc, char **argv, void *settings, int *ret_first);

void verb_print_help(const struct verb *verb, FILE *file);

/* One line on standard error, "zocalo VERB: ..."; returns STATUS_OTHER. */
int verb_refuse(const struct verb *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The words of the last failure as one line on standard error, and its hint as another where there is one; returns the
 * exit status that belongs to it. */
int verb_fail(const struct verb *verb, int error);

#endif
