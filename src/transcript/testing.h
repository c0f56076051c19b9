/* What the tests of transcripts share: scripts from lines. */
#ifndef ZOC_TRANSCRIPT_TESTING_H
#define ZOC_TRANSCRIPT_TESTING_H

#include "transcript/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zocalo/error.h>

#include <cmocka.h>

#define TESTING_HEADER "{\"event\":\"transcript\",\"version\":1}"
#define TESTING_DATA(time, from, text) \
    "{\"event\":\"data\",\"time_ns\":" #time ",\"connection\":1,\"from\":\"" from "\",\"text\":\"" text "\"}"
#define TESTING_LETTER(time, from, text)                                                                      \
    "{\"event\":\"data\",\"time_ns\":" #time ",\"connection\":1,\"from\":\"" from "\",\"text\":\"" text "\"," \
    "\"datagram\":true}"
#define TESTING_END(time, from)   "{\"event\":\"end\",\"time_ns\":" #time ",\"connection\":1,\"from\":\"" from "\"}"
#define TESTING_RESET(time, from) "{\"event\":\"reset\",\"time_ns\":" #time ",\"connection\":1,\"from\":\"" from "\"}"
#define TESTING_CLOSED(time)      "{\"event\":\"closed\",\"time_ns\":" #time ",\"connection\":1}"

/* Reads a header and these lines, of which NULL is the end. Returns as script_read_line. */
static inline int testing_try(struct script *script, const char *const *lines)
{
    int result = script_read_line(script, zoc_bytes_of(TESTING_HEADER));

    for (; *lines && result == 0; lines++)
        result = script_read_line(script, zoc_bytes_of(*lines));
    return result;
}

static inline struct script testing_script_of(const char *const *lines)
{
    struct script script = { 0 };

    assert_int_equal(testing_try(&script, lines), 0);
    assert_int_equal(script_finish(&script), 0);
    return script;
}

#define TESTING_SCRIPT(...) testing_script_of((const char *const[]){ __VA_ARGS__, NULL })

static inline void testing_said(const struct script *script, enum side side, const char *text)
{
    assert_int_equal(script->said[side].size, strlen(text));
    assert_memory_equal(script->said[side].data, text, strlen(text));
}

#endif
