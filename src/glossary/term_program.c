/* Terms: programs and the system. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("blocking"),
        .aliases = TEXTS("bloqueante", "blocking call", "non-blocking", "O_NONBLOCK", "no bloqueante", "bloquear",
                         "EWOULDBLOCK"),
        .text = N_("A call that waits until it can do its work: read until something has come, write until there is "
                   "room, connect until the answer is there. The program stands still meanwhile; who serves many "
                   "clients that way needs a thread or process for each.\n\n"
                   "A non-blocking socket does not wait: when nothing can be done the call fails at once with EAGAIN "
                   "(EINPROGRESS for connect), and the program asks again when the kernel says that it is ready. "
                   "Event loops are built on that."),
        .references = REFERENCES(DOCUMENT("POSIX.1-2017, 2.5")),
        .related = TEXTS("event loop", "fiber", "file descriptor"),
        .trials = TRIALS({ "zocalo connect 127.0.0.1:10019 | (sleep 5; head -n 3)",
                           N_("with 'zocalo serve chargen': the sender has to wait while nobody reads") }),
    },
    {
        .name = N_("byte order"),
        .aliases = TEXTS("orden de los bytes", "endianness", "big endian", "little endian", "network byte order",
                         "orden de red", "htons", "ntohl"),
        .text = N_("In which order the bytes of a number stand. Big endian puts the most significant first, as we "
                   "write digits; little endian, which most processors use, the least significant first. Port 80 is "
                   "00 50 in the one and 50 00 in the other.\n\n"
                   "The headers of the Internet are big endian, hence network byte order, and programs convert with "
                   "htons and its like. Who forgets it listens on port 20480 instead of 80. The names come from "
                   "Gulliver's Travels, where two peoples fight over the end at which to open an egg."),
        .references = REFERENCES(RFC(1700, ""), RFC(9293, "3.1")),
        .related = TEXTS("hexdump", "presentation layer"),
        .trials = TRIALS({ "zocalo connect 127.0.0.1:10037 | od -An -tu4 --endian=big",
                           N_("with 'zocalo serve time': four bytes, read in network order") }),
    },
    {
        .name = N_("event loop"),
        .aliases = TEXTS("bucle de eventos", "epoll", "poll", "select", "kqueue", "reactor", "io multiplexing"),
        .text = N_("How one thread serves many connections: it asks the kernel which of its sockets are ready "
                   "(select, poll, epoll on Linux, kqueue on BSD), does what can be done on each without waiting, "
                   "and asks again.\n\n"
                   "epoll remembers which descriptors are watched, so that asking costs as much as there is news, "
                   "not as there are connections. The catch is that whatever takes long, or waits elsewhere, stops "
                   "everybody. Written with callbacks, a conversation falls into pieces; fibers let it be written "
                   "line after line."),
        .references = REFERENCES(DOCUMENT("epoll(7)")),
        .related = TEXTS("blocking", "fiber", "file descriptor", "multiplexing"),
        .trials = TRIALS({ "zocalo serve --threads=1 echo",
                           N_("one thread, one loop; connect to it from several terminals at once") }),
    },
    {
        .name = N_("fiber"),
        .aliases =
            TEXTS("fibra", "coroutine", "corrutina", "green thread", "fibras", "lightweight thread", "goroutine"),
        .text = N_("A sequence of work with a stack of its own that is not a thread of the system: many share one "
                   "thread, and each runs until it has to wait. Then the next one goes on. Changing from one to "
                   "another takes nanoseconds, and no kernel is asked.\n\n"
                   "So a server can be written as if each client had the program for itself, read, answer, read "
                   "again, and still run on one event loop. This program is built that way. Since a fiber gives way "
                   "only where it waits, others are not interrupted in the middle of something; and who computes for "
                   "long must give way on purpose."),
        .references = NO_REFERENCES,
        .related = TEXTS("event loop", "blocking"),
        .trials = TRIALS({ "zocalo serve --threads=1 echo", N_("each connection is a fiber") }),
    },
    {
        .name = N_("file descriptor"),
        .aliases = TEXTS("descriptor de archivo", "descriptor", "fd", "descriptores", "ulimit"),
        .text = N_("A small number by which a process names something that it has open: a file, a pipe, a terminal, "
                   "a socket. 0, 1 and 2 are standard input, output and error. read, write and close work on all "
                   "kinds, which is why programs can be joined by pipes and over the network alike.\n\n"
                   "Each process has a limit (ulimit -n, often 1024). A server needs one for each client, and a "
                   "server that forgets to close what its clients have left runs out of them some day."),
        .references = REFERENCES(DOCUMENT("POSIX.1-2017, 3.166")),
        .related = TEXTS("socket", "event loop", "accept"),
        .trials = TRIALS({ "zocalo connect fd:3 3<>/dev/tcp/127.0.0.1/50007",
                           N_("bash opens the connection and hands it over as descriptor 3 ('zocalo serve echo' "
                              "listens there)") }),
    },
    {
        .name = N_("hexdump"),
        .aliases = TEXTS("volcado hexadecimal", "hex", "xxd", "volcado", "hexadecimal"),
        .text = N_("Bytes shown as numbers in base sixteen, two digits each, with the same bytes as text beside "
                   "them. It shows what a terminal hides: which line end was sent (0d 0a or 0a), a zero byte, a "
                   "blank at the end of a line, characters in an unexpected encoding.\n\n"
                   "When two programs do not understand each other although both look right, a dump of what really "
                   "passed between them is the first thing to look at."),
        .references = NO_REFERENCES,
        .related = TEXTS("byte order", "UTF-8", "plain text protocol"),
        .trials = TRIALS({ "printf 'hola\\r\\n' | zocalo connect --hex :50007",
                           N_("both directions ('zocalo serve echo' listens there)") },
                         { "zocalo relay --hex listen::9000 127.0.0.1:50007", N_("between any two programs") }),
    },
    {
        .name = N_("idempotent"),
        .aliases = TEXTS("idempotente", "idempotence", "idempotencia", "safe to repeat"),
        .text = N_("A request that may be made twice and has the effect of once. Reading is, so is 'set the value to "
                   "5' and 'delete this'; 'add 1' and 'send this mail' are not. In HTTP: GET, HEAD, PUT and DELETE "
                   "are meant to be, POST is not.\n\n"
                   "It matters because of what a network can do: when a connection breaks before the answer came, a "
                   "client cannot know whether the request was carried out. If it is idempotent, it may ask again. "
                   "If not, it needs a number on each request, by which the server tells a repetition."),
        .references = REFERENCES(RFC(9110, "9.2.2")),
        .related = TEXTS("request and response", "packet loss", "HTTP"),
        .trials = TRIALS({ "zocalo relay --cut-after=20 listen::9000 127.0.0.1:50007",
                           N_("resets a connection in the middle of an answer ('zocalo serve echo' is the target)") }),
    },
    {
        .name = N_("JSON"),
        .aliases = TEXTS("javascript object notation", "json lines", "jsonl"),
        .text = N_("A text form for data: objects, lists, strings, numbers, true, false and null, always in UTF-8 "
                   "between systems. It came from JavaScript, and every language reads it, which is why so many "
                   "protocols over HTTP and WebSocket carry it.\n\n"
                   "It says nothing about where a message ends in a stream: one object a line (JSON Lines) is a "
                   "usual answer, a length before it another. It has no type for bytes, these are written as base64; "
                   "and integers above 2^53 are read inexactly by many programs."),
        .references = REFERENCES(RFC(8259, "")),
        .related = TEXTS("UTF-8", "line protocol", "presentation layer"),
        .trials = TRIALS({ "zocalo explain --json JSON", N_("this entry, as JSON") }),
    },
    {
        .name = N_("pseudo terminal"),
        .aliases = TEXTS("pty", "pts", "tty", "terminal virtual"),
        .text = N_("A terminal without a device: a pair of ends, of which one looks to a program like a terminal "
                   "with line editing, echo and Ctrl-C, and the other belongs to whoever plays the keyboard and the "
                   "screen. Terminal windows, ssh and telnet servers use it.\n\n"
                   "It matters because programs ask whether they talk to a terminal: a shell shows its prompt only "
                   "there, many print lines at once only there, and a password is read without echo only there. "
                   "Through a plain pipe they behave otherwise."),
        .references = REFERENCES(DOCUMENT("pty(7)")),
        .related = TEXTS("telnet", "NVT", "serial line"),
        .trials = TRIALS({ "zocalo relay pty:/tmp/com1 127.0.0.1:50007",
                           N_("in one terminal: a pseudo terminal, joined to 'zocalo serve echo'") },
                         { "zocalo connect /tmp/com1", N_("in another: to this program it is a terminal") }),
    },
    {
        .name = N_("serial line"),
        .aliases = TEXTS("linea serie", "serial port", "puerto serie", "rs-232", "uart", "ttyUSB", "linea serial",
                         "puerto serial", "baud"),
        .text = N_("The oldest link: bits one after the other on a wire, without frames, addresses or packets. Both "
                   "sides must know the speed (9600 or 115200 bits a second are usual), the number of bits and the "
                   "parity beforehand; when they differ, what comes is rubbish.\n\n"
                   "Consoles of routers, small computers and instruments speak it, today mostly over USB. On Linux "
                   "it is a device such as /dev/ttyUSB0, and to a program it is a stream of bytes, as a TCP "
                   "connection is; but nothing says when the other side has gone."),
        .references = REFERENCES(DOCUMENT("termios(3)")),
        .related = TEXTS("pseudo terminal", "physical layer", "stream"),
        .trials =
            TRIALS({ "zocalo connect /dev/ttyUSB0,speed=115200", N_("a device on that line, if there is one") },
                   { "zocalo relay listen::9000 /dev/ttyUSB0,speed=115200", N_("the same device, for the network") }),
    },
    {
        .name = N_("SIGPIPE"),
        .aliases = TEXTS("broken pipe", "tuberia rota", "senal sigpipe"),
        .text = N_("The signal that a process gets when it writes to a pipe or socket whose reader is gone. By "
                   "default it ends the process without a word. That is what ends 'yes' in 'yes | head': useful in a "
                   "pipeline, deadly for a server, which would die of one client that hung up.\n\n"
                   "Programs that talk over the network therefore ignore it; the write then fails with EPIPE. On a "
                   "TCP connection this comes late: the first write after the peer has closed still succeeds, and "
                   "only its answer, a RST, tells."),
        .references = REFERENCES(DOCUMENT("POSIX.1-2017, write()")),
        .related = TEXTS("RST", "half-close", "file descriptor"),
        .trials = TRIALS({ "zocalo connect 127.0.0.1:10019 | head -n 3",
                           N_("with 'zocalo serve chargen': its reader goes, and it ends quietly") }),
    },
    {
        .name = N_("UTF-8"),
        .aliases = TEXTS("unicode", "character encoding", "codificacion", "juego de caracteres"),
        .text = N_("How characters are written as bytes nearly everywhere today. ASCII stays as it is, one byte "
                   "each; every other character takes two to four, all of them 0x80 or more, so that no byte of them "
                   "can be mistaken for a blank or a line end. ñ is c3 b1.\n\n"
                   "A protocol that counts bytes, as HTTP's Content-Length does, does not count characters: 'ñandú' "
                   "has five of these and seven of those. A piece of a stream may end in the middle of a character; "
                   "not every sequence of bytes is valid. Ken Thompson and Rob Pike devised it in 1992."),
        .references = REFERENCES(RFC(3629, "")),
        .related = TEXTS("presentation layer", "byte order", "JSON", "plain text protocol"),
        .trials = TRIALS({ "printf 'ñandú\\n' | zocalo connect --hex :50007",
                           N_("ñ and ú take two bytes each ('zocalo serve echo' listens there)") }),
    },
};

const struct field field_program = FIELD(N_("programs and the system"), terms);
