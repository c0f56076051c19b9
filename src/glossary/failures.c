#include "glossary/failure.h"

#include "base/text.h"
#include "glossary/list.h"

#include <errno.h>
#include <zocalo/error.h>

const struct failure failures[] = {
    {
        .error = EACCES,
        .name = "EACCES",
        .aliases = TEXTS("access denied", "permiso denegado", "acceso denegado"),
        .meaning = N_("The kernel refused the call because this user may not do it. Nothing was sent: the decision "
                      "fell on this machine."),
        .causes =
            TEXTS(N_("a port below 1024 was asked for, and this process is neither root nor has the capability "
                     "CAP_NET_BIND_SERVICE"),
                  N_("the file of a Unix socket may not be written by this user, or a folder on the way to it may "
                     "not be entered"),
                  N_("the destination is a broadcast address, and the socket was not allowed to send there"),
                  N_("a security policy (SELinux, AppArmor, a local firewall rule) forbids it")),
        .remedies =
            TEXTS(N_("take a port from 1024 on"),
                  N_("look at the rights of the socket's file and of the folders above it with 'namei -l PATH'")),
        .references = NO_REFERENCES,
    },
    {
        .error = EADDRINUSE,
        .name = "EADDRINUSE",
        .aliases = TEXTS("address in use", "port in use", "direccion en uso", "direccion ya en uso",
                         "la direccion ya se esta usando", "puerto en uso", "puerto ocupado"),
        .meaning = N_("The address and port are taken. The kernel lets one socket listen on a combination of "
                      "protocol, address and port, so that it knows whom to give what comes. For a Unix socket the "
                      "file is there already."),
        .causes =
            TEXTS(N_("another process listens there, often an earlier run of the same program"),
                  N_("a process listens on the same port of all addresses (0.0.0.0 or ::), which includes this one"),
                  N_("a connection of an earlier run is still in TIME_WAIT, and the program did not set "
                     "SO_REUSEADDR"),
                  N_("a Unix socket's file was left behind by a process that is gone"),
                  N_("all ephemeral ports towards one destination are in use")),
        .remedies = TEXTS(N_("see who holds the port with 'ss -ltnp' (or 'ss -lunp' for UDP)"),
                          N_("listen on another port, or on port 0 for one that the system chooses")),
        .references = NO_REFERENCES,
    },
    {
        .error = EADDRNOTAVAIL,
        .name = "EADDRNOTAVAIL",
        .aliases = TEXTS("direccion no disponible", "no se puede asignar la direccion pedida"),
        .meaning = N_("The address is not one of this machine, so no socket can be bound to it; or, when connecting, "
                      "no local port was left for this destination."),
        .causes = TEXTS(N_("the address belongs to no interface of this machine: a typing error, or the machine's "
                           "public address, which only its router has"),
                        N_("IPv6 is switched off on this interface, and ::1 was asked for"),
                        N_("the interface is not up yet, as early in a machine's start"),
                        N_("every ephemeral port towards this destination is taken, many of them by connections in "
                           "TIME_WAIT")),
        .remedies = TEXTS(N_("list the addresses of this machine with 'ip address'"),
                          N_("leave the address out, and listen on all of them")),
        .references = NO_REFERENCES,
    },
    {
        .error = EAFNOSUPPORT,
        .name = "EAFNOSUPPORT",
        .meaning = N_("This kernel has no such family of addresses, or the address given belongs to another family "
                      "than the socket."),
        .causes = TEXTS(N_("IPv6 is not compiled into this kernel, or was disabled when it started"),
                        N_("an IPv4 socket was told an IPv6 address, or the other way round"),
                        N_("a container or sandbox allows no sockets of that family")),
        .remedies = TEXTS(N_("ask for IPv4 with the option ',4' of the endpoint")),
        .references = NO_REFERENCES,
    },
    {
        .error = EAGAIN,
        .name = "EAGAIN",
        .aliases = TEXTS("recurso no disponible temporalmente"),
        .meaning = N_("The call would have to wait, and the socket is set not to. It is no failure: the same call "
                      "can be made again when the socket is ready. A Unix socket says this as well when the other "
                      "side's queue of connections is full."),
        .causes = TEXTS(N_("nothing has come yet (when reading)"),
                        N_("the send buffer is full because the peer or the network is slower (when writing)"),
                        N_("a time limit set with SO_RCVTIMEO or SO_SNDTIMEO has passed"),
                        N_("too many clients wait at a Unix socket that its server does not accept from")),
        .remedies = TEXTS(N_("wait until the socket is ready (poll, epoll), and call again")),
        .references = NO_REFERENCES,
    },
    {
        .error = EBADF,
        .name = "EBADF",
        .meaning = N_("The number given is no open descriptor of this process, or not one that allows this use. "
                      "Nothing went to the network."),
        .causes = TEXTS(N_("it was closed already, often by another part of the same program"),
                        N_("'fd:N' names a descriptor that whoever started the program did not pass on"),
                        N_("a descriptor that was opened for reading alone was written to, or the other way round")),
        .remedies = TEXTS(N_("see what is open with 'ls -l /proc/PID/fd'")),
        .references = NO_REFERENCES,
    },
    {
        .error = ECONNABORTED,
        .name = "ECONNABORTED",
        .meaning = N_("The connection was given up before it was used. A client finished the handshake and then "
                      "reset the connection while it waited to be accepted, or the software of this machine broke it "
                      "off."),
        .causes = TEXTS(N_("a client, or a port scanner, connected and broke off at once"),
                        N_("the client's patience ended while the server was too busy to accept")),
        .remedies = TEXTS(N_("go on accepting: the other connections are not concerned")),
        .references = NO_REFERENCES,
    },
    {
        .error = ECONNREFUSED,
        .name = "ECONNREFUSED",
        .aliases = TEXTS("refused", "conexion rechazada", "conexion rehusada", "rechazada"),
        .meaning = N_("The other machine answered, and the answer was no. For TCP, the SYN was answered with a RST: "
                      "a machine is there, and no process listens on that port. For UDP, an ICMP message 'port "
                      "unreachable' came back for an earlier datagram. For a Unix socket, the file exists, and "
                      "nobody listens behind it."),
        .causes = TEXTS(N_("the service is not running, or has not started yet"), N_("it listens on another port"),
                        N_("it listens on another address: on 127.0.0.1 alone, or in the other family (IPv4, IPv6)"),
                        N_("a firewall rejects the connection and says so, instead of dropping it"),
                        N_("the name leads to another machine than expected")),
        .remedies = TEXTS(N_("on that machine, see what listens with 'ss -ltnp'"),
                          N_("keep trying while the service starts: 'zocalo connect --wait 10s HOST PORT'")),
        .references = REFERENCES(RFC(9293, "3.10.7.1")),
    },
    {
        .error = ECONNRESET,
        .name = "ECONNRESET",
        .aliases = TEXTS("reset by peer", "conexion reiniciada", "conexion restablecida",
                         "conexion reinicializada por la maquina remota"),
        .meaning = N_("A segment with the RST flag came: the connection is void at once, and what was under way in "
                      "either direction is lost. The peer's kernel sends one when a process closes with unread "
                      "input, asks for it, or when it knows of no such connection."),
        .causes = TEXTS(N_("the peer's program ended or crashed while input that it had not read was waiting"),
                        N_("the peer closed, and we went on sending to it"),
                        N_("a server, proxy or load balancer gave up an idle or unwanted connection"),
                        N_("the peer's machine restarted, and no longer knows the connection"),
                        N_("a firewall or NAT on the way forgot the connection, and answers for the peer"),
                        N_("the peer expects another protocol (TLS, or none) and broke off")),
        .remedies = TEXTS(N_("look at what was said last before it: 'zocalo connect --explain' shows that"),
                          N_("read the log of the service on the other side")),
        .references = REFERENCES(RFC(9293, "3.10.7")),
    },
    {
        .error = EDESTADDRREQ,
        .name = "EDESTADDRREQ",
        .meaning = N_("A datagram socket was asked to send without being told where: it is not connected, and no "
                      "address was given. Nothing was sent."),
        .causes = TEXTS(N_("a server wants to send before any peer has been heard from"),
                        N_("the program forgot to connect the socket, or used write instead of sendto")),
        .remedies = TEXTS(N_("let the peer send first, or connect to it")),
        .references = NO_REFERENCES,
    },
    {
        .error = EHOSTDOWN,
        .name = "EHOSTDOWN",
        .meaning = N_("The local network reported that the host is down. Linux seldom says so; a machine that does "
                      "not answer ARP is reported as EHOSTUNREACH."),
        .causes = TEXTS(N_("the machine is switched off, or off the network"), N_("its address has changed")),
        .remedies = TEXTS(N_("see whether it answers its neighbours: 'ip neighbour'")),
        .references = NO_REFERENCES,
    },
    {
        .error = EHOSTUNREACH,
        .name = "EHOSTUNREACH",
        .aliases = TEXTS("no hay ruta hasta el host", "no hay ruta hasta el equipo"),
        .meaning = N_("The network is there, and the machine could not be reached in it. Either a router said so "
                      "with ICMP (host unreachable, or administratively prohibited), or the last hop asked for the "
                      "machine's link address (ARP, neighbour discovery) and nobody answered."),
        .causes =
            TEXTS(N_("the machine is off, or has another address now"),
                  N_("a firewall on the way rejects with an ICMP message"), N_("a router on the way has no path to it"),
                  N_("the wrong network mask makes a distant machine look like a neighbour")),
        .remedies =
            TEXTS(N_("see which route is taken: 'ip route get ADDRESS'"), N_("ping its router, then the machine")),
        .references = REFERENCES(RFC(792, ""), RFC(4443, "3.1")),
    },
    {
        .error = EINPROGRESS,
        .name = "EINPROGRESS",
        .meaning = N_("The connection is being made: the SYN is on its way, and the call did not wait for the "
                      "answer. It is no failure; the outcome is known when the socket becomes writable."),
        .causes = TEXTS(N_("the socket is set not to wait (O_NONBLOCK), as every program on an event loop has it")),
        .remedies = TEXTS(N_("wait until it is writable, then ask for SO_ERROR")),
        .references = NO_REFERENCES,
    },
    {
        .error = EINTR,
        .name = "EINTR",
        .meaning = N_("A signal came while the call waited, and the call ended without having done anything. The "
                      "network has no part in it."),
        .causes =
            TEXTS(N_("a timer, the end of a child process or Ctrl-C, with a handler that does not restart calls")),
        .remedies = TEXTS(N_("call again, or set SA_RESTART for the handler")),
        .references = NO_REFERENCES,
    },
    {
        .error = EISCONN,
        .name = "EISCONN",
        .meaning = N_("The socket is connected already, and a TCP socket is connected once in its life."),
        .causes = TEXTS(N_("connect was called twice on the same socket"),
                        N_("a send named a destination on a connected socket")),
        .remedies = TEXTS(N_("make a new socket for each connection")),
        .references = NO_REFERENCES,
    },
    {
        .error = EMFILE,
        .name = "EMFILE",
        .aliases = TEXTS("demasiados archivos abiertos", "demasiados ficheros abiertos"),
        .meaning = N_("This process has as many descriptors open as it may have. Every connection, file and pipe "
                      "takes one. Connections that were made wait in the backlog meanwhile."),
        .causes = TEXTS(N_("more clients came than the limit (ulimit -n, often 1024) allows"),
                        N_("the program forgets to close connections whose peer has ended: they stand in CLOSE_WAIT")),
        .remedies = TEXTS(N_("count what is open with 'ls /proc/PID/fd'"),
                          N_("raise the limit with 'ulimit -n', or LimitNOFILE= of systemd")),
        .references = NO_REFERENCES,
    },
    {
        .error = EMSGSIZE,
        .name = "EMSGSIZE",
        .aliases = TEXTS("mensaje demasiado largo"),
        .meaning = N_("The datagram is larger than can be sent in one piece. A UDP datagram over IPv4 carries at "
                      "most 65507 bytes; and where fragmentation is forbidden, no more than the path lets through."),
        .causes = TEXTS(N_("the message has more than 65507 bytes"),
                        N_("the path's MTU is smaller than the datagram, and the socket may not fragment"),
                        N_("a Unix datagram is larger than the send buffer (SO_SNDBUF)")),
        .remedies =
            TEXTS(N_("send smaller messages: 1200 bytes pass almost everywhere"), N_("use TCP for what is large")),
        .references = REFERENCES(RFC(768, ""), RFC(8899, "5")),
    },
    {
        .error = ENETDOWN,
        .name = "ENETDOWN",
        .meaning = N_("The interface that the packet would leave by is down."),
        .causes = TEXTS(N_("the interface was switched off, or its cable or radio link was lost"),
                        N_("in a new network namespace, loopback has not been brought up")),
        .remedies = TEXTS(N_("look with 'ip link'; 'ip link set lo up' brings loopback up")),
        .references = NO_REFERENCES,
    },
    {
        .error = ENETUNREACH,
        .name = "ENETUNREACH",
        .aliases = TEXTS("network unreachable", "la red es inaccesible", "red inaccesible", "red inalcanzable"),
        .meaning = N_("The kernel has no route for this destination, so that the packet never left; or a router on "
                      "the way said with ICMP that it has none."),
        .causes = TEXTS(N_("the name has an IPv6 address, and this machine has no IPv6 beyond its own network"),
                        N_("this machine is offline: there is no default route"),
                        N_("a VPN whose routes are needed is not up")),
        .remedies = TEXTS(N_("look at the routes with 'ip route' and 'ip -6 route'"),
                          N_("ask for IPv4 alone with the option ',4'")),
        .references = NO_REFERENCES,
    },
    {
        .error = ENFILE,
        .name = "ENFILE",
        .meaning = N_("The whole system has as many files open as its kernel allows. No process may open another one."),
        .causes = TEXTS(N_("some process leaks descriptors, and its own limit is high"),
                        N_("the limit of the system (fs.file-max) is low for what runs here")),
        .remedies = TEXTS(N_("see how many there are with 'cat /proc/sys/fs/file-nr'")),
        .references = NO_REFERENCES,
    },
    {
        .error = ENOBUFS,
        .name = "ENOBUFS",
        .meaning = N_("The kernel had no memory, or no room in a queue, for this packet or socket."),
        .causes = TEXTS(N_("datagrams are sent faster than the interface takes them"),
                        N_("the machine, or the container's group, is out of memory")),
        .remedies = TEXTS(N_("wait a moment and send again; send more slowly")),
        .references = NO_REFERENCES,
    },
    {
        .error = ENOENT,
        .name = "ENOENT",
        .aliases = TEXTS("no existe el archivo o el directorio", "no existe el fichero o el directorio"),
        .meaning = N_("There is no such path. For a Unix socket: no file of that name, so that nobody can listen "
                      "there."),
        .causes = TEXTS(N_("the service that makes the socket has not started, or has removed it on its way out"),
                        N_("the path is written wrongly, or relative to another folder"),
                        N_("it is an abstract socket, which is written with @ before the name"),
                        N_("the service runs in a container with files of its own")),
        .remedies = TEXTS(N_("list the Unix sockets that listen with 'ss -lx'")),
        .references = NO_REFERENCES,
    },
    {
        .error = ENOPROTOOPT,
        .name = "ENOPROTOOPT",
        .meaning = N_("The socket has no such option at this level; or an ICMP message said that the other machine "
                      "does not have the protocol at all."),
        .causes = TEXTS(N_("an option of TCP was set on a socket that is not TCP"),
                        N_("the kernel is older than the option, or built without it")),
        .remedies = TEXTS(N_("read the manual of the protocol: tcp(7), udp(7), ip(7)")),
        .references = NO_REFERENCES,
    },
    {
        .error = ENOTCONN,
        .name = "ENOTCONN",
        .meaning = N_("The socket is not connected: it never was, or the connection is already over."),
        .causes = TEXTS(N_("a socket was used before connect or accept"),
                        N_("the peer reset the connection before this call came to it")),
        .remedies = TEXTS(N_("look at what happened to the connection before")),
        .references = NO_REFERENCES,
    },
    {
        .error = EPERM,
        .name = "EPERM",
        .aliases = TEXTS("operacion no permitida"),
        .meaning = N_("The operation is reserved for a privileged user, or a rule of this machine forbids it. For a "
                      "packet that was sent, the local firewall dropped it on its way out."),
        .causes = TEXTS(N_("a local firewall rule drops what goes to that address"),
                        N_("a raw socket, or an option of the kernel, needs CAP_NET_RAW or CAP_NET_ADMIN"),
                        N_("a container's filter of system calls forbids it")),
        .remedies = TEXTS(N_("list the rules with 'nft list ruleset', as root")),
        .references = NO_REFERENCES,
    },
    {
        .error = EPIPE,
        .name = "EPIPE",
        .aliases = TEXTS("tuberia rota"),
        .meaning = N_("Bytes were written to a connection that can take no more: the peer reset it before, or this "
                      "side had ended its own direction. A program that does not ignore SIGPIPE is ended by that "
                      "signal instead."),
        .causes =
            TEXTS(N_("the peer has closed; the first bytes after that were answered with a RST, these are the next"),
                  N_("the reader of a pipe has gone, as 'head' does when it has seen enough"),
                  N_("this side did a half-close and then wrote again")),
        .remedies = TEXTS(N_("read what the peer said before it closed: the reason is often there")),
        .references = REFERENCES(RFC(9293, "3.6")),
    },
    {
        .error = EPROTO,
        .name = "EPROTO",
        .meaning = N_("What came does not follow the protocol that was expected."),
        .causes =
            TEXTS(N_("another service than expected answers on this port"),
                  N_("one side speaks TLS and the other does not"), N_("a proxy on the way answered for the server")),
        .remedies = TEXTS(N_("look at the bytes themselves: 'zocalo connect --hex HOST PORT'")),
        .references = NO_REFERENCES,
    },
    {
        .error = EPROTONOSUPPORT,
        .name = "EPROTONOSUPPORT",
        .meaning = N_("This kernel does not have the protocol that was asked for, or not with this kind of socket."),
        .causes = TEXTS(N_("the module of the protocol (SCTP, DCCP, MPTCP, ...) is not loaded or not built"),
                        N_("the protocol does not fit the kind of socket, as TCP with datagrams")),
        .remedies = TEXTS(N_("see which protocols there are with 'cat /proc/net/protocols'")),
        .references = NO_REFERENCES,
    },
    {
        .error = ETIMEDOUT,
        .name = "ETIMEDOUT",
        .aliases = TEXTS("timeout", "time out", "timed out", "tiempo de espera", "tiempo de espera agotado",
                         "expiro el tiempo de conexion"),
        .meaning = N_("No answer came in time. For a connection that is being made: the SYN was sent several times "
                      "into silence, which is not what a machine without such a service does: that one refuses. For "
                      "a connection that existed: data or keepalive probes were sent again and again, and nothing "
                      "was acknowledged."),
        .causes = TEXTS(N_("a firewall on the way, or on that machine, drops the packets without a word"),
                        N_("the machine is off, or the address belongs to nobody"),
                        N_("answers take another way back and are lost, as behind a NAT without a rule for this port"),
                        N_("the network lost contact in the middle: a cable, a radio link, a laptop that sleeps"),
                        N_("the server's queue of connections is full, so that it drops new ones"),
                        N_("the time limit given here was shorter than the network needs")),
        .remedies = TEXTS(N_("try another port of the same machine: a refusal proves that it is there"),
                          N_("try from another network, to see which side drops")),
        .references = REFERENCES(RFC(9293, "3.8.3"), RFC(1122, "4.2.3.5")),
    },
    {
        .error = ZOC_ECERTIFICATE,
        .name = "ZOC_ECERTIFICATE",
        .aliases = TEXTS("certificate verify failed", "certificate has expired", "certificate expired",
                         "certificado rechazado", "certificado no valido"),
        .meaning = N_("The handshake worked, and the certificate does not prove that the other side is who was asked "
                      "for. The connection is ended before anything is said through it."),
        .causes = TEXTS(N_("its time is over, or this machine's clock is wrong"),
                        N_("it is for other names than the one that was dialled"),
                        N_("nobody known here vouches for it: it is self-signed, or from a company's own authority"),
                        N_("the server does not send the certificates between its own and the authority's"),
                        N_("somebody stands in between: a proxy that inspects, or an attacker")),
        .remedies = TEXTS(N_("look at it with 'zocalo connect -v tls://HOST:PORT,insecure', and say nothing secret"),
                          N_("trust its authority with ',ca=FILE', or that key alone with ',pin=sha256:...'")),
        .references = REFERENCES(RFC(5280, "6"), RFC(9525, "6")),
    },
    {
        .error = ZOC_ENAME,
        .name = "ZOC_ENAME",
        .aliases = TEXTS("name or service not known", "nombre o servicio desconocido", "unknown host", "host not found",
                         "could not resolve host", "no such host"),
        .meaning = N_("The name was looked up and does not lead to an address: the name server said that it does not "
                      "exist (NXDOMAIN), or that it has no address of the family that was asked for."),
        .causes = TEXTS(N_("the name is written wrongly"),
                        N_("the name is known only in another network: a company's own name server, a VPN, a container "
                           "network"),
                        N_("it has only IPv4 addresses and IPv6 was asked for, or the other way round"),
                        N_("it is new, and a resolver still remembers that it did not exist")),
        .remedies = TEXTS(N_("ask a name server: 'dig NAME A' and 'dig NAME AAAA'"),
                          N_("look into /etc/hosts and /etc/resolv.conf")),
        .references = REFERENCES(RFC(1035, "4.1.1"), RFC(8020, "")),
    },
    {
        .error = ZOC_ENAMEFAIL,
        .name = "ZOC_ENAMEFAIL",
        .aliases = TEXTS("temporary failure in name resolution", "fallo temporal en la resolucion del nombre"),
        .meaning = N_("Nobody could say what the name leads to: no name server answered in time, or one answered "
                      "that it failed (SERVFAIL) or will not answer (REFUSED). Whether the name exists is not known."),
        .causes = TEXTS(N_("this machine is offline, or its name server is not reachable from here"),
                        N_("/etc/resolv.conf names a server that is gone, as after a change of network"),
                        N_("a firewall drops UDP and TCP to port 53"),
                        N_("the servers of that domain are down, or its DNSSEC signatures are wrong")),
        .remedies = TEXTS(N_("try another name: if none works, the fault is near"),
                          N_("ask another name server: 'dig @SERVER NAME'")),
        .references = REFERENCES(RFC(1035, "4.1.1")),
    },
    {
        .error = ZOC_EPROGRAM,
        .name = "ZOC_EPROGRAM",
        .meaning = N_("A program that was run for this connection ended with a failure. The network has no part in "
                      "it."),
        .causes = TEXTS(N_("the program itself reported an error: its exit status is not 0"),
                        N_("it was not found, or may not be executed"), N_("a signal ended it")),
        .remedies = TEXTS(N_("run the same command by hand")),
        .references = NO_REFERENCES,
    },
    {
        .error = ZOC_EPROXY,
        .name = "ZOC_EPROXY",
        .meaning = N_("The connection to the proxy came about, and the proxy did not make the one behind it: it "
                      "refused, failed, or did not answer as a proxy does."),
        .causes = TEXTS(N_("the proxy could not reach the target, and says so"),
                        N_("its rules forbid this target, often every port but 443"),
                        N_("it wants a user and a password, or other ones"),
                        N_("it speaks another protocol: SOCKS 4, SOCKS 5 or HTTP")),
        .remedies = TEXTS(N_("read the words of the error: the proxy's own reason stands there"),
                          N_("try the other kinds: socks5://, socks4:// and http://")),
        .references = REFERENCES(RFC(1928, "6"), RFC(9110, "9.3.6")),
    },
    {
        .error = ZOC_ETLS,
        .name = "ZOC_ETLS",
        .aliases = TEXTS("wrong version number", "handshake failure"),
        .meaning = N_("The two sides could not agree on TLS, or what came later could not be deciphered. Nothing "
                      "that was said can be trusted."),
        .causes = TEXTS(N_("the port does not speak TLS, or only after a command such as STARTTLS"),
                        N_("the two have no version or cipher suite in common"),
                        N_("the server wants a certificate of the client"),
                        N_("the name in SNI, or the protocol in ALPN, is not one that the server has"),
                        N_("something on the way changed the bytes")),
        .remedies = TEXTS(N_("look at what the port says without TLS: 'zocalo connect --hex HOST PORT'")),
        .references = REFERENCES(RFC(9846, "6.2")),
    },
    {
        .error = ZOC_ETRUNCATED,
        .name = "ZOC_ETRUNCATED",
        .aliases = TEXTS("unexpected eof while reading"),
        .meaning = N_("The peer ended before what it was saying was complete. Over TLS: the connection ended without "
                      "the alert close_notify, so that nobody can tell an end from an attacker who cut it off."),
        .causes = TEXTS(N_("the program on the other side ended or crashed in the middle"),
                        N_("it does not send close_notify, which is common among older TLS servers"),
                        N_("a proxy or load balancer on the way gave the connection up"),
                        N_("somebody on the way cut the connection on purpose")),
        .remedies = TEXTS(N_("do not take what came for complete, unless the protocol itself says where its end is")),
        .references = REFERENCES(RFC(9846, "6.1")),
    },
};

const size_t failure_count = sizeof failures / sizeof *failures;
