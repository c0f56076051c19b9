/* RFCs of chat: IRC. */
#include "base/text.h"
#include "glossary/rfc_fields.h"

static const struct rfc rows[] = {
    {
        .number = 1459,
        .published = { 1993, 5 },
        .status = RFC_EXPERIMENTAL,
        .title = "Internet Relay Chat Protocol",
        .updated_by = { 2810, 2811, 2812, 2813 },
        .text = N_("IRC as it began: lines of at most 512 bytes, nicknames, channels that begin with #, and a PING "
                   "that must be answered with a PONG."),
        .sections = { { "2.3", N_("a message: prefix, command, parameters") },
                      { "4", N_("the commands") },
                      { "6", N_("replies and errors, by number") } },
        .commands = { "zocalo connect --explain --crlf irc.example.org 6667", "zocalo telnet irc.example.org 6667" },
    },
    {
        .number = 2810,
        .published = { 2000, 4 },
        .status = RFC_INFORMATIONAL,
        .title = "Internet Relay Chat: Architecture",
        .text = N_("How servers, clients and channels of an IRC network stand together."),
        .commands = { "zocalo rfc 2812" },
    },
    {
        .number = 2811,
        .published = { 2000, 4 },
        .status = RFC_INFORMATIONAL,
        .title = "Internet Relay Chat: Channel Management",
        .text = N_("What channels are, and what their operators may do."),
        .commands = { "zocalo rfc 2812" },
    },
    {
        .number = 2812,
        .published = { 2000, 4 },
        .status = RFC_INFORMATIONAL,
        .title = "Internet Relay Chat: Client Protocol",
        .text = N_("What an IRC client says and hears: NICK, USER, JOIN, PRIVMSG, and replies with three digits."),
        .sections = { { "2.3", N_("a message: prefix, command, parameters") },
                      { "3", N_("the commands") },
                      { "5", N_("the replies") } },
        .commands = { "zocalo connect --explain --crlf irc.example.org 6667" },
    },
    {
        .number = 2813,
        .published = { 2000, 4 },
        .status = RFC_INFORMATIONAL,
        .title = "Internet Relay Chat: Server Protocol",
        .text = N_("What IRC servers tell one another."),
        .commands = { "zocalo rfc 2812" },
    },
};

const struct rfc_field rfc_chat = RFC_FIELD("chat", N_("Chat: IRC"), rows);
