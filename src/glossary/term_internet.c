/* Terms: the internet layer. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("ARP"),
        .aliases = TEXTS("address resolution protocol", "protocolo de resolucion de direcciones"),
        .text = N_("How a machine finds the MAC address of a neighbour in IPv4: it asks everybody on the link who "
                   "has that address, by broadcast, and the owner answers. The answer is kept for a while in a "
                   "table.\n\n"
                   "When nobody answers, the packet cannot be sent, and after some tries, about three seconds on "
                   "Linux, the program is told EHOSTUNREACH. Whoever answers is believed, so a machine on the same "
                   "link can pass itself off as another one; that is one reason to check certificates in a LAN too."),
        .references = REFERENCES(RFC(826, "")),
        .related = TEXTS("neighbour discovery", "MAC address", "broadcast", "Ethernet"),
        .trials = TRIALS({ "zocalo explain EHOSTUNREACH", "" },
                         { "zocalo anatomy example.org:80",
                           N_("the Ethernet header, whose destination ARP found out (it needs the Internet)") }),
    },
    {
        .name = N_("checksum"),
        .aliases = TEXTS("suma de comprobacion", "checksums", "CRC", "sha256", "hash", "resumen"),
        .text = N_("A number computed from the bytes and sent along, so that the receiver can tell whether they "
                   "arrived as they were. Ethernet has a CRC of 32 bits for the frame, IPv4 a sum over its header, "
                   "TCP and UDP one of 16 bits over addresses, header and data. What does not match is thrown away; "
                   "TCP then sends it again.\n\n"
                   "Sixteen bits let about one damaged packet in 65,000 pass, and none of these stops somebody who "
                   "changes bytes on purpose. For whole files a cryptographic hash such as SHA-256 is used, and TLS "
                   "checks every record."),
        .references = REFERENCES(RFC(1071, ""), RFC(9293, "3.1"), RFC(768, "")),
        .related = TEXTS("segment", "frame", "datagram", "TCP"),
        .trials = TRIALS(
            { "zocalo listen --sha256 127.0.0.1:9000 > copy", N_("in one terminal") },
            { "zocalo connect --sha256 127.0.0.1:9000 < /etc/services", N_("in another: both print the same sum") }),
    },
    {
        .name = N_("container network"),
        .aliases =
            TEXTS("red de contenedores", "bridge", "puente", "docker network", "bridge network", "red bridge", "veth"),
        .text = N_("How containers talk: each has a network namespace of its own, joined by a virtual cable to a "
                   "bridge, a switch made of software in the machine around them. They have private addresses in "
                   "that network and reach one another directly; what goes outside is masqueraded by NAT.\n\n"
                   "From outside, a container's port is reached only when it was published, that is, forwarded from "
                   "a port of the machine. A service in a container must listen on all its interfaces: on 127.0.0.1 "
                   "it hears the container itself alone. By name containers find each other through the engine's own "
                   "name server."),
        .references = REFERENCES(DOCUMENT("network_namespaces(7)")),
        .related = TEXTS("network namespace", "NAT", "private address", "localhost"),
        .trials = TRIALS({ "zocalo listen -v 0.0.0.0:9000", N_("what a service in a container has to do") }),
    },
    {
        .name = N_("default route"),
        .aliases =
            TEXTS("ruta por omision", "gateway", "default gateway", "puerta de enlace", "ruta por defecto", "pasarela"),
        .text = N_("The entry of a routing table that fits everything: 0.0.0.0/0, or ::/0. A packet for which no "
                   "more specific entry fits goes there, to the router of the network, which is also called the "
                   "gateway.\n\n"
                   "A machine without one reaches its own network and nothing else: the kernel answers at once that "
                   "the network is unreachable, without sending a packet. Usually DHCP or, in IPv6, the router's own "
                   "advertisement brings it."),
        .references = REFERENCES(RFC(1122, "3.3.1")),
        .related = TEXTS("routing", "netmask", "LAN"),
        .trials = TRIALS({ "unshare -rn zocalo connect --explain 192.0.2.1:80", N_("in a network without routes") }),
    },
    {
        .name = N_("fragmentation"),
        .aliases = TEXTS("fragmentacion", "fragment", "fragmento", "ip fragmentation", "don't fragment", "DF"),
        .text = N_("Cutting an IP packet into pieces because a link carries no larger ones. The receiver's kernel "
                   "puts them together again. In IPv4 any router may do it unless the packet forbids it; in IPv6 "
                   "only the sender.\n\n"
                   "It is best avoided: when one fragment is lost, all of it is lost, and firewalls often drop "
                   "fragments, since only the first one has the ports. TCP cuts its stream so that it does not "
                   "happen. A UDP datagram larger than the MTU is fragmented, which is why DNS keeps its answers "
                   "small."),
        .references = REFERENCES(RFC(791, "3.2"), RFC(8200, "4.5"), RFC(8900, "")),
        .related = TEXTS("MTU", "path MTU discovery", "datagram", "packet"),
        .trials = TRIALS({ "head -c 60000 /dev/zero | zocalo nc -u -w 1 127.0.0.1 50007 | wc -c",
                           N_("large datagrams to 'zocalo serve echo'; loopback's MTU is larger still, so nothing is "
                              "cut here") }),
    },
    {
        .name = N_("ICMP"),
        .aliases = TEXTS("internet control message protocol", "ping", "port unreachable", "puerto inalcanzable",
                         "host unreachable", "icmpv6"),
        .text = N_("The messages with which the internet layer reports: destination unreachable (network, host, "
                   "port), packet too big, time exceeded; and the echo request and reply of ping. They travel in IP "
                   "packets and quote the beginning of the packet that they are about, so that the kernel finds the "
                   "socket.\n\n"
                   "UDP has no refusal of its own: when nobody has the port, 'port unreachable' comes back, and the "
                   "sender's next call fails with ECONNREFUSED. A firewall that drops all ICMP breaks more than "
                   "ping: path MTU discovery needs it."),
        .references = REFERENCES(RFC(792, ""), RFC(4443, "")),
        .related = TEXTS("TTL (IP)", "UDP", "path MTU discovery", "firewall"),
        .trials = TRIALS({ "echo hola | zocalo connect --explain udp://127.0.0.1:9",
                           N_("nobody listens there: the story says which ICMP message that makes") }),
    },
    {
        .name = N_("IP"),
        .aliases = TEXTS("internet protocol", "protocolo de internet"),
        .text = N_("The Internet Protocol: it brings a packet from any host to any other, across networks of every "
                   "kind. Each packet carries the addresses of source and destination, a hop limit, and the number "
                   "of the protocol inside (6 for TCP, 17 for UDP, 1 for ICMP).\n\n"
                   "It does its best and promises nothing: packets may be lost, doubled, late or out of order, and "
                   "no router remembers a conversation. That is what makes it simple enough to run over anything. "
                   "Two versions are in use, IPv4 and IPv6."),
        .references = REFERENCES(RFC(791, ""), RFC(8200, "")),
        .related = TEXTS("IPv4", "IPv6", "packet", "routing", "internet layer"),
        .trials = TRIALS(
            { "zocalo anatomy 127.0.0.1:50007", N_("its header, field by field ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("MTU"),
        .aliases = TEXTS("maximum transmission unit", "unidad maxima de transmision"),
        .text = N_("The largest packet that a link carries in one frame, its IP header included: 1500 bytes on "
                   "Ethernet, less in most tunnels, because the tunnel's own headers take room, 65536 on Linux's "
                   "loopback. IPv6 asks for at least 1280 of every link.\n\n"
                   "From it follow TCP's segments: 1500 less 20 for IPv4 and 20 for TCP leave 1460 bytes of data, "
                   "fewer with options. What is larger must be cut or is refused. The smallest MTU on the way counts."),
        .references = REFERENCES(RFC(1122, "1.3.3"), RFC(8200, "5")),
        .related = TEXTS("MSS", "fragmentation", "path MTU discovery", "frame"),
        .trials =
            TRIALS({ "zocalo anatomy 127.0.0.1:50007", N_("the MTU of loopback ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("neighbour discovery"),
        .aliases = TEXTS("descubrimiento de vecinos", "neighbor discovery", "NDP", "ND", "router advertisement",
                         "SLAAC", "descubrimiento de vecino"),
        .text = N_("What IPv6 does in place of ARP, and more. A machine that looks for a neighbour's link address "
                   "sends an ICMPv6 message to a multicast group that is computed from the address, so that hardly "
                   "anybody but its owner has to listen; the owner answers.\n\n"
                   "With the same messages routers announce themselves and the prefix of the network. From it a host "
                   "makes its own address (SLAAC), and asks first whether somebody has it already. All this needs "
                   "ICMPv6: who filters it cuts IPv6 off."),
        .references = REFERENCES(RFC(4861, ""), RFC(4862, "")),
        .related = TEXTS("ARP", "IPv6", "multicast", "DHCP"),
        .trials = TRIALS({ "zocalo rfc 4861", "" }),
    },
    {
        .name = N_("network namespace"),
        .aliases = TEXTS("espacio de nombres de red", "netns", "namespace", "unshare"),
        .text = N_("A network of its own inside one Linux kernel: interfaces, addresses, routes, firewall rules and "
                   "ports that processes in it see instead of the machine's. Every container has one. The same port "
                   "can be taken once in each.\n\n"
                   "A new one has nothing but a loopback that is down: even 127.0.0.1 is unreachable until somebody "
                   "brings it up. A pair of virtual interfaces, like a cable with one end in each, leads out. "
                   "Abstract Unix sockets belong to a namespace as well; those with a path do not."),
        .references = REFERENCES(DOCUMENT("network_namespaces(7)")),
        .related = TEXTS("container network", "loopback", "interface", "abstract socket"),
        .trials = TRIALS({ "unshare -rn zocalo connect --explain 127.0.0.1:50007",
                           N_("in a new one: the network is unreachable, although 'zocalo serve echo' runs outside") }),
    },
    {
        .name = N_("path MTU discovery"),
        .aliases = TEXTS("descubrimiento de la MTU del camino", "PMTUD", "path mtu", "pmtu", "mtu del camino"),
        .text = N_("How a sender finds the smallest MTU on the way: it forbids fragmentation, and a router for whose "
                   "next link a packet is too big throws it away and reports the size that fits by ICMP. The sender "
                   "keeps to it from then on.\n\n"
                   "Where a firewall drops these messages, large packets vanish without a word: the handshake and "
                   "small answers work, and then everything stands still. Newer methods probe with packets of "
                   "various sizes and need no ICMP."),
        .references = REFERENCES(RFC(1191, ""), RFC(8201, ""), RFC(8899, "")),
        .related = TEXTS("MTU", "ICMP", "fragmentation", "MSS"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("the MTU of the path, as far as the kernel knows it (it needs the Internet)") }),
    },
    {
        .name = N_("routing"),
        .aliases = TEXTS("enrutamiento", "router", "routers", "route", "ruta", "tabla de rutas", "routing table",
                         "encaminamiento", "hop", "salto", "enrutador", "encaminador"),
        .text = N_("Finding the way of a packet, one hop at a time. Addresses are hierarchical: the front says where "
                   "the network is, the rest which machine in it. So a router needs no list of all machines, but a "
                   "table of prefixes: for this one, pass it to that neighbour. The longest prefix that fits wins.\n\n"
                   "A host has such a table too, mostly with two entries: its own network, and the router for "
                   "everything else. Routers learn theirs from one another, between providers by BGP. The way back "
                   "may be another than the way there."),
        .references = REFERENCES(RFC(1812, ""), RFC(4632, ""), RFC(4271, "")),
        .related = TEXTS("default route", "CIDR", "TTL (IP)", "IP", "network layer"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("the local address that the route decided on (it needs the Internet)") },
                         { "zocalo nc -v -M 1 example.org 80",
                           N_("one hop only: the first router throws the packet away (it needs the Internet)") }),
    },
    {
        .name = N_("TTL (IP)"),
        .aliases = TEXTS("TTL (IP), tiempo de vida", "TTL", "time to live", "hop limit", "limite de saltos",
                         "tiempo de vida", "traceroute", "tracert"),
        .text = N_("A number in the header of each packet that every router lowers by one. At zero the packet is "
                   "thrown away, and its sender gets an ICMP message 'time exceeded'. So a packet that goes in "
                   "circles dies. IPv6 names it honestly: hop limit.\n\n"
                   "Linux begins with 64. traceroute makes use of it: it sends packets with 1, 2, 3 and so on, and "
                   "each router on the way gives itself away. A packet with 1 stays in the network of its sender."),
        .references = REFERENCES(RFC(791, "3.2"), RFC(8200, "3")),
        .related = TEXTS("routing", "ICMP", "TTL (DNS)", "IP"),
        .trials = TRIALS({ "zocalo nc -v -M 1 example.org 80",
                           N_("the packet does not get further than one hop (it needs the Internet)") }),
    },
};

const struct field field_internet = FIELD(N_("the internet layer"), terms);
