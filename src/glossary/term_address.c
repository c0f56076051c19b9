/* Terms: addresses. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("broadcast"),
        .aliases = TEXTS("difusion", "broadcast address", "direccion de difusion", "difusiones", "transmision a todos"),
        .text = N_("A packet to everybody on the link. Its address in IPv4 is 255.255.255.255, or the last address "
                   "of the network, such as 192.0.2.255 in 192.0.2.0/24; on Ethernet it is ff:ff:ff:ff:ff:ff. ARP "
                   "and DHCP begin with one, because they do not know yet whom to ask.\n\n"
                   "Every machine has to look at it, so large LANs are divided, and routers do not pass it on. A "
                   "socket may send one only after it has asked for that (SO_BROADCAST). IPv6 has none: multicast "
                   "does that work."),
        .references = REFERENCES(RFC(919, ""), RFC(922, "")),
        .related = TEXTS("multicast", "LAN", "ARP", "netmask", "DHCP"),
        .trials = TRIALS({ "zocalo listen udp://:9000", N_("in one terminal") },
                         { "zocalo nc -u -b 127.255.255.255 9000",
                           N_("in another: the broadcast address of loopback; without -b the kernel refuses it") }),
    },
    {
        .name = N_("CIDR"),
        .aliases = TEXTS("classless inter-domain routing", "prefix length", "prefix", "prefijo", "notacion cidr",
                         "encaminamiento sin clases"),
        .text = N_("Classless Inter-Domain Routing: how a block of addresses is written, and the rule that it may "
                   "have any size. 192.0.2.0/24 means that the first 24 bits are the network, and the other 8 say "
                   "which machine in it: 256 addresses. A /32 is one IPv4 address, a /0 all of them.\n\n"
                   "Until 1993 the first bits of an address fixed the size: class A, B or C. That wasted addresses, "
                   "and routing tables grew. With prefixes, one entry can stand for many networks, and the most "
                   "specific one that fits wins."),
        .references = REFERENCES(RFC(4632, "")),
        .related = TEXTS("netmask", "routing", "private address", "IPv4"),
        .trials = TRIALS({ "zocalo listen --allow=127.0.0.0/8 :9000",
                           N_("lets in this block alone: connect from this machine, and from another one") }),
    },
    {
        .name = N_("dual stack"),
        .aliases = TEXTS("doble pila", "pila doble", "doble stack"),
        .text = N_("A machine, or a socket, that speaks IPv4 and IPv6 at once. Names then have addresses in both "
                   "families, and a client tries both.\n\n"
                   "On Linux a listening IPv6 socket takes IPv4 connections too, unless it is told not to (the "
                   "option IPV6_V6ONLY); it shows them as mapped addresses. A service that is reachable by one "
                   "family alone is a usual cause of failures that some users see and others do not: localhost means "
                   "::1 and 127.0.0.1."),
        .references = REFERENCES(RFC(4213, "2"), RFC(3493, "5.3")),
        .related = TEXTS("IPv4", "IPv6", "IPv4-mapped address", "happy eyeballs"),
        .trials = TRIALS({ "zocalo listen -v :9000", N_("one socket for both families") },
                         { "zocalo nc -6 -v localhost 9000", N_("in another terminal; then the same with -4") }),
    },
    {
        .name = N_("happy eyeballs"),
        .aliases = TEXTS("rfc 8305", "connection racing", "ojos felices"),
        .text = N_("How a client uses both families without making its user wait for a broken one. It asks for IPv6 "
                   "and IPv4 addresses at once, tries the first, and when no answer comes within a quarter of a "
                   "second, it starts the next one beside it. The first handshake that completes wins; the others "
                   "are given up.\n\n"
                   "Before that, a client tried one address until it timed out, which took minutes where IPv6 was "
                   "configured and led nowhere. Each attempt here is a line of the story."),
        .references = REFERENCES(RFC(8305, "")),
        .related = TEXTS("dual stack", "IPv6", "DNS", "three-way handshake"),
        .trials = TRIALS({ "zocalo connect --explain localhost 50007",
                           N_("with 'zocalo serve echo', which listens on 127.0.0.1 alone: ::1 refuses first") }),
    },
    {
        .name = N_("interface"),
        .aliases =
            TEXTS("interfaz", "network interface", "interfaz de red", "NIC", "network card", "tarjeta de red", "eth0"),
        .text = N_("What joins a machine to a link: a card, a radio, or something that exists in software alone, as "
                   "loopback, a tunnel, or a container's end of a virtual cable. It has a name (lo, eth0, wlan0), "
                   "addresses, an MTU, and is up or down.\n\n"
                   "Addresses belong to interfaces: a machine with three of them has at least three. A server that "
                   "listens on one address is reached through that one; one that listens on all (0.0.0.0, ::) by "
                   "every way that leads to the machine."),
        .references = REFERENCES(RFC(1122, "1.3.3")),
        .related = TEXTS("loopback", "MAC address", "IPv4", "link layer"),
        .trials = TRIALS({ "zocalo listen -v :9000", N_("on every interface") },
                         { "zocalo listen -v 127.0.0.1:9001", N_("on one alone") }),
    },
    {
        .name = N_("IPv4"),
        .aliases = TEXTS("ip version 4", "direccion ipv4", "ipv4 address", "127.0.0.1", "0.0.0.0"),
        .text = N_("The version of IP from 1981 (RFC 791). An address has 32 bits and is written as four numbers "
                   "from 0 to 255: 192.0.2.7. That makes some four thousand million addresses, fewer than there are "
                   "people.\n\n"
                   "In 2011 IANA gave its last free blocks to the regional registries. What keeps it going is "
                   "private addresses with NAT, which let a whole building use one public address, and a trade in "
                   "old blocks. 0.0.0.0 means every address of this machine, when listening."),
        .references = REFERENCES(RFC(791, "")),
        .related = TEXTS("IPv6", "CIDR", "private address", "NAT", "IP"),
        .trials = TRIALS({ "zocalo nc -4 -v localhost 50007", N_("IPv4 alone ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("IPv4-mapped address"),
        .aliases = TEXTS("direccion IPv4 mapeada", "mapped address", "::ffff:", "direccion ipv4 mapeada en ipv6"),
        .text = N_("An IPv4 address in the clothes of an IPv6 one: ::ffff:192.0.2.7. It never travels on the "
                   "network. It is how a socket that listens in both families shows a client that came over IPv4.\n\n"
                   "Logs and access rules that compare addresses as text can trip over it: the same client is "
                   "192.0.2.7 for one program and ::ffff:192.0.2.7 for another. This program shows and compares "
                   "mapped addresses as the IPv4 addresses that they are."),
        .references = REFERENCES(RFC(4291, "2.5.5.2"), RFC(3493, "3.7")),
        .related = TEXTS("dual stack", "IPv4", "IPv6", "listen"),
        .trials = TRIALS({ "zocalo listen -v :9000", N_("in one terminal: both families on one socket") },
                         { "zocalo nc -4 localhost 9000", N_("in another: it is shown as 127.0.0.1") }),
    },
    {
        .name = N_("IPv6"),
        .aliases = TEXTS("ip version 6", "direccion ipv6", "ipv6 address", "::1"),
        .text = N_("The version of IP that follows IPv4. An address has 128 bits and is written as eight groups of "
                   "hexadecimal digits, of which one run of zeros may be left out: 2001:db8::7. With a port, "
                   "brackets keep the two apart: [2001:db8::7]:80.\n\n"
                   "There is an address for every device, so NAT is not needed; there is no broadcast, and only the "
                   "sender fragments. Addresses that begin with fe80: are valid on one link alone, and need the "
                   "interface's name behind a percent sign. It does not talk to IPv4: a machine needs both, or a "
                   "translator."),
        .references = REFERENCES(RFC(8200, ""), RFC(4291, ""), RFC(5952, "")),
        .related = TEXTS("IPv4", "dual stack", "happy eyeballs", "neighbour discovery"),
        .trials = TRIALS({ "zocalo connect --explain [::1]:50007",
                           N_("the IPv6 loopback; 'zocalo serve echo [::1]:50007' listens there") }),
    },
    {
        .name = N_("localhost"),
        .aliases = NO_TEXTS,
        .text = N_("The name of this machine for itself. It stands for the loopback addresses of both families, "
                   "127.0.0.1 and ::1, and no name server needs to be asked for it.\n\n"
                   "A server that listens on 127.0.0.1 alone refuses who tries ::1 first, and the other way round; a "
                   "client should try both. In a container localhost means the container, not the machine around it: "
                   "that is why a service that runs outside does not answer there."),
        .references = REFERENCES(RFC(6761, "6.3")),
        .related = TEXTS("loopback", "hosts file", "dual stack", "resolver"),
        .trials = TRIALS({ "zocalo connect --explain localhost 50007",
                           N_("both addresses, one after the other ('zocalo serve echo' listens on one)") }),
    },
    {
        .name = N_("loopback"),
        .aliases = TEXTS("loopback interface", "interfaz de loopback", "lo", "bucle local", "bucle invertido"),
        .text = N_("The interface of a machine to itself: what goes out there comes straight back in, and no cable "
                   "and no other machine ever sees it. Its addresses are 127.0.0.0/8, of which 127.0.0.1 is the "
                   "usual one, and ::1.\n\n"
                   "All protocols above work as they do elsewhere, with handshakes and ports; only the delay is "
                   "microseconds, nothing is lost, and the MTU is large (65536 on Linux). A service that listens on "
                   "127.0.0.1 can be used from this machine alone, which is the safe place to try things."),
        .references = REFERENCES(RFC(1122, "3.2.1.3"), RFC(4291, "2.5.3")),
        .related = TEXTS("localhost", "interface", "link layer", "IPv4"),
        .trials =
            TRIALS({ "zocalo serve echo", N_("on loopback, as all services are by default") },
                   { "zocalo connect --explain 127.0.0.1:50007", N_("in another terminal: look at the round trip") }),
    },
    {
        .name = N_("multicast"),
        .aliases = TEXTS("multidifusion", "multicast group", "grupo multicast", "difusion a grupos"),
        .text = N_("One packet to many receivers: it is sent to the address of a group, and whoever joined the group "
                   "gets it. IPv4 groups are 224.0.0.0/4, those of IPv6 begin with ff. The network copies the packet "
                   "only where ways part.\n\n"
                   "It carries datagrams alone: TCP needs a conversation between two. In a LAN it finds printers and "
                   "services (mDNS), and routers use it among themselves; across the Internet it is hardly passed "
                   "on. IPv6 uses it in place of broadcast."),
        .references = REFERENCES(RFC(1112, ""), RFC(4291, "2.7"), RFC(9776, "")),
        .related = TEXTS("broadcast", "datagram", "UDP", "LAN"),
        .trials = TRIALS({ "zocalo nc -u -M 1 224.0.0.1 9000",
                           N_("a datagram to all hosts of the link; type a line (it needs a network)") }),
    },
    {
        .name = N_("NAT"),
        .aliases = TEXTS("network address translation", "traduccion de direcciones", "masquerading", "port forwarding",
                         "redireccion de puertos", "NAPT"),
        .text = N_("Network Address Translation: a router that lets many machines use one public address. When a "
                   "packet leaves, it writes its own address and a port of its choice in place of the sender's, and "
                   "remembers the pair in a table; when an answer comes to that port, it puts the first ones back. "
                   "Ports are what makes it possible: they tell the conversations apart.\n\n"
                   "From outside nobody can begin, because there is no entry yet, unless a rule forwards a port. "
                   "Entries expire: an idle connection can be forgotten without a word, for which keepalives help."),
        .references = REFERENCES(RFC(3022, ""), RFC(4787, ""), RFC(5382, "")),
        .related = TEXTS("private address", "port", "ephemeral port", "keepalive", "firewall"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("the local address and port: what the other side sees may differ (it needs the "
                              "Internet)") },
                         { "zocalo relay -v listen::8000 127.0.0.1:50007",
                           N_("a relay does by connections what a NAT does by packets") }),
    },
    {
        .name = N_("netmask"),
        .aliases = TEXTS("mascara de red", "subnet", "subnet mask", "subred", "mascara de subred", "network mask"),
        .text = N_("Which bits of an address are the network: 255.255.255.0 says the first 24, the same as /24. A "
                   "machine compares a destination with its own address under the mask. If both are in the same "
                   "network, it is a neighbour and gets the packet directly; otherwise the packet goes to the "
                   "router.\n\n"
                   "A subnet is a part of a network that was divided this way. A wrong mask has odd effects: distant "
                   "machines are looked for on the cable, and nobody answers, while others work."),
        .references = REFERENCES(RFC(950, ""), RFC(4632, "")),
        .related = TEXTS("CIDR", "default route", "broadcast", "ARP"),
        .trials =
            TRIALS({ "zocalo listen -v --allow=127.0.0.0/30 :9000", N_("in one terminal: 127.0.0.0 to 127.0.0.3") },
                   { "zocalo connect --source=127.0.0.4 127.0.0.1:9000",
                     N_("in another: one address outside of the mask, and it may not come") }),
    },
    {
        .name = N_("private address"),
        .aliases = TEXTS("direccion privada", "private network", "red privada", "rfc 1918", "private ip", "ip privada",
                         "direcciones privadas"),
        .text = N_("An address that anybody may use inside, and that no router of the Internet passes on: "
                   "10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16. Homes, companies and container networks use the "
                   "same ones over and over.\n\n"
                   "From outside, such a machine can be reached only through something that has a public address: a "
                   "NAT with a rule for that port, a proxy, a tunnel. Two networks that chose the same block cannot "
                   "be joined without trouble. 100.64.0.0/10 is for providers, and fc00::/7 is the block of IPv6 for "
                   "such use."),
        .references = REFERENCES(RFC(1918, ""), RFC(4193, ""), RFC(6598, "")),
        .related = TEXTS("NAT", "IPv4", "CIDR"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("it tells the local address: on most machines a private one (it needs the Internet)") }),
    },
};

const struct field field_address = FIELD(N_("addresses"), terms);
