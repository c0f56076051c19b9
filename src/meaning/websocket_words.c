#include "meaning/websocket_words.h"

#include "base/text.h"

#include <stdint.h>
#include <stdio.h>

#define RESERVED(number, text)                \
    {                                         \
        number, text, RFC(6455, "5.2"), false \
    }

/* By number; 'zocalo explain' finds those that have names. */
const struct meaning websocket_opcodes[] = {
    { "continuation", N_("a fragment that continues a message"), RFC(6455, "5.4"), false },
    { "text", N_("a text message"), RFC(6455, "5.6"), false },
    { "binary", N_("a binary message"), RFC(6455, "5.6"), false },
    RESERVED("0x3", N_("a kind of data that is not defined, which is an error")),
    RESERVED("0x4", N_("a kind of data that is not defined, which is an error")),
    RESERVED("0x5", N_("a kind of data that is not defined, which is an error")),
    RESERVED("0x6", N_("a kind of data that is not defined, which is an error")),
    RESERVED("0x7", N_("a kind of data that is not defined, which is an error")),
    { "close", N_("a close frame"), RFC(6455, "5.5.1"), false },
    { "ping", N_("a ping, which the other side is to answer with a pong that has the same payload"), RFC(6455, "5.5.2"),
      false },
    { "pong", N_("a pong, which answers a ping, or says unasked that this side is alive"), RFC(6455, "5.5.3"), false },
    RESERVED("0xB", N_("a control frame that is not defined, which is an error")),
    RESERVED("0xC", N_("a control frame that is not defined, which is an error")),
    RESERVED("0xD", N_("a control frame that is not defined, which is an error")),
    RESERVED("0xE", N_("a control frame that is not defined, which is an error")),
    RESERVED("0xF", N_("a control frame that is not defined, which is an error")),
};

static const struct meaning codes[] = {
    { "1000", N_("what the connection was made for is done"), RFC(6455, "7.4.1"), false },
    { "1001", N_("this side goes away: a server that stops, or a browser that leaves the page"), RFC(6455, "7.4.1"),
      false },
    { "1002", N_("the other side broke the rules of the protocol"), RFC(6455, "7.4.1"), false },
    { "1003", N_("the other side sent a kind of data that this one does not take"), RFC(6455, "7.4.1"), false },
    { "1004", N_("a code that is reserved and means nothing yet"), RFC(6455, "7.4.1"), false },
    { "1005", N_("no frame may have this code: programs use it for a close frame without one"), RFC(6455, "7.4.1"),
      false },
    { "1006", N_("no frame may have this code: programs use it when no close frame came"), RFC(6455, "7.4.1"), false },
    { "1007", N_("a message did not fit its type, such as text that is no UTF-8"), RFC(6455, "7.4.1"), false },
    { "1008", N_("a message was against the rules of this side; no more exact code fits"), RFC(6455, "7.4.1"), false },
    { "1009", N_("a message was too large for this side"), RFC(6455, "7.4.1"), false },
    { "1010", N_("the client wanted an extension that the server did not agree to"), RFC(6455, "7.4.1"), false },
    { "1011", N_("something went wrong inside the server"), RFC(6455, "7.4.1"), false },
    { "1012", N_("the service starts again; the client may come back"), DOCUMENT("IANA WebSocket registry"), false },
    { "1013", N_("the service is overloaded; the client may come back later"), DOCUMENT("IANA WebSocket registry"),
      false },
    { "1014", N_("the server stands for another one, and got no valid answer from it"),
      DOCUMENT("IANA WebSocket registry"), false },
    { "1015", N_("no frame may have this code: programs use it when the TLS handshake failed"), RFC(6455, "7.4.1"),
      false },
    { "3000", N_("the client is not let in: it did not show who it is"), DOCUMENT("IANA WebSocket registry"), false },
    { "3003", N_("the client is not let in: who it is may not do this"), DOCUMENT("IANA WebSocket registry"), false },
    { "3008", N_("the other side took too long"), DOCUMENT("IANA WebSocket registry"), false },
};

static const struct {
    unsigned last; /* code of the range */
    struct meaning meaning;
} ranges[] = {
    { 999, { "", N_("no frame may have a code below 1000"), RFC(6455, "7.4.2"), false } },
    { 2999, { "", N_("a code that is kept for the protocol and its extensions"), RFC(6455, "7.4.2"), false } },
    { 3999, { "", N_("a code of a library or a framework"), RFC(6455, "7.4.2"), false } },
    { 4999, { "", N_("a code of the application's own"), RFC(6455, "7.4.2"), false } },
    { UINT16_MAX, { "", N_("no code: there is none above 4999"), RFC(6455, "7.4.2"), false } },
};

const struct meanings websocket_tables[] = {
    MEANINGS(N_("opcode"), websocket_opcodes),
    MEANINGS(N_("close code"), codes),
};

const struct meaning *websocket_find_code(unsigned code)
{
    char word[12];
    size_t i = 0;

    snprintf(word, sizeof word, "%u", code);
    const struct meaning *row = meanings_find(&websocket_tables[1], zoc_bytes_of(word));
    while (!row && code > ranges[i].last)
        i++;
    return row ? row : &ranges[i].meaning;
}
