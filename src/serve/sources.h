/* Where specs come from: a file, arguments, or both. */
#ifndef ZOC_SERVE_SOURCES_H
#define ZOC_SERVE_SOURCES_H

#include "serve/spec.h"

struct sources {
    const char *file; /* "-": standard input; NULL: none */
    char **arguments;
    int argument_count;
};

#define SOURCES_FILE_MAX (1024 * 1024) /* bytes of a file of specs */

/* Reads them all. Waits. Returns 0 with at least one spec, which the caller releases, or an error with words. */
int sources_read(const struct sources *sources, struct specs *ret_specs);

/* Whether another reading could bring something else. Returns 0, or -EINVAL with words that say why not. */
int sources_check_again(const struct sources *sources);

#endif
