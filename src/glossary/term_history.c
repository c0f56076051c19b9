/* Terms: history and standards. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("ARPANET"),
        .aliases = NO_TEXTS,
        .text = N_("The first wide network that switched packets, paid for by ARPA, the research agency of the "
                   "United States' Department of Defense. The first words went from UCLA to the Stanford Research "
                   "Institute on 29 October 1969; by the end of that year it had four nodes.\n\n"
                   "It was built so that researchers could use one another's expensive computers. Remote login, file "
                   "transfer and electronic mail took shape there. On 1 January 1983 its hosts changed from the "
                   "older protocol NCP to TCP/IP, which it shares with the Internet that grew around it. It was "
                   "closed down in 1990."),
        .references = REFERENCES(RFC(801, "")),
        .related = TEXTS("packet switching", "TCP/IP", "WWW"),
        .trials =
            TRIALS({ "zocalo rfc 801", N_("the plan of the change to TCP") },
                   { "zocalo telnet localhost 50007",
                     N_("remote login was one of its first uses; 'zocalo serve echo' is a partner to try it on") }),
    },
    {
        .name = N_("circuit switching"),
        .aliases = TEXTS("conmutacion de circuitos", "circuit-switched network", "circuit", "circuito"),
        .text = N_("The way of the classic telephone network: before anything is said, a path from one end to the "
                   "other is set up and reserved, and it belongs to the two until they hang up.\n\n"
                   "Delay and bandwidth are constant, and nothing arrives out of order. But the path is paid for "
                   "while both are silent, and computers are silent most of the time; when a switch on the path "
                   "fails, the call is lost. Packet switching makes the opposite choice. A TCP connection looks like "
                   "a circuit to a program, although nothing is reserved in the network."),
        .references = NO_REFERENCES,
        .related = TEXTS("packet switching", "bandwidth"),
        .trials = TRIALS({ "zocalo connect --explain :50007",
                           N_("the connection exists in the two ends alone ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("client"),
        .aliases = TEXTS("cliente"),
        .text = N_("The program that begins a conversation: it finds out the server's address, connects, and says "
                   "what it wants. It is the side of the active open.\n\n"
                   "Its own port is ephemeral: the system chooses one when the connection is made, because nobody "
                   "has to know it beforehand; the server learns it with the first packet. That is why many clients "
                   "on one machine do not get in each other's way, even towards the same server."),
        .references = REFERENCES(RFC(9293, "3.9.1")),
        .related = TEXTS("server", "client-server", "ephemeral port", "connect"),
        .trials =
            TRIALS({ "zocalo connect -v :50007", N_("it tells its own port ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("client-server"),
        .aliases = TEXTS("cliente-servidor", "client server model", "modelo cliente servidor", "cliente y servidor"),
        .text = N_("The division of labour of most network programs: one side waits where it can be found, the other "
                   "comes and asks. What the server keeps is in one place, so it can be guarded, backed up and "
                   "changed for everybody at once.\n\n"
                   "The price is that everything depends on that one place: when it is slow or gone, so is the "
                   "service. Several servers behind a load balancer soften that. The roles say who begins, not who "
                   "sends more."),
        .references = NO_REFERENCES,
        .related = TEXTS("client", "server", "peer-to-peer", "request and response"),
        .trials = TRIALS({ "zocalo listen 127.0.0.1:9000", N_("in one terminal: the server") },
                         { "zocalo connect 127.0.0.1:9000", N_("in another: the client") }),
    },
    {
        .name = N_("host"),
        .aliases = TEXTS("end system", "node", "nodo", "maquina"),
        .text = N_("A machine at the end of the network: it runs programs that talk to others, while a router in the "
                   "middle passes packets on. A telephone, a laptop, a server and a container are all hosts.\n\n"
                   "A host can have several interfaces and many addresses, of both families, and several names can "
                   "lead to it. So a name is not a machine and an address is not a machine: both are only ways to "
                   "reach one. Which of its programs is meant is what the port says."),
        .references = REFERENCES(RFC(1122, "1.1.1")),
        .related = TEXTS("server", "client", "interface", "endpoint"),
        .trials = TRIALS({ "zocalo connect --explain localhost 50007",
                           N_("one name, two addresses ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("IANA"),
        .aliases = TEXTS("Internet Assigned Numbers Authority"),
        .text = N_("The Internet Assigned Numbers Authority keeps the lists of numbers and names on which protocols "
                   "depend, so that no two mean different things by the same one: port numbers, protocol numbers, "
                   "DNS record types, status codes of HTTP, cipher suites of TLS, and many more.\n\n"
                   "It also hands out blocks of addresses to the regional registries and keeps the root zone of the "
                   "DNS. An RFC that needs a number asks for it in a section called IANA Considerations. Its lists "
                   "are what /etc/services is made from."),
        .references = REFERENCES(RFC(6335, ""), RFC(2860, ""), RFC(8126, "")),
        .related = TEXTS("port", "IETF", "well-known port"),
        .trials = TRIALS(
            { "zocalo connect -v localhost echo", N_("a port by its registered name, which /etc/services knows") }),
    },
    {
        .name = N_("IETF"),
        .aliases = TEXTS("Internet Engineering Task Force", "Internet-Draft", "rough consensus", "running code",
                         "borrador de internet", "consenso aproximado"),
        .text = N_("The Internet Engineering Task Force makes the standards of the Internet. It has no members: "
                   "whoever writes to a working group's mailing list takes part, as a person and not for a company. "
                   "It has met since 1986.\n\n"
                   "A proposal begins as an Internet-Draft, which anybody may publish and which expires after six "
                   "months. Groups do not vote; they look for rough consensus: objections must have been answered, "
                   "not everybody must be convinced. And they want running code: something that was built and works "
                   "with what others built. What passes becomes an RFC."),
        .references = REFERENCES(RFC(2026, ""), RFC(3935, ""), RFC(7282, ""), RFC(6410, "")),
        .related = TEXTS("RFC", "standards track", "IANA"),
        .trials = TRIALS({ "zocalo rfc 2026", N_("how a standard comes about") },
                         { "zocalo rfc 7282", N_("what rough consensus means") }),
    },
    {
        .name = N_("LAN"),
        .aliases = TEXTS("red de area local", "local area network", "red local", "local network"),
        .text = N_("A network within one room, building or site, which belongs to whoever uses it. Today it is "
                   "nearly always Ethernet, Wi-Fi, or both joined by a switch.\n\n"
                   "Its machines are neighbours: they reach one another by link addresses, without a router in "
                   "between, and a broadcast reaches all of them. Round trips take well under a millisecond on a "
                   "cable. One machine, the router, leads to everything beyond."),
        .references = NO_REFERENCES,
        .related = TEXTS("WAN", "Ethernet", "Wi-Fi", "broadcast"),
        .trials = TRIALS({ "zocalo listen :9000", N_("every interface: neighbours of the LAN can connect") }),
    },
    {
        .name = N_("packet switching"),
        .aliases = TEXTS("conmutacion de paquetes", "packet-switched network", "conmutacion"),
        .text = N_("A network that cuts what is said into packets. Each carries the address of its destination, and "
                   "each is passed on by itself, from router to router; packets of many conversations share the same "
                   "lines, one after the other.\n\n"
                   "Nothing is reserved, so a line never stands idle while somebody has something to send, and a "
                   "packet can take another way when one fails. The price is that packets can wait, get lost, or "
                   "arrive in another order. Paul Baran and Donald Davies had the idea independently in the 1960s."),
        .references = REFERENCES(RFC(791, "")),
        .related = TEXTS("circuit switching", "packet", "ARPANET", "routing"),
        .trials = TRIALS({ "zocalo anatomy 127.0.0.1:50007",
                           N_("one exchange, packet by packet ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("peer-to-peer"),
        .aliases = TEXTS("entre pares", "p2p", "peer", "par", "pares", "punto a punto entre pares"),
        .text = N_("A network of programs without a fixed server: each both asks and answers. File sharing by "
                   "BitTorrent is the best known example. More participants bring more capacity, and no single "
                   "machine can stop it all by failing.\n\n"
                   "It has to solve what a server makes easy: how peers find one another, whom to believe, and how "
                   "two reach each other when both are behind a NAT that lets nobody in from outside. In a single "
                   "connection, peer means the other side, whichever role it has."),
        .references = REFERENCES(RFC(5694, "")),
        .related = TEXTS("client-server", "NAT"),
        .trials = TRIALS({ "zocalo relay listen::7000 listen::7001", N_("joins two who both can only connect") }),
    },
    {
        .name = N_("protocol"),
        .aliases = TEXTS("protocolo", "protocols", "network protocol", "protocolo de red"),
        .text = N_("What two programs have agreed on so that they understand each other: which messages there are, "
                   "how each looks byte for byte, who speaks first, what an answer means, and what happens when "
                   "something goes wrong.\n\n"
                   "A protocol is a text, not a program. Whoever follows it can talk to whoever else follows it, in "
                   "any language and on any machine. Each layer has its own: Ethernet, IP, TCP, and above them SMTP "
                   "or HTTP."),
        .references = REFERENCES(RFC(9293, ""), RFC(9110, "")),
        .related = TEXTS("RFC", "plain text protocol", "port", "OSI"),
        .trials =
            TRIALS({ "zocalo connect --explain example.org 80",
                     N_("type GET / HTTP/1.0 and an empty line: each line is explained (it needs the Internet)") }),
    },
    {
        .name = N_("RFC"),
        .aliases = TEXTS("peticion de comentarios", "request for comments", "solicitud de comentarios"),
        .text = N_("Request for Comments: the series in which the protocols of the Internet are written down. RFC 1 "
                   "is from April 1969; in 2026 the numbers passed 10000. All are free for everybody to read.\n\n"
                   "A number, once given, never changes, and neither does its text: a new version gets a new number "
                   "and obsoletes the old one, as RFC 9293 did with 793 for TCP. Not every RFC is a standard: one "
                   "is on the standards track, a best current practice, informational, experimental or historic, and "
                   "those since the nineties say at their top which."),
        .references = REFERENCES(RFC(2026, ""), RFC(8700, ""), RFC(7322, "")),
        .related = TEXTS("IETF", "standards track", "IANA"),
        .trials = TRIALS({ "zocalo rfc 793", N_("what became of it") }, { "zocalo rfc 9293", "" }),
    },
    {
        .name = N_("server"),
        .aliases = TEXTS("servidor", "service", "servicio", "daemon", "demonio"),
        .text = N_("A program that waits for others to come: it opens a port, listens, and answers those who "
                   "connect. The word is used for the machine as well, but it is a role: the same program can be a "
                   "server towards one and a client towards another, as a proxy is.\n\n"
                   "A server must have an address and a port that clients know beforehand. It serves many at once: "
                   "with a process or a thread for each, or with an event loop. It stays when a client goes."),
        .references = REFERENCES(RFC(9293, "3.9.1")),
        .related = TEXTS("client", "client-server", "listen", "port"),
        .trials = TRIALS({ "zocalo serve 'echo :50007' 'hello :9000'", N_("two services in one process") }),
    },
    {
        .name = N_("standards track"),
        .aliases = TEXTS("via de estandarizacion", "proposed standard", "internet standard", "best current practice",
                         "BCP", "informational", "experimental", "historic", "estandar de internet"),
        .text = N_("The way of an RFC that is meant as a standard. It begins as a Proposed Standard, stable and "
                   "reviewed; with experience from independent implementations it may become an Internet Standard, "
                   "which gets an STD number too. A level between the two, Draft Standard, was given up in 2011.\n\n"
                   "Many protocols that everybody uses stay Proposed Standards for good. Beside this track stand "
                   "Best Current Practice, Informational, Experimental and Historic; none of these is a standard."),
        .references = REFERENCES(RFC(2026, "4"), RFC(6410, "")),
        .related = TEXTS("RFC", "IETF"),
        .trials = TRIALS({ "zocalo rfc 6410", "" }, { "zocalo rfc 9293", N_("an Internet Standard: STD 7") }),
    },
    {
        .name = N_("topology"),
        .aliases = TEXTS("topologia", "network topology", "star", "bus", "ring", "mesh", "estrella", "anillo", "malla"),
        .text = N_("The shape of a network: what is joined to what. In a bus all share one cable, as in the first "
                   "Ethernet; a break stops everybody. In a ring each passes on to the next, as in Token Ring. In a "
                   "star each has a cable of its own to a switch in the middle: one broken cable stops one machine, "
                   "a broken switch all.\n\n"
                   "In a mesh there are several ways between two points, as between the routers of the Internet, and "
                   "routing protocols choose among them. Today's LANs are stars; what the cables look like and how "
                   "data flow may differ."),
        .references = NO_REFERENCES,
        .related = TEXTS("LAN", "Ethernet", "routing"),
        .trials = TRIALS({ "zocalo listen --broker :7373",
                           N_("a star made of connections: the one in the middle passes on to all others") }),
    },
    {
        .name = N_("WAN"),
        .aliases = TEXTS("red de area amplia", "wide area network", "red extensa"),
        .text = N_("A network that joins distant places: cities, countries, continents. It runs over lines of "
                   "telecommunication companies: fibre, undersea cable, radio, satellites.\n\n"
                   "Distance costs time that no technology takes away. Light in fibre covers about 200 kilometres in "
                   "a millisecond, so that a round trip across an ocean takes tens of milliseconds at least, and by "
                   "a geostationary satellite about half a second. What is fast in a LAN because it asks often may "
                   "be slow here. The Internet is a network of LANs and WANs."),
        .references = NO_REFERENCES,
        .related = TEXTS("LAN", "latency", "routing"),
        .trials = TRIALS(
            { "zocalo relay --delay 40ms listen::9000 127.0.0.1:50007", N_("a distance made here: 40 ms each way") },
            { "zocalo connect --explain :9000", N_("in another terminal, with 'zocalo serve echo' in a third") }),
    },
    {
        .name = N_("WWW"),
        .aliases = TEXTS("World Wide Web", "web", "la web"),
        .text = N_("Documents that point to one another, wherever they are stored. Tim Berners-Lee proposed it at "
                   "CERN, near Geneva, in 1989; the first server and browser ran at the end of 1990, and in 1993 "
                   "CERN gave its software away.\n\n"
                   "It stands on three things: URLs, which name a document; HTTP, which fetches it; and HTML, the "
                   "language it is written in. The Web is not the Internet: it is one of the services that use it, "
                   "as mail is another."),
        .references = REFERENCES(RFC(9110, ""), RFC(3986, "")),
        .related = TEXTS("HTTP", "client-server", "ARPANET"),
        .trials = TRIALS({ "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | zocalo connect --explain example.org 80",
                           N_("a request written by hand (it needs the Internet)") }),
    },
    {
        .name = N_("zócalo"),
        .aliases = NO_TEXTS,
        .text = N_("Spanish for socket, the wall outlet that a plug goes into, and in Mexico the name of a town's "
                   "main square. The square of Mexico City got it from a plinth (zócalo in Spanish as well) that was "
                   "laid in the 19th century for a monument that was not built then.\n\n"
                   "Both meanings fit this program: a socket is where a program plugs into the network, and a square "
                   "is a place where everybody meets, where each stall has its known spot, and where one can stand "
                   "and listen."),
        .references = NO_REFERENCES,
        .related = TEXTS("socket", "port"),
        .trials = TRIALS({ "zocalo serve", N_("lists what can stand on the square") }),
    },
};

const struct field field_history = FIELD(N_("history and standards"), terms);
