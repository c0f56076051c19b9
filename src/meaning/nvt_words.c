/* Telnet's commands, and the options of the registry at IANA. */
#include "base/text.h"
#include "meaning/nvt.h"

const struct meaning nvt_commands[] = {
    { "EOF", N_("the end of the input, as from a terminal"), RFC(1184, ""), false },
    { "SUSP", N_("the program is to be suspended"), RFC(1184, ""), false },
    { "ABORT", N_("the program is to be aborted"), RFC(1184, ""), false },
    { "EOR", N_("the end of a record"), RFC(885, ""), false },
    { "SE", N_("the end of parameters"), RFC(854, ""), false },
    { "NOP", N_("nothing: it shows that the connection lives"), RFC(854, ""), false },
    { "DM", N_("the mark of a Synch: text before it that was not read yet is thrown away"), RFC(854, ""), false },
    { "BRK", N_("the Break key was pressed"), RFC(854, ""), false },
    { "IP", N_("the program is to be interrupted, as with Ctrl-C"), RFC(854, ""), false },
    { "AO", N_("the rest of the output is not wanted"), RFC(854, ""), false },
    { "AYT", N_("are you there: the other side is to show that it lives"), RFC(854, ""), false },
    { "EC", N_("the last character is to be erased"), RFC(854, ""), false },
    { "EL", N_("the line is to be erased"), RFC(854, ""), false },
    { "GA", N_("go ahead: it is the other side's turn"), RFC(854, ""), false },
    { "SB", N_("parameters of an option follow, up to IAC SE"), RFC(855, ""), false },
    { "WILL", N_("it offers to use an option itself, or agrees to"), RFC(855, ""), false },
    { "WONT", N_("it does not use an option itself, or no longer"), RFC(855, ""), false },
    { "DO", N_("it asks the other side to use an option, or agrees that it does"), RFC(855, ""), false },
    { "DONT", N_("it does not want the other side to use an option, or no longer"), RFC(855, ""), false },
    { "IAC", N_("the byte 255, after which a command follows; doubled it is a byte of the text"), RFC(854, ""), false },
};

/* The first fifty by number. */
#define OPTIONS_IN_ORDER 50

const struct meaning nvt_options[] = {
    { "BINARY", N_("whoever does it sends bytes as they are, and not text of a terminal"), RFC(856, ""), false },
    { "ECHO", N_("whoever does it sends back the characters that it receives"), RFC(857, ""), false },
    { "RECONNECTION", N_("moving the connection to another host; never specified in an RFC"),
      DOCUMENT("IANA Telnet Options"), false },
    { "SUPPRESS-GO-AHEAD", N_("whoever does it leaves out GO AHEAD: both sides may send at any time"), RFC(858, ""),
      false },
    { "APPROX-MESSAGE-SIZE", N_("agreeing on the size of messages; never specified in an RFC"),
      DOCUMENT("IANA Telnet Options"), false },
    { "STATUS", N_("telling which options are in use"), RFC(859, ""), false },
    { "TIMING-MARK", N_("whoever does it answers when it has processed all that came before"), RFC(860, ""), false },
    { "RCTE", N_("the server says when the client shows what is typed"), RFC(726, ""), false },
    { "NAOL", N_("agreeing on the length of lines; never specified in an RFC"), DOCUMENT("IANA Telnet Options"),
      false },
    { "NAOP", N_("agreeing on the length of pages; never specified in an RFC"), DOCUMENT("IANA Telnet Options"),
      false },
    { "NAOCRD", N_("what a carriage return does on the printer"), RFC(652, ""), false },
    { "NAOHTS", N_("where horizontal tab stops are"), RFC(653, ""), false },
    { "NAOHTD", N_("what a horizontal tab does on the printer"), RFC(654, ""), false },
    { "NAOFFD", N_("what a form feed does on the printer"), RFC(655, ""), false },
    { "NAOVTS", N_("where vertical tab stops are"), RFC(656, ""), false },
    { "NAOVTD", N_("what a vertical tab does on the printer"), RFC(657, ""), false },
    { "NAOLFD", N_("what a line feed does on the printer"), RFC(658, ""), false },
    { "EXTENDED-ASCII", N_("text in a character set larger than ASCII, of the seventies"), RFC(698, ""), false },
    { "LOGOUT", N_("ending the session on the other side"), RFC(727, ""), false },
    { "BYTE-MACRO", N_("short bytes that stand for long strings"), RFC(735, ""), false },
    { "DATA-ENTRY-TERMINAL", N_("forms to fill in on a terminal"), RFC(1043, ""), false },
    { "SUPDUP", N_("changing to the protocol SUPDUP, for displays"), RFC(736, ""), false },
    { "SUPDUP-OUTPUT", N_("output for displays, as SUPDUP has it"), RFC(749, ""), false },
    { "SEND-LOCATION", N_("whoever does it tells where the terminal stands"), RFC(779, ""), false },
    { "TERMINAL-TYPE", N_("whoever does it tells which kind of terminal it has"), RFC(1091, ""), false },
    { "END-OF-RECORD", N_("whoever does it marks the end of each record with EOR"), RFC(885, ""), false },
    { "TUID", N_("whoever does it tells who the user is, for TACACS"), RFC(927, ""), false },
    { "OUTMRK", N_("whoever does it sends a banner that says how the text is to be treated"), RFC(933, ""), false },
    { "TTYLOC", N_("whoever does it tells the number of the terminal's place"), RFC(946, ""), false },
    { "3270-REGIME", N_("the way of IBM 3270 terminals"), RFC(1041, ""), false },
    { "X.3-PAD", N_("settings of an X.3 PAD, which led to packet networks"), RFC(1053, ""), false },
    { "NAWS", N_("whoever does it tells the size of its window"), RFC(1073, ""), false },
    { "TERMINAL-SPEED", N_("whoever does it tells how fast its terminal is"), RFC(1079, ""), false },
    { "TOGGLE-FLOW-CONTROL", N_("the other side says when Ctrl-S and Ctrl-Q stop the output"), RFC(1372, ""), false },
    { "LINEMODE", N_("the client edits lines itself, and sends them whole"), RFC(1184, ""), false },
    { "X-DISPLAY-LOCATION", N_("whoever does it tells where its X display is"), RFC(1096, ""), false },
    { "ENVIRON", N_("whoever does it tells variables of its environment; NEW-ENVIRON came after it"), RFC(1408, ""),
      false },
    { "AUTHENTICATION", N_("proving who one is, otherwise than with a typed password"), RFC(2941, ""), false },
    { "ENCRYPT", N_("whoever does it encrypts what it sends"), RFC(2946, ""), false },
    { "NEW-ENVIRON", N_("whoever does it tells variables of its environment, such as the user's name"), RFC(1572, ""),
      false },
    { "TN3270E", N_("the way of IBM 3270 terminals and printers"), RFC(2355, ""), false },
    { "XAUTH", N_("permission for an X display; never specified in an RFC"), DOCUMENT("IANA Telnet Options"), false },
    { "CHARSET", N_("agreeing on a character set"), RFC(2066, ""), false },
    { "RSP", N_("a serial port far away; never specified in an RFC"), DOCUMENT("IANA Telnet Options"), false },
    { "COM-PORT-OPTION", N_("a serial port far away: its speed, its bits, its lines"), RFC(2217, ""), false },
    { "SUPPRESS-LOCAL-ECHO", N_("not showing what is typed; never specified in an RFC"),
      DOCUMENT("IANA Telnet Options"), false },
    { "START-TLS", N_("going on under TLS; never specified in an RFC"), DOCUMENT("IANA Telnet Options"), false },
    { "KERMIT", N_("files sent with Kermit inside the session"), RFC(2840, ""), false },
    { "SEND-URL", N_("sending an address of the web; never specified in an RFC"), DOCUMENT("IANA Telnet Options"),
      false },
    { "FORWARD-X", N_("passing on what an X display says; never specified in an RFC"), DOCUMENT("IANA Telnet Options"),
      false },
    /* from here on with gaps */
    { "PRAGMA-LOGON", N_("a login; never specified in an RFC"), DOCUMENT("IANA Telnet Options"), false },
    { "SSPI-LOGON", N_("a login of Windows; never specified in an RFC"), DOCUMENT("IANA Telnet Options"), false },
    { "PRAGMA-HEARTBEAT", N_("a sign of life now and then; never specified in an RFC"), DOCUMENT("IANA Telnet Options"),
      false },
    { "EXTENDED-OPTIONS-LIST", N_("a second list of options, for when this one is full"), RFC(861, ""), false },
};

const struct meaning *nvt_command(unsigned number)
{
    return number < NVT_COMMAND_MIN ? NULL : &nvt_commands[number - NVT_COMMAND_MIN];
}

const struct meaning *nvt_option(unsigned number)
{
    static const unsigned char others[] = { 138, 139, 140, 255 };

    if (number < OPTIONS_IN_ORDER)
        return &nvt_options[number];
    for (size_t i = 0; i < sizeof others; i++)
        if (number == others[i])
            return &nvt_options[OPTIONS_IN_ORDER + i];
    return NULL;
}
