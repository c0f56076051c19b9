/* The tables of terms, a file for each field. */
#ifndef ZOC_GLOSSARY_FIELD_H
#define ZOC_GLOSSARY_FIELD_H

#include "glossary/term.h"

#define TRIALS(...) \
    {               \
        __VA_ARGS__ \
    }

#define FIELD(what, table)                                                          \
    {                                                                               \
        .title = (what), .terms = (table), .count = sizeof(table) / sizeof *(table) \
    }

extern const struct field field_history, field_layers, field_internet, field_address, field_name, field_socket;
extern const struct field field_connection, field_flow, field_quality, field_between, field_tls, field_text;
extern const struct field field_application, field_program;

#endif
