/* Terms: TCP: the connection. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("ACK"),
        .aliases =
            TEXTS("acuse de recibo", "acknowledgement", "acknowledgment", "acuse", "reconocimiento", "cumulative ack"),
        .text = N_("The receiver's word that bytes have arrived: the number of the next byte that it expects. All "
                   "before it is there; it is cumulative, so a lost acknowledgement does no harm when a later one "
                   "comes. Every segment after the first SYN carries one.\n\n"
                   "It says that the other kernel has the bytes, not that the program has read them, still less that "
                   "it did anything. Who needs to know that must let the protocol above say so, as SMTP does with "
                   "250."),
        .references = REFERENCES(RFC(9293, "3.4"), RFC(5681, "4.2")),
        .related = TEXTS("sequence number", "delayed acknowledgement", "duplicate ACK", "SACK", "retransmission"),
        .trials = TRIALS({ "zocalo connect --stats :50007",
                           N_("at the end: what the kernel counted ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("CLOSE_WAIT"),
        .aliases = NO_TEXTS,
        .text = N_("The peer has sent its FIN, and the program on this side has not closed yet. The kernel waits for "
                   "the program, without a limit.\n\n"
                   "A short stay is normal: the program is still answering. Many connections that stay there are a "
                   "mistake in the program: it does not notice the end of input, or forgets to close. No setting of "
                   "the system helps; only the program can end it, and meanwhile each takes a descriptor, until "
                   "there are none left."),
        .references = REFERENCES(RFC(9293, "3.3.2")),
        .related = TEXTS("connection states", "FIN", "half-close", "file descriptor"),
        .trials =
            TRIALS({ "zocalo listen --exec='sleep 60' 127.0.0.1:9000",
                     N_("in one terminal: a program that does not look at its input") },
                   { "zocalo connect --explain 127.0.0.1:9000 < /dev/null",
                     N_("in another: our end is said at once, theirs after a minute ('ss -tn' shows the states)") }),
    },
    {
        .name = N_("connection states"),
        .aliases =
            TEXTS("estados de la conexion", "connection state", "tcp states", "tcp state", "ESTABLISHED", "SYN_SENT",
                  "SYN_RECEIVED", "CLOSING", "LAST_ACK", "estados tcp", "estado de la conexion", "SYN_RECV"),
        .text = N_("What TCP remembers about where a connection stands. It begins in SYN_SENT (client) or "
                   "SYN_RECEIVED (server) and lives in ESTABLISHED. Who closes first goes through FIN_WAIT_1 and "
                   "FIN_WAIT_2 to TIME_WAIT; the other side through CLOSE_WAIT and LAST_ACK. Both at once: CLOSING. "
                   "After that there is nothing.\n\n"
                   "They say who has to do something. SYN_SENT waits for the network; CLOSE_WAIT for the program of "
                   "this side, FIN_WAIT_2 for that of the other; TIME_WAIT for the clock."),
        .references = REFERENCES(RFC(9293, "3.3.2")),
        .related = TEXTS("LISTEN state", "three-way handshake", "FIN_WAIT", "CLOSE_WAIT", "TIME_WAIT"),
        .trials = TRIALS({ "zocalo connect --explain :50007",
                           N_("from the first state to the last ('zocalo serve echo' listens there; 'ss -tan' shows "
                              "the states)") }),
    },
    {
        .name = N_("FIN"),
        .aliases = TEXTS("finish", "fin flag", "marca fin", "end of stream", "fin del flujo", "EOF"),
        .text = N_("The flag by which one side says: I send no more. It stands behind the last byte and is "
                   "acknowledged like one, so the end is as reliable as the data before it. The other side's program "
                   "reads zero bytes: end of input.\n\n"
                   "Each direction has its own, so a connection ends with two FINs and two acknowledgements, often "
                   "in three segments. It says nothing of the other direction, which goes on: that is a half-close."),
        .references = REFERENCES(RFC(9293, "3.6")),
        .related = TEXTS("half-close", "FIN_WAIT", "CLOSE_WAIT", "TIME_WAIT", "RST"),
        .trials = TRIALS({ "echo hola | zocalo connect --explain 127.0.0.1:50007",
                           N_("who ended first ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("FIN_WAIT"),
        .aliases = TEXTS("fin-wait-1", "fin-wait-2"),
        .text = N_("The two states of the side that has said its end. FIN_WAIT_1: its FIN is on its way and not "
                   "acknowledged yet. FIN_WAIT_2: the other side has the FIN, and has not ended its own direction; "
                   "it may still send.\n\n"
                   "With a half-close that is how it should be, for as long as the other side talks. When the "
                   "program has closed its socket altogether, nobody is there to hear it, and Linux gives up waiting "
                   "after 60 seconds (tcp_fin_timeout)."),
        .references = REFERENCES(RFC(9293, "3.3.2")),
        .related = TEXTS("connection states", "half-close", "TIME_WAIT", "orphan"),
        .trials = TRIALS({ "zocalo listen --exec='sleep 60' 127.0.0.1:9000", N_("in one terminal") },
                         { "zocalo connect --explain 127.0.0.1:9000 < /dev/null",
                           N_("in another: half-closed for a minute ('ss -tn' shows the states)") }),
    },
    {
        .name = N_("half-close"),
        .aliases = TEXTS("cierre a medias", "media clausura", "shutdown", "medio cierre", "cierre parcial",
                         "media conexion", "semicierre", "SHUT_WR"),
        .text = N_("One direction of a connection is ended, the other one goes on. A program says it with "
                   "shutdown(SHUT_WR); TCP sends FIN. The peer reads the end of the input, and can still answer.\n\n"
                   "That is how 'this was all of my question' is said without a length before it: a sort program can "
                   "answer only when it has read everything. Who closes the whole socket instead may lose the "
                   "answer: bytes that come to a closed socket are answered with RST. Not all programs expect a "
                   "half-close: some take it for the end of everything."),
        .references = REFERENCES(RFC(9293, "3.6.1")),
        .related = TEXTS("FIN", "CLOSE_WAIT", "FIN_WAIT", "RST", "stream"),
        .trials = TRIALS({ "zocalo listen --keep --exec=sort 127.0.0.1:9000", N_("in one terminal") },
                         { "printf 'b\\na\\n' | zocalo connect --explain 127.0.0.1:9000",
                           N_("in another: sort answers after the half-close") }),
    },
    {
        .name = N_("half-open connection"),
        .aliases = TEXTS("conexion medio abierta", "half open", "medio abierta", "dead peer"),
        .text = N_("One side believes in the connection, and the other has forgotten it: its machine crashed or was "
                   "unplugged, or a NAT between them dropped its entry. No FIN came, so nothing tells.\n\n"
                   "Who only reads waits for ever. Who writes finds out: a restarted machine answers with RST, one "
                   "that is gone leaves the data unacknowledged until retransmission gives up, which takes some "
                   "fifteen minutes with Linux's defaults. Keepalive, or a question in the protocol itself, finds it "
                   "sooner. The word is also used for a handshake that was not completed."),
        .references = REFERENCES(RFC(9293, "3.5.1")),
        .related = TEXTS("keepalive", "RST", "orphan", "NAT"),
        .trials = TRIALS({ "zocalo relay --stall 1h listen::9000 127.0.0.1:50007",
                           N_("a way that goes silent ('zocalo serve echo' is the target)") },
                         { "zocalo connect --idle 10s 127.0.0.1:9000",
                           N_("in another terminal: gives up after ten seconds of silence") }),
    },
    {
        .name = N_("LISTEN state"),
        .aliases = TEXTS("estado LISTEN", "LISTEN", "listening socket", "socket que escucha", "escuchando"),
        .text = N_("The state of a socket that waits for connections to come. It is not a connection: it has no "
                   "peer, carries no data, and stays as it is while any number of connections are made from it. Each "
                   "of these has a socket and a state of its own.\n\n"
                   "'ss -ltn' lists them with the address that they listen on: 127.0.0.1 is for this machine alone, "
                   "0.0.0.0 for all its IPv4 addresses, :: (or *) for both families. On a port without one, the "
                   "kernel answers a SYN with RST."),
        .references = REFERENCES(RFC(9293, "3.3.2")),
        .related = TEXTS("listen", "connection states", "backlog", "port scan"),
        .trials = TRIALS({ "zocalo listen --keep 127.0.0.1:9000", N_("while it runs, 'ss -ltn' shows it") }),
    },
    {
        .name = N_("orphan"),
        .aliases = TEXTS("conexion huerfana", "orphaned socket", "orphan connection", "huerfana", "socket huerfano"),
        .text = N_("A connection that no process has any more: the program closed it or ended, and the kernel "
                   "finishes the work: it sends what is still in the buffer, then FIN, and waits for the answers. "
                   "That is why a program may end right after its last write.\n\n"
                   "A peer that does not read keeps it alive for a while; Linux gives it up after fewer repetitions "
                   "than usual, and allows a limited number (tcp_max_orphans). A half-close is no orphan: there the "
                   "program still has the socket."),
        .references = REFERENCES(DOCUMENT("tcp(7)")),
        .related = TEXTS("FIN_WAIT", "half-open connection", "file descriptor"),
        .trials = TRIALS({ "zocalo nc -q 0 -v 127.0.0.1 50007",
                           N_("end the input with Ctrl-D: it does not wait for the peer ('zocalo serve echo' listens "
                              "there)") }),
    },
    {
        .name = N_("RST"),
        .aliases = TEXTS("reset", "reset flag", "corte", "connection reset", "marca rst", "reinicio de conexion"),
        .text = N_("The flag that ends a connection at once: no goodbye, no acknowledgement, and what was under way "
                   "is lost. The receiver's program gets 'connection reset by peer'.\n\n"
                   "A kernel sends it when a segment comes for a connection that it does not know, as a SYN for a "
                   "port where nobody listens; when a program closes with input unread; or when the program asks for "
                   "it (SO_LINGER with time 0). Firewalls forge them to break connections. A RST is believed only if "
                   "its sequence number fits."),
        .references = REFERENCES(RFC(9293, "3.5.2"), RFC(9293, "3.10.7")),
        .related = TEXTS("FIN", "half-open connection", "SIGPIPE", "filtered port", "port scan"),
        .trials = TRIALS(
            { "zocalo listen --explain 127.0.0.1:9000", N_("in one terminal") },
            { "echo hola | zocalo connect --explain --reset 127.0.0.1:9000", N_("in another: it ends with a reset") }),
    },
    {
        .name = N_("sequence number"),
        .aliases = TEXTS("numero de secuencia", "seq", "initial sequence number", "ISN", "numero de secuencia inicial"),
        .text = N_("The number of a byte in TCP's stream: 32 bits, each direction for itself. A segment carries the "
                   "number of its first byte, so that the receiver can put pieces in order, see gaps, and drop what "
                   "it has already.\n\n"
                   "It starts at a number that others cannot guess, because who guesses it could put bytes into "
                   "somebody else's connection. After four thousand million bytes it starts over; at 10 Gbit/s that "
                   "takes under four seconds, and timestamps then tell old from new."),
        .references = REFERENCES(RFC(9293, "3.4"), RFC(9293, "3.4.1")),
        .related = TEXTS("ACK", "segment", "three-way handshake", "window scaling", "SYN cookies"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007",
                           N_("the numbers of each segment, counted from where each side began ('zocalo serve echo' "
                              "listens there)") }),
    },
    {
        .name = N_("SYN"),
        .aliases = TEXTS("synchronize", "syn flag", "marca syn", "syn-ack"),
        .text = N_("The flag of the first segment in each direction: synchronize. It carries the initial sequence "
                   "number and the options that hold for the whole connection. It counts as one byte in the "
                   "numbering, so that it is acknowledged like data and repeated when it is lost.\n\n"
                   "Its answer tells a lot: SYN-ACK, somebody listens; RST, a machine is there and nobody listens; "
                   "silence, it was dropped on the way or at the target. Linux sends it again after one second, and "
                   "then several times more; the last ones wait longer and longer."),
        .references = REFERENCES(RFC(9293, "3.5")),
        .related = TEXTS("three-way handshake", "sequence number", "ACK", "SYN cookies", "RST"),
        .trials = TRIALS({ "zocalo connect --explain 127.0.0.1:9", N_("answered with RST: nobody listens there") },
                         { "zocalo connect --explain --timeout 5s 192.0.2.1:80",
                           N_("mostly silence: an address that belongs to nobody") }),
    },
    {
        .name = N_("SYN cookies"),
        .aliases = TEXTS("syn flood", "syn cookie", "inundacion de syn", "half-open attack"),
        .text = N_("A defence against floods of SYNs with forged senders, each of which would make the server "
                   "remember a connection that is never completed. Instead of remembering, the server computes its "
                   "initial sequence number from the addresses, the ports, the time and a secret. A genuine client "
                   "sends that number back, plus one, with its ACK, and from it the server knows again what it "
                   "agreed to.\n\n"
                   "The price: options do not all fit into 32 bits. Linux uses cookies only when the queue of "
                   "half-made connections overflows. Daniel J. Bernstein proposed them in 1996."),
        .references = REFERENCES(RFC(4987, "3.6"), DOCUMENT("tcp(7)")),
        .related = TEXTS("SYN", "backlog", "sequence number", "three-way handshake"),
        .trials = TRIALS({ "zocalo rfc 4987", "" }),
    },
    {
        .name = N_("TCP"),
        .aliases = TEXTS("transmission control protocol", "protocolo de control de transmision"),
        .text = N_("The Transmission Control Protocol makes a reliable stream of bytes in both directions out of "
                   "IP's packets. It numbers the bytes, so that the receiver can put them in order and drop doubles; "
                   "what is not acknowledged is sent again; the receiver's window keeps a fast sender from flooding "
                   "it, and congestion control keeps all senders together from flooding the network.\n\n"
                   "It exists in the two ends alone. It keeps no message borders, does not encrypt, and does not "
                   "promise when something arrives. It is from 1981 (RFC 793); RFC 9293 of 2022 is its text today."),
        .references = REFERENCES(RFC(9293, ""), RFC(1122, "4.2")),
        .related =
            TEXTS("three-way handshake", "sequence number", "flow control", "congestion control", "half-close", "UDP"),
        .trials =
            TRIALS({ "zocalo connect --explain :50007", N_("a whole connection ('zocalo serve echo' listens there)") },
                   { "zocalo rfc 9293", "" }),
    },
    {
        .name = N_("TCP options"),
        .aliases = TEXTS("opciones de TCP", "tcp option", "opcion de tcp", "opciones tcp"),
        .text = N_("What TCP's header can carry beyond its fixed 20 bytes: up to 40 more, each option with a number "
                   "and mostly a length. The ones in use: MSS, the largest segment that is welcome; window scale; "
                   "SACK permitted, and SACK blocks; timestamps.\n\n"
                   "Most are agreed on in the SYNs: an option counts when both sides sent it. A machine that does "
                   "not know one skips it by its length, so the protocol could grow for forty years. Some firewalls "
                   "strip them, which makes connections slow and is hard to find."),
        .references = REFERENCES(RFC(9293, "3.2"), RFC(7323, ""), RFC(2018, "")),
        .related = TEXTS("MSS", "window scaling", "SACK", "timestamps option", "three-way handshake"),
        .trials = TRIALS({ "zocalo connect --explain=more 127.0.0.1:50007",
                           N_("the options that both sides agreed on ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("three-way handshake"),
        .aliases = TEXTS("apreton de manos de tres vias", "handshake", "3-way handshake", "apreton de manos",
                         "establecimiento de conexion"),
        .text = N_("How a TCP connection begins. The client sends SYN with the number where its bytes will start. "
                   "The server answers SYN-ACK: it confirms that number and sends its own. The client confirms with "
                   "ACK, and both know that the other hears them.\n\n"
                   "Three are needed because both directions must be confirmed, and so that an old packet that turns "
                   "up late is not taken for a new connection. The client waits for one round trip, which is the "
                   "time that --explain shows as the handshake. MSS, window scaling, SACK and timestamps are agreed "
                   "on in the first two."),
        .references = REFERENCES(RFC(9293, "3.5")),
        .related = TEXTS("SYN", "ACK", "sequence number", "connect", "round-trip time"),
        .trials = TRIALS(
            { "zocalo connect --explain 127.0.0.1:50007", N_("the time it took ('zocalo serve echo' listens there)") },
            { "zocalo anatomy 127.0.0.1:50007", N_("the three segments") }),
    },
    {
        .name = N_("TIME_WAIT"),
        .aliases = TEXTS("2MSL", "MSL", "estado time_wait", "espera tras el cierre"),
        .text = N_("The state in which the side that closed first stays for a while after the end: twice the longest "
                   "life of a segment, by the standard; 60 seconds on Linux. The kernel keeps it, no program is "
                   "needed.\n\n"
                   "It has two purposes: if the last ACK was lost, the peer's FIN comes again and must be answered; "
                   "and late segments of this connection must not turn up in a new one between the same ports. It is "
                   "no fault and costs little, but each one keeps its pair of ports taken: a client that makes "
                   "thousands of connections a second to one server runs out of ports."),
        .references = REFERENCES(RFC(9293, "3.6"), RFC(1337, "")),
        .related = TEXTS("connection states", "FIN", "SO_REUSEADDR", "ephemeral port"),
        .trials = TRIALS({ "echo hola | zocalo connect --explain 127.0.0.1:50007",
                           N_("which side is left in it, and for how long ('zocalo serve echo' listens there)") }),
    },
};

const struct field field_connection = FIELD(N_("TCP: the connection"), terms);
