/* Terms: TCP: the flow of data. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("congestion control"),
        .aliases = TEXTS("control de congestion", "congestion", "congestion avoidance", "congestion collapse", "CUBIC",
                         "BBR", "Reno", "colapso de congestion"),
        .text = N_("How TCP senders share a network without anybody in the middle telling them their part. Each "
                   "raises its rate little by little and takes loss, or growing delay, for a sign that a queue on "
                   "the way is full; then it slows down, at once and by much.\n\n"
                   "In 1986 the Internet collapsed several times, because everybody repeated what the full network "
                   "lost; Van Jacobson's algorithms (1988) ended that. Linux uses CUBIC by default. Who sends large "
                   "amounts over UDP must do something of the kind himself."),
        .references = REFERENCES(RFC(5681, ""), RFC(9438, ""), RFC(2914, "")),
        .related = TEXTS("congestion window", "slow start", "flow control", "packet loss", "bufferbloat"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("the kernel's figures at the end (it needs the Internet)") }),
    },
    {
        .name = N_("congestion window"),
        .aliases = TEXTS("ventana de congestion", "cwnd"),
        .text = N_("How much a TCP sender allows itself to have under way, so as not to overfill the network. It is "
                   "the sender's own estimate, and never travels in a segment; the receiver's window is the other "
                   "bound, and the smaller of the two counts.\n\n"
                   "Linux begins with ten segments, about 14 kilobytes: what fits into them is there after one round "
                   "trip, which is why small pages are fast. It grows with each acknowledgement, and shrinks when "
                   "something was lost."),
        .references = REFERENCES(RFC(5681, "2"), RFC(6928, "")),
        .related = TEXTS("congestion control", "slow start", "receive window", "bandwidth-delay product"),
        .trials = TRIALS({ "zocalo connect --explain=more 127.0.0.1:50007",
                           N_("the last line of the summary ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("delayed acknowledgement"),
        .aliases = TEXTS("acuse retardado", "delayed ack", "delayed acknowledgment", "ack retardado",
                         "reconocimiento retardado", "quickack"),
        .text = N_("A receiver need not acknowledge at once: it may wait a little, because the answer of its program "
                   "can carry the ACK along and save a packet. The standard allows less than half a second, and asks "
                   "for an ACK at least for every second full segment; Linux waits 40 ms or more, and hardly at all "
                   "at the start of a connection.\n\n"
                   "A delay of just 40 ms in a protocol of small messages is its mark: the sender, held back by "
                   "Nagle's algorithm, waits for an acknowledgement that is being delayed."),
        .references = REFERENCES(RFC(9293, "3.8.6.3"), RFC(5681, "4.2")),
        .related = TEXTS("ACK", "Nagle's algorithm", "latency"),
        .trials =
            TRIALS({ "zocalo explain \"Nagle's algorithm\"", "" },
                   { "printf 'aabbcc' | zocalo connect --hex --chunk=2 127.0.0.1:50007",
                     N_("three small writes, and when the echo came: 40 ms would be the mark ('zocalo serve echo' "
                        "listens there)") }),
    },
    {
        .name = N_("duplicate ACK"),
        .aliases = TEXTS("ACK duplicado", "dup ack", "fast retransmit", "retransmision rapida", "acuse duplicado"),
        .text = N_("An acknowledgement that repeats the number of the one before. The receiver sends it when a "
                   "segment came that is not the next one: I am still waiting for that byte, but something arrived "
                   "behind it.\n\n"
                   "One or two may only mean that packets overtook each other. After the third the sender takes the "
                   "segment for lost and sends it again at once (fast retransmit), without waiting for the RTO. A "
                   "transfer with too little behind the gap to cause three has to wait for the clock."),
        .references = REFERENCES(RFC(5681, "3.2")),
        .related = TEXTS("ACK", "retransmission", "out of order", "SACK"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("retransmissions, if there are any, at the end (it needs the Internet)") }),
    },
    {
        .name = N_("flow control"),
        .aliases = TEXTS("control de flujo", "backpressure", "contrapresion"),
        .text = N_("How a receiver keeps a sender from sending more than it can take. TCP's receiver tells in every "
                   "segment how many bytes it has room for, the window; the sender may not have more than that under "
                   "way. When the program does not read, the window shrinks to zero, and the sender stops.\n\n"
                   "Then the sending program's buffer fills, and its write waits: slowness travels back to where the "
                   "data come from. The protection is of the receiver; what protects the network is congestion "
                   "control. UDP has neither."),
        .references = REFERENCES(RFC(9293, "3.8.6")),
        .related = TEXTS("receive window", "congestion control", "blocking"),
        .trials = TRIALS({ "zocalo connect --stats 127.0.0.1:10019 | (sleep 5; wc -c)",
                           N_("with 'zocalo serve chargen': for five seconds nobody reads (Ctrl-C ends it)") }),
    },
    {
        .name = N_("keepalive"),
        .aliases = TEXTS("keep-alive tcp", "tcp keepalive", "SO_KEEPALIVE", "sondeo keepalive", "mantener viva"),
        .text = N_("A probe that TCP sends on an idle connection, if the program asked for it: an empty segment that "
                   "the peer must answer. An answer proves that it is still there; RST, that it has forgotten the "
                   "connection; silence, after several probes, ends it with ETIMEDOUT.\n\n"
                   "Linux begins after two hours by default, which is too late for most purposes, so programs set "
                   "their own times. It also keeps entries of NAT and firewalls alive. It does not say whether the "
                   "program at the other end still works: only a question in the protocol itself does."),
        .references = REFERENCES(RFC(9293, "3.8.4"), DOCUMENT("tcp(7)")),
        .related = TEXTS("half-open connection", "NAT", "persistent connection", "RTO"),
        .trials = TRIALS({ "zocalo connect -v 127.0.0.1:50007,keepalive",
                           N_("the probes are switched on; 'ss -to' shows when the next one is due ('zocalo serve "
                              "echo' listens there)") }),
    },
    {
        .name = N_("MSS"),
        .aliases = TEXTS("maximum segment size", "tamano maximo de segmento"),
        .text = N_("The largest piece of data that one side is willing to take in one segment, told in its SYN: the "
                   "MTU of its interface less the headers of IP and TCP, 1460 bytes on Ethernet with IPv4, 1440 with "
                   "IPv6.\n\n"
                   "Each side keeps to what the other told, and sends less where the path allows less; options such "
                   "as timestamps (12 bytes) are taken from it too. Without the option, 536 is assumed for IPv4. "
                   "Routers before a tunnel often lower the number in passing SYNs, so that segments fit."),
        .references = REFERENCES(RFC(9293, "3.7.1")),
        .related = TEXTS("MTU", "segment", "TCP options", "path MTU discovery"),
        .trials =
            TRIALS({ "zocalo connect --explain example.org 80",
                     N_("the MTU of the path and the segment size that follows from it (it needs the Internet)") }),
    },
    {
        .name = N_("Nagle's algorithm"),
        .aliases = TEXTS("algoritmo de Nagle", "nagle", "nagle algorithm"),
        .text = N_("A rule for TCP's sender: while something sent is not acknowledged yet, a small piece waits and "
                   "is joined with the next ones, until an acknowledgement comes or a full segment is together. It "
                   "kept programs that write byte by byte from filling the network with packets of one byte and "
                   "forty of headers. John Nagle described it in 1984.\n\n"
                   "It does harm together with delayed acknowledgements: of a request that a program writes in two "
                   "small pieces, the second waits for the acknowledgement of the first, which the receiver holds "
                   "back. Write the whole "
                   "request at once, or switch the rule off with TCP_NODELAY."),
        .references = REFERENCES(RFC(896, ""), RFC(9293, "3.7.4"), RFC(1122, "4.2.3.4")),
        .related = TEXTS("TCP_NODELAY", "delayed acknowledgement", "segment", "latency"),
        .trials = TRIALS({ "printf 'aabbcc' | zocalo connect --hex --chunk=2 127.0.0.1:50007",
                           N_("three small writes; on loopback acknowledgements come so soon that hardly any of them "
                              "waits ('zocalo serve echo' listens there)") },
                         { "printf 'aabbcc' | zocalo connect --hex --chunk=2 127.0.0.1:50007,nodelay",
                           N_("the same without the rule") }),
    },
    {
        .name = N_("out of order"),
        .aliases = TEXTS("fuera de orden", "reordering", "desorden", "reordenamiento"),
        .text = N_("Packets can overtake each other: they take different ways, or wait in different queues. TCP's "
                   "receiver keeps what came early and gives it to the program when the gap is filled; the program "
                   "never sees it, except as a pause.\n\n"
                   "With UDP it does see it: datagrams come as they come, and a protocol that cares numbers them "
                   "itself. Reordering makes TCP's sender suspect loss, so much of it costs speed."),
        .references = REFERENCES(RFC(9293, "3.10.7.4"), RFC(4737, "")),
        .related = TEXTS("sequence number", "head-of-line blocking", "duplicate ACK", "jitter"),
        .trials = TRIALS({ "zocalo relay --jitter 50ms --seed=7 listen:udp://:9000 udp://127.0.0.1:50007",
                           N_("in one terminal: datagrams overtake ('zocalo serve echo' is the target)") },
                         { "seq 9 | zocalo connect --chunk=2 udp://127.0.0.1:9000", N_("in another") }),
    },
    {
        .name = N_("receive window"),
        .aliases = TEXTS("ventana de recepcion", "window", "ventana", "tcp window", "ventana tcp", "zero window",
                         "ventana cero", "rwnd"),
        .text = N_("How many bytes a TCP receiver is ready to take beyond the last acknowledged one. It stands in "
                   "every segment and moves as the program reads. Sixteen bits allow 65535; window scaling makes it "
                   "larger.\n\n"
                   "At zero the sender waits, and probes from time to time whether it has opened again, because the "
                   "message that says so could be lost. A window that stays small slows a long path; one that is "
                   "often zero says that the receiving program is the slow part, not the network."),
        .references = REFERENCES(RFC(9293, "3.8.6")),
        .related = TEXTS("flow control", "window scaling", "congestion window", "bandwidth-delay product"),
        .trials = TRIALS(
            { "zocalo nc -I 4096 -v 127.0.0.1 10019", N_("with 'zocalo serve chargen': a small receive buffer, and so "
                                                         "a small window, as 'ss -ti' shows (Ctrl-C ends it)") }),
    },
    {
        .name = N_("retransmission"),
        .aliases = TEXTS("retransmision", "retransmit", "retransmissions", "reenvio", "retransmisiones"),
        .text = N_("Sending a segment again because no acknowledgement came. There are two ways to find out: time "
                   "has passed (the RTO), or the receiver repeats the same ACK because something later arrived "
                   "(three of them start a fast retransmit, which does not wait for the clock).\n\n"
                   "A few are normal where networks are shared. Many mean loss on the way: a bad radio link, a full "
                   "queue, a faulty cable. The program sees none of it but the delay: often some 200 ms for one, "
                   "seconds for several in a row."),
        .references = REFERENCES(RFC(9293, "3.8.1"), RFC(6298, ""), RFC(5681, "3.2")),
        .related = TEXTS("RTO", "ACK", "duplicate ACK", "packet loss", "SACK"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("the summary at the end has the kernel's count (it needs the Internet)") }),
    },
    {
        .name = N_("round-trip time"),
        .aliases = TEXTS("tiempo de ida y vuelta", "RTT", "round trip", "ida y vuelta", "ping time"),
        .text = N_("The time from sending something until the answer to it is there. The kernel measures it for "
                   "every TCP connection, between a segment and its acknowledgement. Loopback: some hundredths of a "
                   "millisecond. A LAN: under one. The same country: ten or twenty. Across an ocean: a hundred and "
                   "more.\n\n"
                   "It bounds what a conversation can do: a protocol that asks and waits gets one answer per round "
                   "trip, however fast the line. TCP's handshake takes one, TLS 1.3 another; hence connections are "
                   "kept and reused."),
        .references = REFERENCES(RFC(6298, ""), RFC(7323, "4")),
        .related = TEXTS("latency", "RTO", "three-way handshake", "bandwidth-delay product"),
        .trials = TRIALS({ "zocalo connect --explain :50007",
                           N_("the handshake's round trip, and the kernel's mean at the end ('zocalo serve echo' "
                              "listens there)") }),
    },
    {
        .name = N_("RTO"),
        .aliases = TEXTS("retransmission timeout", "tiempo de espera de retransmision", "timeout de retransmision"),
        .text = N_("How long TCP waits for an acknowledgement before it sends again. It is computed from the round "
                   "trips that were measured: their smoothed mean plus four times their variation, so that a path "
                   "with steady delays gets a short one. The standard wants at least one second; Linux takes at "
                   "least 200 ms.\n\n"
                   "Before anything was measured, it is one second: so a lost SYN costs a second. Each repetition "
                   "doubles it, but for the first few of a SYN since Linux 6.5. Linux gives up a connection after 15 "
                   "of them by default (tcp_retries2), some fifteen "
                   "minutes."),
        .references = REFERENCES(RFC(6298, ""), RFC(9293, "3.8.1")),
        .related = TEXTS("retransmission", "round-trip time", "packet loss"),
        .trials = TRIALS({ "zocalo connect --explain --timeout 10s 192.0.2.1:80",
                           N_("a SYN that is repeated several times, unless something answers") }),
    },
    {
        .name = N_("SACK"),
        .aliases = TEXTS("selective acknowledgement", "selective acknowledgment", "acuse selectivo",
                         "reconocimiento selectivo"),
        .text = N_("Selective acknowledgement: an option by which a receiver tells which pieces it has beyond a gap. "
                   "A plain ACK only says up to where everything is there; with SACK the sender knows what is "
                   "missing, and repeats that alone.\n\n"
                   "Without it a sender learns of one lost segment per round trip, and a connection that loses "
                   "several at once crawls. Both sides say in their SYN that they know it; today nearly all do."),
        .references = REFERENCES(RFC(2018, ""), RFC(2883, ""), RFC(6675, "")),
        .related = TEXTS("ACK", "duplicate ACK", "retransmission", "TCP options", "out of order"),
        .trials = TRIALS({ "zocalo connect --explain=more 127.0.0.1:50007",
                           N_("whether both sides agreed on it ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("slow start"),
        .aliases = TEXTS("arranque lento", "inicio lento"),
        .text = N_("How TCP feels its way into an unknown network: the congestion window begins small and grows by "
                   "one segment for each that is acknowledged, so that it doubles with every round trip. It is slow "
                   "only at its start. It goes on until something is lost, or until a threshold that an earlier loss "
                   "left behind; from there it grows by one segment a round trip.\n\n"
                   "A short transfer ends before the line is full. A connection that is kept and used again need not "
                   "begin anew, which is one reason to keep it."),
        .references = REFERENCES(RFC(5681, "3.1"), RFC(6928, "")),
        .related = TEXTS("congestion window", "congestion control", "round-trip time", "persistent connection"),
        .trials =
            TRIALS({ "zocalo rfc 5681", "" },
                   { "head -c 10000000 /dev/zero | zocalo connect --explain=more 127.0.0.1:10009 2>&1 | tail -n 1",
                     N_("with 'zocalo serve discard': the window at the end") }),
    },
    {
        .name = N_("TCP_NODELAY"),
        .aliases = TEXTS("nodelay"),
        .text = N_("The option of a socket that switches Nagle's algorithm off: what is written is sent at once, "
                   "however small. Programs whose small messages must not wait set it: terminals, games, request and "
                   "answer over a kept connection.\n\n"
                   "It does not make the network faster, and with many small writes it makes more packets. It is no "
                   "cure for writing a message in pieces: that costs a system call and a packet for each. The "
                   "opposite is TCP_CORK of Linux: hold everything back until I say so."),
        .references = REFERENCES(DOCUMENT("tcp(7)"), RFC(9293, "3.7.4")),
        .related = TEXTS("Nagle's algorithm", "delayed acknowledgement", "latency"),
        .trials = TRIALS({ "zocalo connect --stats 127.0.0.1:50007,nodelay",
                           N_("with the option ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("timestamps option"),
        .aliases = TEXTS("marcas de tiempo", "tcp timestamps", "timestamp", "PAWS", "marca de tiempo"),
        .text = N_("An option of TCP: each segment carries a number from the sender's clock, and the answer gives it "
                   "back. The sender thereby measures the round trip of any segment, a repeated one too.\n\n"
                   "It also protects against sequence numbers that have started over: of two segments with the same "
                   "number, the one with the older timestamp is an old one (PAWS). It costs 12 bytes in every "
                   "segment, and has nothing to do with the time of day."),
        .references = REFERENCES(RFC(7323, "3")),
        .related = TEXTS("TCP options", "round-trip time", "sequence number"),
        .trials =
            TRIALS({ "zocalo anatomy 127.0.0.1:50007", N_("among the options ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("window scaling"),
        .aliases = TEXTS("escala de ventana", "window scale", "wscale", "escalado de ventana"),
        .text = N_("An option of TCP that multiplies the window by a power of two, agreed on in the SYNs: with a "
                   "shift of 7, a window of 512 means 65,536 bytes. The largest shift is 14, which makes a window of "
                   "one gigabyte.\n\n"
                   "Without it a sender may have 65,535 bytes under way, which at a round trip of 100 ms is five "
                   "megabits a second, on a line of any speed. Both sides must send the option, so that an old peer, "
                   "or a firewall that strips it, takes it away for the whole connection."),
        .references = REFERENCES(RFC(7323, "2")),
        .related = TEXTS("receive window", "TCP options", "bandwidth-delay product"),
        .trials = TRIALS({ "zocalo connect --explain=more 127.0.0.1:50007",
                           N_("the scale of each side ('zocalo serve echo' listens there)") }),
    },
};

const struct field field_flow = FIELD(N_("TCP: the flow of data"), terms);
