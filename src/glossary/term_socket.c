/* Terms: ports and sockets. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("abstract socket"),
        .aliases = TEXTS("socket abstracto", "abstract unix socket", "abstract namespace", "socket unix abstracto"),
        .text = N_("A Unix domain socket of Linux without a file: its name begins with a zero byte, and tools write "
                   "it with @ before it. It vanishes with the last process that has it open, so nothing stale is "
                   "left behind.\n\n"
                   "It has no rights either: everybody in the same network namespace may connect, so a server has to "
                   "check who comes. A container with a namespace of its own does not see those of the machine "
                   "around it; a socket with a path it sees if the folder is shared."),
        .references = REFERENCES(DOCUMENT("unix(7)")),
        .related = TEXTS("Unix domain socket", "network namespace"),
        .trials = TRIALS({ "zocalo listen unix:@desk", N_("in one terminal") },
                         { "zocalo connect -v unix:@desk", N_("in another") }),
    },
    {
        .name = N_("accept"),
        .aliases = TEXTS("aceptar (accept)", "accept call", "aceptar", "accept(2)"),
        .text = N_("The call by which a server takes the next connection from the queue of a listening socket. It "
                   "returns a new socket for this client, with the same local port; the one that listens goes on "
                   "listening.\n\n"
                   "The handshake is over before it returns, so a server cannot refuse here by TCP's own means: it "
                   "can only accept and close. When descriptors run out (EMFILE), connections stay in the queue, and "
                   "their clients wait without knowing why."),
        .references = REFERENCES(DOCUMENT("accept(2)")),
        .related = TEXTS("listen", "backlog", "file descriptor", "connect"),
        .trials = TRIALS({ "zocalo listen --keep --max=1 127.0.0.1:9000",
                           N_("in one terminal; then connect twice: the second one is connected and waits") },
                         { "zocalo connect -v 127.0.0.1:9000", "" }),
    },
    {
        .name = N_("backlog"),
        .aliases = TEXTS("cola de conexiones", "accept queue", "listen queue", "cola de espera", "cola pendiente",
                         "somaxconn"),
        .text = N_("The queue of a listening socket, and the number that says how long it may get. In it stand "
                   "connections whose handshake is complete and which the program has not accepted yet. Linux cuts "
                   "the number down to net.core.somaxconn (4096 by default since 5.4).\n\n"
                   "When it is full, Linux drops further SYNs and the last ACKs of handshakes: the clients try "
                   "again, and see delays of a second and more, not a refusal. A full queue means that the program "
                   "accepts too slowly."),
        .references = REFERENCES(DOCUMENT("listen(2)"), RFC(4987, "3.2")),
        .related = TEXTS("listen", "accept", "SYN cookies", "SYN"),
        .trials = TRIALS({ "zocalo listen --keep --max=1 127.0.0.1:9000,backlog=1", N_("in one terminal") },
                         { "for n in 1 2 3 4 5; do sleep 60 | zocalo connect -v --timeout 3s 127.0.0.1:9000 & done",
                           N_("in another: the last ones get no answer") }),
    },
    {
        .name = N_("bind"),
        .aliases = TEXTS("asociar (bind)", "bind call", "asociar", "bind(2)", "enlazar"),
        .text = N_("The call that gives a socket its own address and port. A server must call it, because clients "
                   "have to know its port; a client usually leaves it to the system, which binds it to an ephemeral "
                   "port when it connects.\n\n"
                   "It fails when the port is taken (EADDRINUSE), when the address is not one of this machine "
                   "(EADDRNOTAVAIL), or when the port is reserved for root (EACCES). Port 0 asks for any free one. "
                   "It sends nothing: nobody in the network learns of it."),
        .references = REFERENCES(RFC(9293, "3.9.1"), DOCUMENT("bind(2)")),
        .related = TEXTS("listen", "port", "socket", "SO_REUSEADDR"),
        .trials = TRIALS({ "zocalo listen 127.0.0.1:0", N_("the system chooses the port, and the line tells which") },
                         { "zocalo listen 192.0.2.1:9000", N_("an address of somebody else") }),
    },
    {
        .name = N_("connect"),
        .aliases = TEXTS("conectar (connect)", "active open", "apertura activa", "conectar", "connect(2)", "dial"),
        .text = N_("The call by which a client begins: what the standard of TCP calls an active open. It sends a SYN "
                   "and waits for the answer: SYN-ACK, and the connection exists; RST, and it is refused; nothing, "
                   "and it tries again, with Linux's defaults for more than two minutes, before it gives up "
                   "(ETIMEDOUT).\n\n"
                   "For UDP it sends nothing: it only notes the peer's address, so that send needs none, other "
                   "senders are not heard, and ICMP errors are reported."),
        .references = REFERENCES(RFC(9293, "3.9.1"), DOCUMENT("connect(2)")),
        .related = TEXTS("three-way handshake", "ephemeral port", "listen", "client"),
        .trials =
            TRIALS({ "zocalo connect --explain 127.0.0.1:50007", N_("with 'zocalo serve echo' running, and without") }),
    },
    {
        .name = N_("endpoint"),
        .aliases = TEXTS("extremo", "extremos", "socket pair", "par de sockets", "5-tuple", "address and port"),
        .text = N_("One end of a conversation: an address and a port, as in 192.0.2.7:80. A TCP connection is known "
                   "by its two ends: protocol, both addresses and both ports together are different for each. That "
                   "is why thousands of clients can talk to the same port of a server.\n\n"
                   "In this program the word means anything that bytes can go to or come from, written in one line: "
                   "tcp://host:port, udp://, tls://, unix:path, file:path, exec:command, and listen: before it to "
                   "wait there."),
        .references = REFERENCES(RFC(9293, "4")),
        .related = TEXTS("socket", "port", "host", "connect"),
        .trials =
            TRIALS({ "zocalo connect -v tcp://127.0.0.1:50007",
                     N_("both ends of a connection ('zocalo serve echo' listens there)") },
                   { "zocalo relay listen::8080 unix:/tmp/demo_unix_socket", N_("ends of different kinds, joined") }),
    },
    {
        .name = N_("ephemeral port"),
        .aliases = TEXTS("puerto efimero", "dynamic port", "puerto dinamico", "private port", "ephemeral ports",
                         "puertos efimeros", "puertos dinamicos"),
        .text = N_("A port that the system lends to a client for one connection. Nobody has to know it beforehand: "
                   "the server reads it in the first packet and answers there. When the connection is over, the port "
                   "is free again, for TCP after TIME_WAIT.\n\n"
                   "IANA keeps 49152 to 65535 for this; Linux takes them from 32768 to 60999 by default. They limit "
                   "connections to one and the same server address and port to some 28,000 at a time; to another "
                   "destination the same port can be used again. Choosing them at random makes attacks by guessing "
                   "harder."),
        .references = REFERENCES(RFC(6335, "6"), RFC(6056, "")),
        .related = TEXTS("port", "client", "TIME_WAIT", "NAT"),
        .trials = TRIALS({ "zocalo connect --explain :50007",
                           N_("the socket's own port, and where it comes from ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("listen"),
        .aliases = TEXTS("escuchar (listen)", "passive open", "apertura pasiva", "escuchar", "listener", "listen(2)",
                         "oyente"),
        .text = N_("The call that makes a socket wait for connections: what the standard of TCP calls a passive "
                   "open. From then on the kernel answers each SYN for this port by itself and completes the "
                   "handshake, even while the program does something else.\n\n"
                   "Finished connections wait in a queue, the backlog, until the program accepts them. So a client "
                   "can be connected to, and even have sent something to, a server that has not noticed it yet. A "
                   "socket that listens carries no data itself."),
        .references = REFERENCES(RFC(9293, "3.9.1"), DOCUMENT("listen(2)")),
        .related = TEXTS("LISTEN state", "backlog", "accept", "bind", "server"),
        .trials = TRIALS({ "zocalo listen --explain 127.0.0.1:9000", N_("in one terminal") },
                         { "zocalo connect --explain 127.0.0.1:9000", N_("in another") }),
    },
    {
        .name = N_("port"),
        .aliases = TEXTS("puerto", "port number", "numero de puerto", "tcp port", "udp port"),
        .text = N_("A number from 0 to 65535 that says which program of a machine is meant. IP brings a packet to "
                   "the machine; the port, in the header of TCP or UDP, says to whom there. TCP and UDP have ports "
                   "of their own each: 53 of the one is not 53 of the other.\n\n"
                   "A connection has two: the server's, which clients know, and the client's, which the system "
                   "chose. 0 to 1023 are well known, 1024 to 49151 registered, 49152 to 65535 dynamic. The numbers "
                   "are habits: any service can listen on any port."),
        .references = REFERENCES(RFC(6335, ""), RFC(9293, "3.1"), RFC(768, "")),
        .related = TEXTS("well-known port", "ephemeral port", "socket", "endpoint"),
        .trials = TRIALS(
            { "zocalo connect -v :50007", N_("both ports of a connection ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("registered port"),
        .aliases = TEXTS("puerto registrado", "user port", "puerto de usuario", "puertos registrados"),
        .text = N_("A port from 1024 to 49151. IANA registers who uses which, as for PostgreSQL (5432) or Redis "
                   "(6379), and any user may listen there. Registration avoids clashes; it reserves nothing on a "
                   "machine.\n\n"
                   "Linux takes ephemeral ports from 32768 on, which reaches into this range: a service on, say, "
                   "40000 can find its port taken by some client's connection at the moment it starts. A port below "
                   "32768 avoids that."),
        .references = REFERENCES(RFC(6335, "6")),
        .related = TEXTS("port", "well-known port", "ephemeral port", "IANA"),
        .trials = TRIALS({ "zocalo listen 127.0.0.1:7373", N_("any user may") }),
    },
    {
        .name = N_("socket"),
        .aliases = TEXTS("sockets", "berkeley sockets", "bsd sockets", "posix sockets", "sockets de berkeley", "4.2BSD",
                         "enchufe"),
        .text = N_("A program's end of a conversation: a descriptor, as of an open file, that is read and written, "
                   "while the kernel does TCP, IP and what lies below. The server calls socket, bind, listen and "
                   "accept, the client socket and connect.\n\n"
                   "The interface was made at Berkeley and came with 4.2BSD in 1983: the network as one more kind of "
                   "file, the protocol an argument. Windows took it over as Winsock, POSIX made it a standard, at "
                   "first beside XTI, which came from System V; and nearly every language's network library stands "
                   "on it. The word is older: RFC 147 of 1971 defines it for the ARPANET."),
        .references = REFERENCES(RFC(3493, ""), DOCUMENT("POSIX.1-2017, 2.10")),
        .related = TEXTS("endpoint", "file descriptor", "bind", "listen", "accept", "connect", "Unix domain socket"),
        .trials = TRIALS({ "zocalo connect --explain :50007",
                           N_("the life of a socket, step by step ('zocalo serve echo' listens there)") }),
    },
    {
        .name = N_("SO_REUSEADDR"),
        .aliases = TEXTS("reuseaddr", "address reuse", "reutilizar direccion"),
        .text = N_("An option of a socket, set before bind: the port may be taken although connections of an earlier "
                   "run are still in TIME_WAIT there. Nearly every server sets it, because otherwise it could not be "
                   "restarted for a minute.\n\n"
                   "On Linux it does not let two sockets listen on the same address and port: the second one still "
                   "gets EADDRINUSE. For UDP it does allow sharing, which is what multicast receivers use. On "
                   "Windows an option of the same name means something else."),
        .references = REFERENCES(DOCUMENT("socket(7)")),
        .related = TEXTS("TIME_WAIT", "bind", "SO_REUSEPORT"),
        .trials = TRIALS({ "zocalo serve echo", N_("in one terminal") },
                         { "zocalo serve echo", N_("in another: still refused") }),
    },
    {
        .name = N_("SO_REUSEPORT"),
        .aliases = TEXTS("reuseport", "port sharing", "compartir puerto"),
        .text = N_("An option with which several sockets of the same user may listen on the same address and port, "
                   "if all of them set it. The kernel spreads connections, or UDP peers, over them. It came to Linux "
                   "with version 3.9.\n\n"
                   "Servers use it to have a socket for each processor. It hides a mistake that would otherwise be "
                   "reported: a second copy of the program starts without complaint and takes half of the clients. "
                   "And when one of the sockets is closed, connections that waited in its queue are reset."),
        .references = REFERENCES(DOCUMENT("socket(7)")),
        .related = TEXTS("SO_REUSEADDR", "listen", "load balancer"),
        .trials = TRIALS({ "zocalo listen --keep 127.0.0.1:9000,reuseport",
                           N_("in two terminals; then connect several times from a third") },
                         { "zocalo connect 127.0.0.1:9000", "" }),
    },
    {
        .name = N_("Unix domain socket"),
        .aliases = TEXTS("socket Unix", "unix socket", "af_unix", "local socket", "socket de dominio unix",
                         "socket local", "uds"),
        .text = N_("A socket between processes of one machine, which has a path instead of an address and a port: "
                   "/run/postgresql/.s.PGSQL.5432. There is no IP and no TCP in between, so it is faster than "
                   "loopback; who may connect is said by the rights of the file.\n\n"
                   "It can be a stream, datagrams, or both at once (seqpacket). It can pass open descriptors to "
                   "another process, and tell who is at the other end. The file stays behind when its maker dies, "
                   "and must then be removed before somebody can listen there again."),
        .references = REFERENCES(DOCUMENT("unix(7)")),
        .related = TEXTS("socket", "abstract socket", "file descriptor", "loopback"),
        .trials = TRIALS({ "zocalo listen unix:/tmp/desk.sock,mode=0600", N_("in one terminal") },
                         { "zocalo connect --explain unix:/tmp/desk.sock", N_("in another") }),
    },
    {
        .name = N_("well-known port"),
        .aliases = TEXTS("puerto bien conocido", "system port", "privileged port", "puerto privilegiado",
                         "puertos bien conocidos", "puerto de sistema"),
        .text = N_("A port from 0 to 1023, which IANA assigned to a service: 22 SSH, 25 mail (SMTP), 53 DNS, 80 "
                   "HTTP, 443 HTTPS. A client that knows only the kind of service thereby knows where to knock. "
                   "/etc/services lists the names.\n\n"
                   "On Unix only root, or a process with CAP_NET_BIND_SERVICE, may listen there, so that no ordinary "
                   "user can pose as a service of the machine. Linux can move that limit "
                   "(net.ipv4.ip_unprivileged_port_start)."),
        .references = REFERENCES(RFC(6335, "6")),
        .related = TEXTS("port", "registered port", "IANA", "SRV record"),
        .trials =
            TRIALS({ "zocalo listen 127.0.0.1:80", N_("as an ordinary user: permission denied, on most machines") }),
    },
};

const struct field field_socket = FIELD(N_("ports and sockets"), terms);
