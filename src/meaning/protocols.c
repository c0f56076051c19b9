#include "meaning/protocol.h"

/* clang-format off */
const struct protocol *const protocols[] = {
    NULL,
};
/* clang-format on */
