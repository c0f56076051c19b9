/* The two sides of a conversation. */
#ifndef ZOC_BASE_SIDE_H
#define ZOC_BASE_SIDE_H

enum side { SIDE_CLIENT, SIDE_SERVER, SIDE_COUNT };

static inline enum side side_other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/* "client" or "server", as the format has it. */
static inline const char *side_name(enum side side)
{
    return side == SIDE_CLIENT ? "client" : "server";
}

#endif
