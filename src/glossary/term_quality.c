/* Terms: streams, datagrams, and how well they travel. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("bandwidth"),
        .aliases = TEXTS("ancho de banda", "capacity", "capacidad", "bitrate", "link speed", "velocidad de enlace"),
        .text = N_("How many bits a second a link can carry: its capacity. The narrowest link on a path is the bound "
                   "for the whole path, and it is shared with everybody else who uses it.\n\n"
                   "It is counted in bits and in powers of ten: 100 Mbit/s are 12.5 million bytes a second, less "
                   "what headers take. The word comes from radio, where it means a range of frequencies. How much of "
                   "it a conversation really gets is its throughput."),
        .references = REFERENCES(RFC(5136, "")),
        .related = TEXTS("throughput", "latency", "bandwidth-delay product", "bufferbloat"),
        .trials = TRIALS({ "zocalo relay --rate 100K listen::9000 127.0.0.1:10019",
                           N_("in one terminal: a narrow link to 'zocalo serve chargen'") },
                         { "zocalo connect --progress 127.0.0.1:9000 > /dev/null", N_("in another") }),
    },
    {
        .name = N_("bandwidth-delay product"),
        .aliases = TEXTS("producto ancho de banda-retardo", "BDP", "long fat network", "LFN"),
        .text = N_("Bandwidth times round trip: how many bytes are on their way when a path is full. 100 Mbit/s with "
                   "80 ms make 1 million bytes.\n\n"
                   "A sender must be allowed to have that much unacknowledged; with a smaller window it fills the "
                   "path for a moment and then waits for the rest of the round trip. Window divided by round trip is "
                   "the most that a connection can do: 64 KiB over 80 ms are 6.5 Mbit/s, whatever the line. That is "
                   "why distant downloads were slow before window scaling."),
        .references = REFERENCES(RFC(7323, "1.1"), RFC(6349, "")),
        .related = TEXTS("bandwidth", "round-trip time", "receive window", "window scaling", "throughput"),
        .trials = TRIALS({ "zocalo relay --delay 40ms listen::9000 127.0.0.1:10009",
                           N_("in one terminal: 80 ms both ways, to 'zocalo serve discard'") },
                         { "head -c 10000000 /dev/zero | zocalo connect --stats 127.0.0.1:9000", N_("in another") }),
    },
    {
        .name = N_("bufferbloat"),
        .aliases = TEXTS("bloated buffers", "exceso de bufer", "colas largas"),
        .text = N_("Queues in routers and modems that are much too long. A queue smooths out bursts; but a sender "
                   "that takes only loss for a warning fills any queue to its end, and all who share it then wait in "
                   "it. One large upload, and a telephone call over the same line is delayed by a second.\n\n"
                   "The line works, the measured bandwidth is right, and everything feels slow. Remedies are queues "
                   "that drop early or serve flows in turn (CoDel, FQ-CoDel), and congestion control that watches "
                   "delay (BBR). Jim Gettys named it in 2010."),
        .references = REFERENCES(RFC(7567, ""), RFC(8290, "")),
        .related = TEXTS("latency", "congestion control", "packet loss", "jitter"),
        .trials = TRIALS({ "zocalo rfc 8290", "" }),
    },
    {
        .name = N_("datagram boundary"),
        .aliases = TEXTS("limite de datagrama", "message boundary", "limite de mensaje", "limites de datagrama",
                         "frontera de mensaje"),
        .text = N_("One send is one datagram and one receive: two messages never run together, and half of one is "
                   "never delivered. In a stream it is the other way round.\n\n"
                   "A receive with too small a buffer loses the rest of that datagram. A datagram of no bytes is a "
                   "message, not an end, since there is no connection that could end. What passes a datagram on "
                   "through a stream has to write its length before it; DNS over TCP does so."),
        .references = REFERENCES(RFC(768, ""), DOCUMENT("recv(2)")),
        .related = TEXTS("datagram", "stream", "UDP", "line protocol"),
        .trials = TRIALS({ "printf 'unodos' | zocalo connect --hex --chunk=3 udp://127.0.0.1:50007",
                           N_("two datagrams each way ('zocalo serve echo' listens there)") },
                         { "printf 'unodos' | zocalo connect --hex --chunk=3 127.0.0.1:50007",
                           N_("the same over TCP: the borders may be lost") }),
    },
    {
        .name = N_("head-of-line blocking"),
        .aliases = TEXTS("bloqueo de cabeza de linea", "hol blocking", "HOL", "bloqueo de cabecera"),
        .text = N_("What comes first and is not ready holds up all that is behind it. On a TCP connection one lost "
                   "segment makes everything after it wait, although it is there already; when many requests share "
                   "the connection, as in HTTP/2, all of them stand still.\n\n"
                   "In HTTP/1.1 a slow answer blocks the ones behind it on the same connection, hence browsers "
                   "opened several. QUIC, below HTTP/3, keeps its streams apart over UDP, so that a loss stops only "
                   "its own. It happens in any queue, in a program as in a router."),
        .references = REFERENCES(RFC(9000, "2"), RFC(9114, "")),
        .related = TEXTS("multiplexing", "out of order", "packet loss", "stream"),
        .trials = TRIALS({ "zocalo relay --stall 2s --stall-after 1K listen::9000 127.0.0.1:50007",
                           N_("in one terminal: stands still once ('zocalo serve echo' is the target)") },
                         { "seq 1000 | zocalo connect 127.0.0.1:9000", N_("in another: all that is behind waits") }),
    },
    {
        .name = N_("jitter"),
        .aliases = TEXTS("variacion del retardo", "packet delay variation", "fluctuacion"),
        .text = N_("How much the delay varies from packet to packet. Queues that fill and empty make it, radio "
                   "links, and processors that are busy with something else.\n\n"
                   "Voice and video have to be played at an even pace: the receiver keeps a small store to smooth "
                   "the delay out, and what comes later than that is lost to it. TCP's timer takes it into account: "
                   "with much jitter it waits longer before it repeats. A mean hides it: look at the worst cases too."),
        .references = REFERENCES(RFC(3393, ""), RFC(5481, "")),
        .related = TEXTS("latency", "out of order", "RTO", "Wi-Fi"),
        .trials = TRIALS(
            { "zocalo relay --delay 20ms --jitter 80ms listen::9000 127.0.0.1:50007",
              N_("in one terminal ('zocalo serve echo' is the target)") },
            { "zocalo connect --explain 127.0.0.1:9000", N_("in another: type some lines and compare the times") }),
    },
    {
        .name = N_("latency"),
        .aliases = TEXTS("latencia", "delay", "retardo", "demora", "lag"),
        .text = N_("How long something takes from one end to the other. It adds up from the distance (5 microseconds "
                   "a kilometre in fibre), the time to put the bits on the line, the time in queues, and the time "
                   "that programs and kernels take.\n\n"
                   "It is not the opposite of bandwidth: a lorry full of disks has a great deal of both. More "
                   "bandwidth shortens queues, never the distance. What a user feels as slow is mostly latency times "
                   "the number of round trips that a program makes one after the other."),
        .references = REFERENCES(RFC(2681, ""), RFC(7679, "")),
        .related = TEXTS("round-trip time", "jitter", "bandwidth", "bufferbloat", "Nagle's algorithm"),
        .trials = TRIALS({ "zocalo relay --delay 100ms listen::9000 127.0.0.1:50007",
                           N_("in one terminal ('zocalo serve echo' is the target)") },
                         { "zocalo connect --explain 127.0.0.1:9000", N_("in another: each answer takes 200 ms") }),
    },
    {
        .name = N_("multiplexing"),
        .aliases =
            TEXTS("multiplexacion", "multiplex", "demultiplexing", "multiplexado", "demultiplexacion", "multiplexar"),
        .text = N_("Several conversations over one way. IP carries TCP, UDP and others, told apart by a number; TCP "
                   "and UDP carry many programs' conversations, told apart by ports; HTTP/2 carries many requests "
                   "over one connection, told apart by a stream number.\n\n"
                   "Taking them apart again is demultiplexing. It saves handshakes and lets one connection learn the "
                   "network's speed once for all. In exchange they share one fate: when the way is blocked, all of "
                   "them wait."),
        .references = REFERENCES(RFC(9293, "2.2"), RFC(9113, "5")),
        .related = TEXTS("port", "head-of-line blocking", "event loop", "HTTP"),
        .trials = TRIALS({ "zocalo listen --broker 127.0.0.1:7373",
                           N_("one program, many conversations: connect from several terminals") }),
    },
    {
        .name = N_("packet loss"),
        .aliases = TEXTS("perdida de paquetes", "loss", "perdida", "lost packets", "paquetes perdidos", "drop",
                         "dropped packets"),
        .text = N_("Packets that do not arrive. Mostly a queue on the way was full; sometimes a radio link failed, a "
                   "checksum did not match, or a firewall dropped them on purpose. IP tells nobody.\n\n"
                   "TCP repeats what was lost and slows down; one in a hundred already costs a distant transfer much "
                   "of its speed. UDP's programs see the gaps. Losing nothing at all is not the aim: a little loss "
                   "is how senders learn that a network is full."),
        .references = REFERENCES(RFC(7680, ""), RFC(5681, "")),
        .related = TEXTS("retransmission", "congestion control", "UDP", "checksum", "bufferbloat"),
        .trials = TRIALS(
            { "zocalo relay --drop 30 --seed=7 listen:udp://:9000 udp://127.0.0.1:50007",
              N_("in one terminal: loses three in ten, each way ('zocalo serve echo' is the target)") },
            { "seq 9 | zocalo connect --chunk=2 udp://127.0.0.1:9000", N_("in another: some numbers are missing") }),
    },
    {
        .name = N_("stream"),
        .aliases = TEXTS("flujo", "byte stream", "tcp stream", "flujo de bytes", "framing", "entramado"),
        .text = N_("Bytes in order, without borders: what TCP, a pipe and a serial line carry. Three writes can "
                   "arrive as one read, and one write as three; how they fall depends on timing, on buffers, and on "
                   "the network.\n\n"
                   "A program that takes each read for one message works on the author's machine and breaks on a "
                   "slow line. So a protocol over a stream says where a message ends: by a line end (SMTP), by a "
                   "length (HTTP bodies, WebSocket), or by the end of the stream."),
        .references = REFERENCES(RFC(9293, "2.2")),
        .related = TEXTS("TCP", "datagram boundary", "line protocol", "segment"),
        .trials = TRIALS({ "printf 'hola mundo' | zocalo connect --hex --chunk=3 --pause=200ms 127.0.0.1:50007",
                           N_("one text in four pieces ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("throughput"),
        .aliases = TEXTS("rendimiento", "goodput", "caudal", "tasa de transferencia", "transfer rate",
                         "velocidad de transferencia"),
        .text = N_("How much really gets through in a time. It is at most the bandwidth of the narrowest link, and "
                   "often less: because others share it, because TCP is still feeling its way, because of losses, "
                   "because a window is too small for the distance, or because a program at one end is slow.\n\n"
                   "Which of these it is can be told: the kernel knows for how long a sender was held back by its "
                   "program, by the receiver's window, or by the network. Goodput counts only the bytes that are of "
                   "use, without headers and repetitions."),
        .references = REFERENCES(RFC(6349, ""), RFC(2544, "")),
        .related = TEXTS("bandwidth", "bandwidth-delay product", "congestion window", "flow control"),
        .trials = TRIALS({ "head -c 100000000 /dev/zero | zocalo connect --stats 127.0.0.1:10009",
                           N_("with 'zocalo serve discard': bytes, time and the kernel's figures") }),
    },
    {
        .name = N_("UDP"),
        .aliases = TEXTS("user datagram protocol", "protocolo de datagramas de usuario"),
        .text = N_("The User Datagram Protocol: IP with ports and a checksum, eight bytes of header, and nothing "
                   "else. No handshake, no order, no repetition, no window. Its specification of 1980 has three "
                   "pages.\n\n"
                   "A program gets what IP gives: datagrams that arrive whole, or twice, or not at all. It suits "
                   "single questions (DNS, NTP), what is worthless when late (voice, games), many receivers at once, "
                   "and new protocols that do their own reliability, as QUIC does. A sender of large amounts must "
                   "slow down by himself when the network is full."),
        .references = REFERENCES(RFC(768, ""), RFC(8085, "")),
        .related = TEXTS("datagram", "datagram boundary", "TCP", "ICMP", "DNS"),
        .trials = TRIALS({ "echo hola | zocalo connect --explain udp://127.0.0.1:50007",
                           N_("one datagram each way ('zocalo serve echo' listens there)") }),
    },
};

const struct field field_quality = FIELD(N_("streams, datagrams, and how well they travel"), terms);
