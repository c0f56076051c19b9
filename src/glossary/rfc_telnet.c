/* RFCs of telnet and of its options. */
#include "base/text.h"
#include "glossary/rfc_fields.h"

static const struct rfc rows[] = {
    {
        .number = 854,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 8,
        .title = "Telnet Protocol Specification",
        .updated_by = { 5198 },
        .text = N_("Telnet: two terminals that both sides agree on, and commands in between, each after a byte 255. "
                   "What it says of lines, CR LF, holds for SMTP, FTP and others."),
        .sections = { { "THE NETWORK VIRTUAL TERMINAL", N_("characters, lines, and CR followed by LF or NUL") },
                      { "TELNET COMMAND STRUCTURE", N_("IAC, and the commands: WILL, WON'T, DO, DON'T, ...") } },
        .commands = { "zocalo telnet example.org", "zocalo telnet localhost 25", "zocalo connect -t example.org 23" },
    },
    {
        .number = 855,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 8,
        .title = "Telnet Option Specifications",
        .text = N_("How options of telnet are described and negotiated, and how the two sides talk about one after "
                   "they agreed on it."),
        .commands = { "zocalo telnet example.org" },
    },
    {
        .number = 856,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 27,
        .title = "Telnet Binary Transmission",
        .text = N_("Bytes pass as they are, instead of as characters and lines. Asked for and agreed in each direction "
                   "by itself."),
        .commands = { "zocalo telnet --binary example.org" },
    },
    {
        .number = 857,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 28,
        .title = "Telnet Echo Option",
        .text = N_("Who shows what is typed: the far side or the terminal. A password is not shown because the far "
                   "side says that it echoes, and then does not."),
        .commands = { "zocalo telnet example.org" },
    },
    {
        .number = 858,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 29,
        .title = "Telnet Suppress Go Ahead Option",
        .text = N_("Leaves out the signal by which half-duplex terminals passed the turn. Together with ECHO it makes "
                   "a session character by character."),
        .commands = { "zocalo telnet example.org" },
    },
    {
        .number = 859,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 30,
        .title = "Telnet Status Option",
        .text = N_("One side asks the other which options it believes to be in force."),
        .commands = { "zocalo rfc 855" },
    },
    {
        .number = 860,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 31,
        .title = "Telnet Timing Mark Option",
        .text = N_("A mark that comes back once everything before it was dealt with."),
        .commands = { "zocalo rfc 855" },
    },
    {
        .number = 885,
        .published = { 1983, 12 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Telnet end of record option",
        .text = N_("Marks the ends of records, for terminals that send whole forms."),
        .commands = { "zocalo rfc 855" },
    },
    {
        .number = 1073,
        .published = { 1988, 10 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Telnet window size option",
        .text =
            N_("NAWS: the client tells how wide and how high its window is, at the start and whenever that changes."),
        .commands = { "zocalo telnet example.org" },
    },
    {
        .number = 1079,
        .published = { 1988, 12 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Telnet terminal speed option",
        .text = N_("The client tells the speed of its terminal."),
        .commands = { "zocalo rfc 855" },
    },
    {
        .number = 1091,
        .published = { 1989, 2 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Telnet terminal-type option",
        .text = N_("The server asks which kind of terminal there is, and the client tells its name, such as xterm."),
        .commands = { "zocalo telnet example.org" },
    },
    {
        .number = 1096,
        .published = { 1989, 3 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Telnet X display location option",
        .text = N_("The client tells where its X display is."),
        .commands = { "zocalo rfc 855" },
    },
    {
        .number = 1143,
        .published = { 1990, 2 },
        .status = RFC_EXPERIMENTAL,
        .title = "The Q Method of Implementing TELNET Option Negotiation",
        .text = N_("How to negotiate options without answering one another for ever: remember what was asked, and "
                   "answer only what is new. By D. J. Bernstein; telnet here follows it."),
        .commands = { "zocalo telnet example.org" },
    },
    {
        .number = 1184,
        .published = { 1990, 10 },
        .status = RFC_DRAFT_STANDARD,
        .title = "Telnet Linemode Option",
        .text = N_("Lines are edited at the terminal and sent whole, and the two sides agree on the keys."),
        .commands = { "zocalo telnet example.org" },
    },
    {
        .number = 1372,
        .published = { 1992, 10 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Telnet Remote Flow Control Option",
        .text = N_("The server says whether Ctrl-S and Ctrl-Q stop the terminal's output or are sent to it."),
        .commands = { "zocalo rfc 855" },
    },
    {
        .number = 1572,
        .published = { 1994, 1 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Telnet Environment Option",
        .text = N_("NEW-ENVIRON: the client tells variables, of which USER is the one that this program tells, and "
                   "only when it was told to."),
        .commands = { "zocalo telnet --user=guest example.org" },
    },
    {
        .number = 2066,
        .published = { 1997, 1 },
        .status = RFC_EXPERIMENTAL,
        .title = "TELNET CHARSET Option",
        .text = N_("The two sides agree on a set of characters."),
        .commands = { "zocalo rfc 855" },
    },
};

const struct rfc_field rfc_telnet = RFC_FIELD("telnet", N_("Telnet and its options"), rows);
