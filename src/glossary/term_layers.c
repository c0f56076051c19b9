/* Terms: layers and links. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("application layer"),
        .aliases = TEXTS("capa de aplicacion", "layer 7", "capa 7"),
        .text = N_("The layer that people mean something with: layer 7 of OSI, the topmost of TCP/IP's four. Its "
                   "protocols are the ones that programs speak to each other: HTTP for pages, SMTP for mail, DNS for "
                   "names, SSH, IRC and thousands more.\n\n"
                   "Everything below it is done by the system when a program uses a socket; this layer is what the "
                   "program itself writes and reads. Who wants to invent a protocol does it here, with a stream of "
                   "bytes or with datagrams."),
        .references = REFERENCES(RFC(1123, ""), DOCUMENT("ISO/IEC 7498-1")),
        .related = TEXTS("protocol", "HTTP", "SMTP", "transport layer"),
        .trials = TRIALS({ "zocalo telnet example.org 80",
                           N_("speak it by hand: GET / HTTP/1.0 and an empty line (it needs the Internet)") }),
    },
    {
        .name = N_("datagram"),
        .aliases = TEXTS("datagrama", "datagrams", "udp datagram"),
        .text = N_("A message that is sent by itself and arrives whole or not at all: no connection before it, no "
                   "order among several, no answer by itself. UDP's datagrams add eight bytes of header to an IP "
                   "packet: two ports, a length, a checksum.\n\n"
                   "It suits questions with one short answer (DNS), and what is worthless when it comes late (voice, "
                   "games). A datagram may have no content at all and is still one that arrived."),
        .references = REFERENCES(RFC(768, ""), RFC(1594, "")),
        .related = TEXTS("UDP", "datagram boundary", "packet", "stream"),
        .trials =
            TRIALS({ "zocalo listen udp://127.0.0.1:9000", N_("in one terminal") },
                   { "zocalo connect --explain udp://127.0.0.1:9000", N_("in another: each line is a datagram") }),
    },
    {
        .name = N_("data link layer"),
        .aliases = TEXTS("capa de enlace de datos", "layer 2", "capa 2", "link layer of OSI"),
        .text = N_("Layer 2 of OSI: it carries a frame to a neighbour on the same link. It says where a frame begins "
                   "and ends, to whom it goes by link addresses (MAC addresses on Ethernet and Wi-Fi), whose turn it "
                   "is to send, and by a check sum whether the bits arrived as they were.\n\n"
                   "A switch works here: it learns which address is behind which of its sockets, and looks no "
                   "deeper. The layer ends where the link ends: a router takes the packet out of one frame and puts "
                   "it into another."),
        .references = REFERENCES(DOCUMENT("ISO/IEC 7498-1")),
        .related = TEXTS("OSI", "link layer", "frame", "MAC address", "Ethernet"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007", N_("the outermost header is this layer's") }),
    },
    {
        .name = N_("encapsulation"),
        .aliases = TEXTS("encapsulamiento", "encapsulacion", "encapsulation of headers"),
        .text = N_("Each layer takes what the layer above gives it, does not look inside, and puts a header of its "
                   "own in front. A line of HTTP goes into a TCP segment, the segment into an IP packet, the packet "
                   "into an Ethernet frame. On the other side each layer takes its own header off.\n\n"
                   "So layers do not depend on one another's details. The cost is bytes: a TCP segment over IPv4 and "
                   "Ethernet carries 20 + 20 bytes of headers without options, and a frame 18 more; for one letter "
                   "of a terminal that is much, for a file little."),
        .references = REFERENCES(RFC(1122, "1.1.3")),
        .related = TEXTS("frame", "packet", "segment", "OSI"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007",
                           N_("the headers, one inside the other ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("Ethernet"),
        .aliases = TEXTS("ethernet cable", "IEEE 802.3", "red ethernet"),
        .text = N_("The link that most cables of local networks carry. Robert Metcalfe and David Boggs built it at "
                   "Xerox PARC from 1973 on: one shared cable, on which each listened before it spoke, and tried "
                   "again after a random pause when two had begun at once (CSMA/CD). Digital, Intel and Xerox "
                   "published it in 1980, at 10 Mbit/s; IEEE 802.3 made it a standard in 1983.\n\n"
                   "Today each machine has a cable of its own to a switch, in both directions at once, and nothing "
                   "collides any more. Speeds went from 10 Mbit/s to hundreds of Gbit/s; the frame is still nearly "
                   "the same."),
        .references = REFERENCES(RFC(894, ""), DOCUMENT("IEEE 802.3")),
        .related = TEXTS("frame", "MAC address", "LAN", "Wi-Fi", "topology"),
        .trials = TRIALS({ "zocalo anatomy example.org:80",
                           N_("on a machine with a cable: the Ethernet header (it needs the Internet)") }),
    },
    {
        .name = N_("frame"),
        .aliases = TEXTS("trama", "frames", "tramas", "ethernet frame"),
        .text = N_("What a link carries: a packet with the link's own header before it and a check sum behind it. An "
                   "Ethernet frame has the MAC addresses of destination and source (6 bytes each), two bytes that "
                   "say what is inside (0x0800 for IPv4, 0x86DD for IPv6), up to 1500 bytes of content, and 4 bytes "
                   "of check sum.\n\n"
                   "A frame lives for one hop. A frame whose check sum is wrong is thrown away in silence; nobody is "
                   "told, and it is TCP that later notices that something is missing."),
        .references = REFERENCES(RFC(894, "")),
        .related = TEXTS("packet", "Ethernet", "MAC address", "encapsulation", "MTU"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007", N_("a picture of the frame with its headers") }),
    },
    {
        .name = N_("internet layer"),
        .aliases = TEXTS("capa de internet", "internetwork layer", "capa de interred"),
        .text = N_("The second of TCP/IP's four layers, and the only one that is the same everywhere: IP. It gives "
                   "every host an address and brings packets there across any number of networks, whatever links "
                   "they are made of. OSI calls it the network layer.\n\n"
                   "Everything above runs over IP, and IP runs over everything below: that narrow waist is what lets "
                   "new links and new applications come without changing one another. ICMP belongs to it too: that "
                   "is how it reports that something did not work."),
        .references = REFERENCES(RFC(1122, "3"), RFC(791, ""), RFC(8200, "")),
        .related = TEXTS("IP", "routing", "ICMP", "network layer", "TCP/IP"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007", N_("the IP header, field by field") }),
    },
    {
        .name = N_("link layer"),
        .aliases = TEXTS("capa de enlace", "network access layer", "capa de acceso a la red"),
        .text = N_("The lowest of TCP/IP's four layers: whatever carries an IP packet to the next machine. Ethernet, "
                   "Wi-Fi, a mobile network, a tunnel, the loopback of the machine itself. It covers OSI's layers 1 "
                   "and 2.\n\n"
                   "TCP/IP says little about it on purpose: only how packets are put into the frames of each kind of "
                   "link, and how the link address of a neighbour is found (ARP, neighbour discovery). Each hop of a "
                   "packet may use another link."),
        .references = REFERENCES(RFC(1122, "2")),
        .related = TEXTS("data link layer", "Ethernet", "ARP", "interface", "TCP/IP"),
        .trials = TRIALS({ "zocalo connect --explain 127.0.0.1:50007",
                           N_("here the link is loopback ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("MAC address"),
        .aliases = TEXTS("direccion MAC", "MAC", "hardware address", "link address", "ethernet address",
                         "direccion de enlace", "direccion fisica"),
        .text = N_("The address of an interface on its link: six bytes, written as 02:42:ac:11:00:02. The first "
                   "three usually say who made the device; when the bit 0x02 of the first byte is set, the address "
                   "was made up locally, as telephones and containers do.\n\n"
                   "It says nothing about where a machine is, so it is of use only among neighbours: a router puts "
                   "its own into the next frame, and the other end of a connection never sees yours. "
                   "ff:ff:ff:ff:ff:ff means everybody on the link."),
        .references = REFERENCES(RFC(9542, "")),
        .related = TEXTS("ARP", "neighbour discovery", "Ethernet", "frame"),
        .trials =
            TRIALS({ "zocalo anatomy 127.0.0.1:50007",
                     N_("on loopback both are zeros: the frame never leaves ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("network layer"),
        .aliases = TEXTS("capa de red", "layer 3", "capa 3"),
        .text = N_("Layer 3 of OSI: it carries a packet across many networks, from a host to any other. For that it "
                   "has addresses whose front says where the network is, and routers, which look at the address and "
                   "pass the packet on, one hop at a time.\n\n"
                   "In TCP/IP this is the internet layer, and its protocol is IP. It promises nothing: packets may "
                   "be lost, doubled, or overtake each other. Who needs more gets it from the layer above."),
        .references = REFERENCES(DOCUMENT("ISO/IEC 7498-1"), RFC(791, "")),
        .related = TEXTS("OSI", "internet layer", "IP", "routing"),
        .trials = TRIALS({ "zocalo explain 'internet layer'", "" },
                         { "zocalo connect --explain :50007",
                           N_("the lines of the internet layer: addresses, and which was tried first") }),
    },
    {
        .name = N_("OSI"),
        .aliases = TEXTS("modelo OSI", "OSI model", "Open Systems Interconnection", "seven layers", "siete capas",
                         "SNA", "DECnet", "ISO", "modelo de referencia"),
        .text = N_("A model of networks in seven layers: physical, data link, network, transport, session, "
                   "presentation, application. Each uses the one below and serves the one above. ISO published it in "
                   "1984. In the 1970s each maker had its own layers, IBM's SNA (1974) and Digital's DECnet (1975) "
                   "above all, and machines of different makers could not talk.\n\n"
                   "OSI's own protocols lost to TCP/IP, which worked already and cost nothing. What stayed are words "
                   "(layer 2, layer 3, layer 7) and parts: the certificates of TLS are X.509, LDAP comes from X.500, "
                   "and IS-IS routes in large networks. TCP/IP has nothing of its own for layers 5 and 6: programs "
                   "do that work."),
        .references = REFERENCES(RFC(1122, "1.1.3"), DOCUMENT("ISO/IEC 7498-1")),
        .related = TEXTS("physical layer", "data link layer", "network layer", "transport layer", "session layer",
                         "presentation layer", "application layer", "TCP/IP"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007",
                           N_("what each layer adds to one exchange ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("packet"),
        .aliases = TEXTS("paquete", "packets", "ip packet", "paquete ip"),
        .text = N_("What IP carries: a header with the addresses of source and destination, and the content. The "
                   "header of IPv4 has at least 20 bytes, that of IPv6 always 40. Routers look at the header and "
                   "pass the packet on; it is the same packet from end to end, while the frame around it changes at "
                   "every hop.\n\n"
                   "In talk, packet is used for every layer. Strictly, it is a frame on the link, a packet in IP, a "
                   "segment in TCP and a datagram in UDP."),
        .references = REFERENCES(RFC(791, ""), RFC(8200, "")),
        .related = TEXTS("frame", "segment", "datagram", "fragmentation"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007", N_("its header, with the fields' sizes") }),
    },
    {
        .name = N_("physical layer"),
        .aliases = TEXTS("capa fisica", "layer 1", "capa 1", "PHY"),
        .text = N_("Layer 1 of OSI: bits become signals and signals become bits. Voltages on copper, light in fibre, "
                   "radio waves in the air; which plug, which frequency, how long a bit lasts, how many bits a "
                   "signal stands for.\n\n"
                   "It knows no addresses and no messages, and it may get bits wrong; the layer above finds that "
                   "out. No program sees it: what a program notices is its speed, its distance, and when somebody "
                   "pulls the cable. TCP/IP does not describe it: it belongs to the link below."),
        .references = REFERENCES(DOCUMENT("ISO/IEC 7498-1")),
        .related = TEXTS("OSI", "data link layer", "Ethernet", "Wi-Fi", "bandwidth"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007", N_("the frame that this layer would carry as signals") }),
    },
    {
        .name = N_("presentation layer"),
        .aliases = TEXTS("capa de presentacion", "layer 6", "capa 6"),
        .text = N_("Layer 6 of OSI: how values are written as bytes, so that machines with different habits "
                   "understand them: character sets, byte order, compression, encryption.\n\n"
                   "TCP/IP leaves it to the application. UTF-8 and JSON are answers to its questions, TLS does its "
                   "encryption, and HTTP says with header fields such as Content-Type and Content-Encoding how a "
                   "body is to be read. OSI's own answer, ASN.1, is alive in certificates and in the protocols LDAP "
                   "and SNMP."),
        .references = REFERENCES(DOCUMENT("ISO/IEC 7498-1")),
        .related = TEXTS("OSI", "UTF-8", "JSON", "TLS", "byte order"),
        .trials = TRIALS({ "printf 'ñandú\\n' | zocalo connect --hex :50007",
                           N_("the same characters as bytes: UTF-8 ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("segment"),
        .aliases = TEXTS("segmento", "tcp segment", "segmento tcp"),
        .text = N_("What TCP sends in one packet: a header of at least 20 bytes (ports, sequence and acknowledgement "
                   "numbers, flags, window, checksum) and a piece of the stream, or no data at all, as in a plain "
                   "acknowledgement.\n\n"
                   "Where the stream is cut is TCP's own affair. Two writes of a program may travel in one segment, "
                   "and one write in many; the receiver sees bytes and no cuts. A protocol over TCP must therefore "
                   "mark its messages itself, with line ends or lengths."),
        .references = REFERENCES(RFC(9293, "3.1")),
        .related = TEXTS("TCP", "MSS", "packet", "sequence number"),
        .trials =
            TRIALS({ "zocalo anatomy 127.0.0.1:50007", N_("the sequence of segments: SYN, SYN-ACK, ACK, data, FIN") }),
    },
    {
        .name = N_("session layer"),
        .aliases = TEXTS("capa de sesion", "layer 5", "capa 5"),
        .text = N_("Layer 5 of OSI: it keeps a conversation in order: who may speak now, where one can go on after a "
                   "break, when it is over.\n\n"
                   "TCP/IP has no layer of its own for this. TCP does some of it (connections have a beginning and "
                   "an orderly end), and applications do the rest in their own ways: a login in SMTP, a cookie in "
                   "HTTP, a session of TLS that is resumed. The word session is used for all of these; it seldom "
                   "means this layer."),
        .references = REFERENCES(DOCUMENT("ISO/IEC 7498-1")),
        .related = TEXTS("OSI", "presentation layer", "application layer", "session resumption"),
        .trials = TRIALS({ "zocalo explain OSI", "" }, { "zocalo connect --explain :50007",
                                                         N_("beginning and end of a conversation, as TCP has them") }),
    },
    {
        .name = N_("TCP/IP"),
        .aliases = TEXTS("internet protocol suite", "tcp ip model", "modelo tcp/ip", "pila tcp/ip",
                         "familia de protocolos de internet"),
        .text = N_("The protocols of the Internet, named after two of them, and the model of four layers that "
                   "describes them: link, internet, transport, application. Vinton Cerf and Robert Kahn published "
                   "the idea in 1974; the specifications that came into use are from 1981.\n\n"
                   "Its central decision: the network only passes packets on, as well as it can, and everything else "
                   "(order, repetition, encryption) is done at the ends. So any link that can carry a packet can "
                   "join, and a new application needs nobody's permission in the middle."),
        .references = REFERENCES(RFC(1122, ""), RFC(1123, "")),
        .related = TEXTS("OSI", "TCP", "IP", "link layer", "internet layer", "transport layer", "application layer",
                         "ARPANET"),
        .trials = TRIALS({ "zocalo connect --explain :50007",
                           N_("each line of the story names its layer ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("transport layer"),
        .aliases = TEXTS("capa de transporte", "layer 4", "capa 4"),
        .text = N_("The layer that carries data from program to program: layer 4 of OSI, the third of TCP/IP's four. "
                   "IP brings a packet to a machine; the ports of this layer say which program there it is for.\n\n"
                   "TCP makes a reliable stream of bytes out of packets: in order, nothing lost, not faster than the "
                   "receiver and the network bear. UDP adds the ports and a checksum and leaves the rest to the "
                   "program. It runs in the two ends alone: routers on the way need not look at it."),
        .references = REFERENCES(RFC(1122, "4"), DOCUMENT("ISO/IEC 7498-1")),
        .related = TEXTS("TCP", "UDP", "port", "network layer"),
        .trials = TRIALS(
            { "zocalo connect --explain :50007", N_("TCP: with a handshake") },
            { "zocalo connect --explain udp://:50007", N_("UDP: without ('zocalo serve echo' listens for both)") }),
    },
    {
        .name = N_("Wi-Fi"),
        .aliases = TEXTS("wireless", "wireless LAN", "WLAN", "IEEE 802.11", "red inalambrica"),
        .text = N_("Local networks by radio, by the standards IEEE 802.11, the first of which is from 1997. Machines "
                   "talk to an access point, which joins them to the cables; to IP it looks like Ethernet, with the "
                   "same MAC addresses.\n\n"
                   "The air is shared: all on a channel wait for one another, and since a station cannot listen "
                   "while it sends, it avoids collisions instead of detecting them (CSMA/CA). Each frame is "
                   "acknowledged on the link and repeated when it was lost. So a program seldom sees loss here; it "
                   "sees delays that vary."),
        .references = REFERENCES(DOCUMENT("IEEE 802.11")),
        .related = TEXTS("LAN", "Ethernet", "packet loss", "jitter"),
        .trials = TRIALS({ "zocalo relay --delay 5ms --jitter 30ms listen::9000 127.0.0.1:50007",
                           N_("delays that vary, as a crowded channel has them ('zocalo serve echo' is the target)") }),
    },
};

const struct field field_layers = FIELD(N_("layers and links"), terms);
