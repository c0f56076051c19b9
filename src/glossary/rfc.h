/* RFCs: those that this program implements or cites, what replaced them, and what stands where in them. Number, title,
 * date and status are those of the RFC Editor's index. Each field has a file with its table: rfc_mail.c, ... */
#ifndef ZOC_GLOSSARY_RFC_H
#define ZOC_GLOSSARY_RFC_H

#include <stdbool.h>
#include <stddef.h>

/* Its category and level (RFC 2026, sections 4 and 5). */
enum rfc_status {
    RFC_INTERNET_STANDARD,
    RFC_DRAFT_STANDARD,
    RFC_PROPOSED_STANDARD,
    RFC_BEST_CURRENT_PRACTICE,
    RFC_INFORMATIONAL,
    RFC_EXPERIMENTAL,
    RFC_HISTORIC,
    RFC_UNKNOWN,
    RFC_STATUS_COUNT
};

/* The most that a row has of each; a list that is shorter ends with 0 or "". */
#define RFC_REPLACED_MAX 6
#define RFC_UPDATED_MAX  4
#define RFC_SECTIONS_MAX 8
#define RFC_COMMANDS_MAX 4

struct rfc_date {
    unsigned year, month; /* January is 1 */
};

struct rfc_section {
    char where[44]; /* its number; its heading, where it has none */
    char text[100]; /* what stands there, N_(): a clause, lower case, no full stop */
};

struct rfc {
    unsigned number;
    struct rfc_date published;
    enum rfc_status status;
    unsigned series;                         /* STD of an Internet Standard, BCP of a Best Current Practice; 0: none */
    char title[208];                         /* as it was published: never translated */
    unsigned obsoleted_by[RFC_REPLACED_MAX]; /* at once; they may be obsolete themselves; all are in the tables */
    unsigned updated_by[RFC_UPDATED_MAX];    /* those that matter here */
    char text[288]; /* what it is, and why it matters here, N_(): whole sentences; "": its title says it */
    struct rfc_section sections[RFC_SECTIONS_MAX];
    char commands[RFC_COMMANDS_MAX][80]; /* that show it here */
};

/* One field, as a table in the order of numbers. */
struct rfc_field {
    const char *word; /* for programs: "mail" */
    const char *name; /* N_() */
    const struct rfc *rows;
    size_t count;
};

#define RFC_FIELD(field_word, field_name, table)                                                              \
    {                                                                                                         \
        .word = (field_word), .name = (field_name), .rows = (table), .count = sizeof(table) / sizeof *(table) \
    }

extern const struct rfc_field *const rfc_fields[]; /* ends with NULL */

#define RFC_MAX         512 /* rows that all fields have at most */
#define RFC_RELATED_MAX 16  /* rows that one leads to */

/* Its row; NULL when it is in no table. */
const struct rfc *rfc_find(unsigned number);

bool rfc_is_obsolete(const struct rfc *rfc);

/* What is in force instead of one that is obsolete, followed to the end, in the order of numbers. Returns how many. */
size_t rfc_in_force(const struct rfc *rfc, const struct rfc *ret_rows[RFC_RELATED_MAX]);

/* Those of the tables that it made obsolete, in the order of numbers. Returns how many. */
size_t rfc_replaced(const struct rfc *rfc, const struct rfc *ret_rows[RFC_RELATED_MAX]);

/* Those of an STD or a BCP, in the order of numbers: RFC_INTERNET_STANDARD and 7, RFC_BEST_CURRENT_PRACTICE and 14.
 * Returns how many. */
size_t rfc_of_series(enum rfc_status status, unsigned number, const struct rfc *ret_rows[RFC_RELATED_MAX]);

/* Those in which words begin with each of these, whatever case and accents: in the title or in what is said of it and
 * of its sections, in English or in the reader's language. What is in force comes first; then what begins with these
 * words, in what is said of it before the title; then what has them in the title; then the rest. Returns how many. */
size_t rfc_search(const char *const *words, size_t count, const struct rfc *ret_rows[RFC_MAX]);

/* "proposed standard", for programs; its name and what it means, for people, N_(). */
const char *rfc_status_word(enum rfc_status status);
const char *rfc_status_name(enum rfc_status status);
const char *rfc_status_meaning(enum rfc_status status);

/* Where its full text is. Returns `text`. */
char *rfc_url(const struct rfc *rfc, char *text, size_t size);

#define RFC_URL_SIZE 64 /* bytes that it takes at most, its NUL included */

#endif
