/* Terms: conversations in text. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("beanstalkd"),
        .aliases = TEXTS("work queue", "job queue", "cola de trabajos", "cola de tareas", "tube", "tubo", "port 11300",
                         "puerto 11300"),
        .text = N_("A queue for work, spoken to in lines on port 11300. A producer puts a job (put, with priority, "
                   "delay, time to run and length) into a tube; a worker reserves it, does it, and deletes it. "
                   "Reserved jobs are seen by nobody else.\n\n"
                   "If the worker dies or takes too long, the job becomes ready again and another one gets it. So a "
                   "job can be done twice, and should be one that bears it. A job that keeps failing is buried, for "
                   "a person to look at."),
        .references = REFERENCES(DOCUMENT("beanstalkd protocol.txt")),
        .related = TEXTS("plain text protocol", "line protocol", "idempotent"),
        .trials = TRIALS({ "zocalo connect --explain --crlf localhost 11300",
                           N_("put 0 0 60 4, then a line of 4 bytes, then reserve (it needs a beanstalkd there)") }),
    },
    {
        .name = N_("echo service"),
        .aliases = TEXTS("servicio de eco", "echo", "eco", "echo server", "servidor de eco", "echo protocol", "discard",
                         "chargen", "daytime", "port 7", "puerto 7"),
        .text = N_("The simplest of services: it sends back what it receives. RFC 862 gave it port 7 in 1983, for "
                   "TCP and UDP, together with discard (throws everything away), chargen (sends without end) and "
                   "daytime. They are for testing: whether a way is open, how long it takes, whether bytes arrive as "
                   "they were.\n\n"
                   "The UDP kind must not stand open in the Internet: a forged sender makes two of them answer each "
                   "other for ever. It is also the first server that nearly everybody writes."),
        .references = REFERENCES(RFC(862, ""), RFC(863, ""), RFC(864, ""), RFC(867, "")),
        .related = TEXTS("server", "half-close", "datagram"),
        .trials = TRIALS({ "zocalo serve echo", N_("in one terminal") },
                         { "echo hola | zocalo connect --explain 127.0.0.1:50007", N_("in another") }),
    },
    {
        .name = N_("IAC"),
        .aliases = TEXTS("interpret as command", "telnet command", "DO", "DONT", "WILL", "WONT",
                         "interpretar como comando", "telnet negotiation", "negociacion telnet"),
        .text = N_("Interpret As Command: the byte 255 in telnet's stream, which says that a command follows. WILL "
                   "and WONT say what I am going to do, DO and DONT what you should; behind them stands the number "
                   "of an option: 1 echo, 3 suppress go ahead, 24 terminal type, 31 window size.\n\n"
                   "Each offer is accepted or refused, so both sides end in the same state, whatever they know. A "
                   "byte 255 that is data is sent twice. Netcat shows these bytes as rubbish at the start, which is "
                   "the sign of a telnet server."),
        .references = REFERENCES(RFC(854, ""), RFC(855, "")),
        .related = TEXTS("telnet", "NVT"),
        .trials = TRIALS({ "zocalo listen --hex 127.0.0.1:9000", N_("in one terminal") },
                         { "zocalo connect --telnet 127.0.0.1:9000", N_("in another: negotiates as telnet does") }),
    },
    {
        .name = N_("line protocol"),
        .aliases = TEXTS("protocolo de lineas", "CRLF", "line ending", "final de linea", "newline", "carriage return",
                         "retorno de carro", "dot stuffing", "fin de linea"),
        .text = N_("A protocol over a stream whose unit is the line. On the Internet a line ends with CR LF, the "
                   "bytes 0d 0a: carriage return and line feed, as on a teletype. Unix has LF alone, so what is "
                   "typed there must be translated.\n\n"
                   "Many servers take a bare LF too; some do not answer at all, as if the line had not ended. To "
                   "carry text of any kind, a protocol marks its end with a line of its own: in SMTP a dot alone, "
                   "and a line that begins with a dot gets one more. A reader needs a limit for the length of a line."),
        .references = REFERENCES(RFC(5321, "2.3.8"), RFC(5234, "B.1")),
        .related = TEXTS("plain text protocol", "stream", "NVT", "hexdump"),
        .trials = TRIALS({ "echo hola | zocalo connect --crlf --hex :50007",
                           N_("the line end becomes 0d 0a ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("netcat"),
        .aliases = TEXTS("nc", "ncat", "netcat-openbsd"),
        .text = N_("The program nc: joins standard input and output to a connection, or waits for one. It adds "
                   "nothing and takes nothing away, so with pipes it becomes a file transfer, a chat, a test server, "
                   "a port scanner. Hobbit wrote the first in 1995.\n\n"
                   "There are several with different options (traditional, OpenBSD's, Ncat), and they differ at the "
                   "end: some stop when the input ends and lose the answer, some wait for ever. It does not "
                   "negotiate as telnet does, and is thereby the better one for binary data."),
        .references = REFERENCES(DOCUMENT("nc(1)")),
        .related = TEXTS("telnet", "stream", "port scan", "half-close"),
        .trials = TRIALS({ "zocalo nc -l 9000", N_("in one terminal") },
                         { "zocalo nc localhost 9000", N_("in another: what one types the other sees") }),
    },
    {
        .name = N_("NVT"),
        .aliases = TEXTS("terminal virtual de red", "network virtual terminal", "terminal virtual"),
        .text = N_("The Network Virtual Terminal: a terminal that nobody ever built and that telnet speaks of. When "
                   "every maker had terminals of his own, each side had to translate only between its own kind and "
                   "this one. It has a keyboard, a printer, 7-bit ASCII, lines that end with CR LF, and no way to "
                   "move the cursor.\n\n"
                   "From this common ground the two sides negotiate what they have beyond it: echo, a window size, "
                   "the kind of terminal, eight bits. FTP, SMTP and others took their lines over from it."),
        .references = REFERENCES(RFC(854, ""), RFC(5198, "")),
        .related = TEXTS("telnet", "IAC", "line protocol"),
        .trials = TRIALS({ "zocalo telnet 127.0.0.1 50007",
                           N_("'status' behind Ctrl-] tells what was agreed on ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("plain text protocol"),
        .aliases = TEXTS("protocolo de texto plano", "text protocol", "protocolo de texto", "ascii protocol",
                         "plaintext", "texto plano", "texto claro"),
        .text = N_("A protocol whose messages are lines that a person can read and type: HTTP/1.1, SMTP, IRC, FTP, "
                   "Redis. One can speak it by hand through telnet or netcat, see what is wrong, and learn it in an "
                   "afternoon.\n\n"
                   "That is worth some bytes and some care: lines need a limit, line ends must be right, and what a "
                   "user typed must not be able to pass for a command. Binary protocols save room and parsing; newer "
                   "ones (HTTP/2, QUIC) chose that. Plain also means that everybody on the way can read it, unless "
                   "TLS is around it."),
        .references = REFERENCES(RFC(5321, ""), RFC(9112, "")),
        .related = TEXTS("line protocol", "telnet", "netcat", "protocol", "TLS"),
        .trials = TRIALS(
            { "zocalo telnet example.org 80", N_("type GET / HTTP/1.0 and an empty line (it needs the Internet)") }),
    },
    {
        .name = N_("Redis protocol"),
        .aliases =
            TEXTS("protocolo de Redis", "RESP", "redis", "redis serialization protocol", "port 6379", "puerto 6379"),
        .text = N_("How clients talk to Redis, a store of values in memory, usually on port 6379. The first byte "
                   "says what comes: + a short text, - an error, : a number, $ a string with its length before it, * "
                   "a list with its count. A command is a list of strings: *1, $4, PING, each with CR LF.\n\n"
                   "Lengths before the strings let it carry any bytes and be parsed quickly. For people there is an "
                   "inline form as well: PING or SET key value on a line by itself, which works through telnet."),
        .references = REFERENCES(DOCUMENT("Redis serialization protocol specification")),
        .related = TEXTS("plain text protocol", "line protocol", "port"),
        .trials = TRIALS({ "zocalo connect --explain --crlf localhost 6379",
                           N_("PING, SET saludo hola, GET saludo (it needs a Redis there)") }),
    },
    {
        .name = N_("telnet"),
        .aliases =
            TEXTS("telnet protocol", "protocolo telnet", "remote login", "sesion remota", "port 23", "puerto 23"),
        .text = N_("Two things have this name. The protocol (RFC 854 of 1983, older in its ideas) joins a terminal "
                   "to a distant machine: a stream of text with commands in between that begin with the byte 255, by "
                   "which both sides negotiate who echoes and how. Its port is 23. Since everything goes "
                   "unencrypted, passwords too, SSH has replaced it for that.\n\n"
                   "The program telnet connects to any port and is still a good magnifying glass: type, and see what "
                   "a text service answers. To a service that does not negotiate it sends lines with CR LF."),
        .references = REFERENCES(RFC(854, ""), RFC(855, "")),
        .related = TEXTS("NVT", "IAC", "netcat", "pseudo terminal", "plain text protocol"),
        .trials = TRIALS(
            { "zocalo telnet 127.0.0.1 50007", N_("by hand to 'zocalo serve echo'; Ctrl-] asks for a command") }),
    },
};

const struct field field_text = FIELD(N_("conversations in text"), terms);
