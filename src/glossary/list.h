/* Lists in the tables of the glossary: each lies in its row, and ends with an empty item. */
#ifndef ZOC_GLOSSARY_LIST_H
#define ZOC_GLOSSARY_LIST_H

#include "meaning/meaning.h"

#define TEXTS(...)  \
    {               \
        __VA_ARGS__ \
    }
#define NO_TEXTS \
    {            \
        ""       \
    }

#define REFERENCES(...) \
    {                   \
        __VA_ARGS__     \
    }
#define NO_REFERENCES \
    {                 \
        {             \
            .rfc = 0  \
        }             \
    }

/* Whether it is the one that ends a list. */
static inline bool reference_is_empty(const struct reference *reference)
{
    return reference->rfc == 0 && !*reference->document;
}

#endif
