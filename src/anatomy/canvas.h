/* A canvas of characters: lines that meet, texts between them. Pure. */
#ifndef ZOC_ANATOMY_CANVAS_H
#define ZOC_ANATOMY_CANVAS_H

#include "explain/teller.h"

/* Colours: of layers, and of what stands back or out. */
enum ink { INK_PLAIN, INK_APPLICATION, INK_TRANSPORT, INK_INTERNET, INK_LINK, INK_DIM, INK_BOLD };

static inline enum ink ink_of(enum story_layer layer)
{
    return INK_APPLICATION + (unsigned)layer;
}

enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

struct cell {
    uint32_t character; /* 0: none */
    unsigned lines : 4; /* that leave it: CELL_UP, ... */
    unsigned ink : 4;
};

struct canvas {
    unsigned columns, rows;
    struct cell *cells; /* NULL: there was no memory, and nothing is drawn */
};

void canvas_open(struct canvas *canvas, unsigned columns, unsigned rows);
void canvas_release(struct canvas *canvas);

/* Lines, both ends included. What lies beyond the canvas is not drawn. */
void canvas_across(struct canvas *canvas, unsigned row, unsigned from, unsigned to, enum ink ink);
void canvas_down(struct canvas *canvas, unsigned column, unsigned from, unsigned to, enum ink ink);

/* A text in so many columns; it is cut where it is longer. A character that does not take one column is shown as '?'. */
void canvas_text(struct canvas *canvas, unsigned row, unsigned column, unsigned width, enum align align, enum ink ink,
                 const char *text);

/* Appends it, a line for each row without blanks at its end. Returns 0, or -ENOMEM, or as zoc_buffer_append. */
int canvas_print(const struct canvas *canvas, const struct paper *paper, zoc_buffer *to);

#endif
