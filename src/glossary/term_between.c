/* Terms: what stands in between. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("filtered port"),
        .aliases = TEXTS("puerto filtrado", "filtered", "closed port", "open port", "puerto cerrado", "puerto abierto",
                         "filtrado", "stealth"),
        .text = N_("What a port is called that answers nothing to a SYN: something dropped it on the way. Three "
                   "outcomes tell three things. SYN-ACK: the port is open. RST: it is closed, the machine is there. "
                   "Silence: a firewall drops, or the machine is off, or the address belongs to nobody.\n\n"
                   "An ICMP message 'administratively prohibited' is also a firewall, one that says so. With UDP, "
                   "silence may even mean open: a service that does not like the question says nothing."),
        .references = REFERENCES(RFC(9293, "3.10.7.1")),
        .related = TEXTS("firewall", "port scan", "RST", "SYN"),
        .trials = TRIALS(
            { "zocalo nc -z -v -w 2 127.0.0.1 9 50007", N_("closed, and open when 'zocalo serve echo' listens") },
            { "zocalo nc -z -v -w 2 192.0.2.1 80", N_("nothing answers") }),
    },
    {
        .name = N_("firewall"),
        .aliases =
            TEXTS("cortafuegos", "iptables", "nftables", "packet filter", "filtro de paquetes", "security group"),
        .text = N_("A filter for packets, in a router or in the machine itself. It compares addresses, ports and "
                   "flags with rules, and mostly remembers connections: what answers a conversation that began "
                   "inside may come in, what begins outside may not.\n\n"
                   "There are two ways to say no. To reject sends a RST or an ICMP message, and the caller knows at "
                   "once. To drop is silent: the caller waits until its time is over. Silence hides little from "
                   "somebody who looks, and costs everybody else time."),
        .references = REFERENCES(RFC(2979, ""), RFC(4949, "")),
        .related = TEXTS("filtered port", "RST", "NAT", "ICMP", "port scan"),
        .trials = TRIALS({ "zocalo connect --explain 127.0.0.1:9", N_("a refusal comes at once") },
                         { "zocalo connect --explain --timeout 5s 192.0.2.1:80", N_("silence takes until the limit") }),
    },
    {
        .name = N_("load balancer"),
        .aliases = TEXTS("balanceador de carga", "load balancing", "balanceo de carga", "round robin", "health check",
                         "balanceador"),
        .text = N_("One address in front of several servers: it spreads connections or requests over them, in turn, "
                   "by load, or so that one client always comes to the same one. It asks the servers now and then "
                   "whether they are well, and leaves out those that are not.\n\n"
                   "At layer 4 it passes connections on without looking inside; at layer 7 it understands HTTP and "
                   "decides for each request. It is itself a place where everything can stop, so there are usually "
                   "two. It also gives up idle connections, which surprises clients that keep them."),
        .references = REFERENCES(RFC(9110, "3.7"), RFC(7239, "")),
        .related = TEXTS("reverse proxy", "SRV record", "PROXY protocol", "keepalive"),
        .trials = TRIALS({ "zocalo relay --explain --idle 10s listen::9000 127.0.0.1:50007",
                           N_("gives up what is idle, as balancers do ('zocalo serve echo' is the target)") }),
    },
    {
        .name = N_("port scan"),
        .aliases = TEXTS("escaneo de puertos", "port scanner", "scan", "nmap", "escaner de puertos",
                         "exploracion de puertos", "barrido de puertos"),
        .text = N_("Trying many ports of a machine to see what listens there. The plain way is to connect to each "
                   "and hang up; another sends only the SYN and never completes the handshake, for which one needs "
                   "raw sockets.\n\n"
                   "On one's own machines it answers what is open, and to whom. On others it is at least impolite, "
                   "it stands in their logs, and in some countries it is against the law without permission. It says "
                   "that something listens, not what: that takes a look at its first words."),
        .references = REFERENCES(RFC(9293, "3.10.7.1")),
        .related = TEXTS("filtered port", "port", "SYN", "firewall"),
        .trials = TRIALS({ "zocalo nc -z -v 127.0.0.1 9000-9010", N_("which of these are open on this machine") }),
    },
    {
        .name = N_("proxy"),
        .aliases = TEXTS("forward proxy", "proxy server", "servidor proxy", "proxies", "http proxy", "HTTP CONNECT"),
        .text = N_("A program that connects for others: the client connects to it and says where it wants to go; the "
                   "proxy makes that connection and passes bytes on. There are two connections, each with its own "
                   "handshake, and the target sees the proxy's address.\n\n"
                   "Companies use them to decide who goes out and to look at it, others to appear from elsewhere. An "
                   "HTTP proxy takes whole requests, or, with CONNECT, makes a tunnel for anything; SOCKS is for any "
                   "connection. With TLS inside, a proxy sees whom one talks to, not what is said."),
        .references = REFERENCES(RFC(9110, "3.7"), RFC(9110, "9.3.6")),
        .related = TEXTS("SOCKS", "reverse proxy", "tunnel", "PROXY protocol"),
        .trials = TRIALS({ "zocalo connect --explain --proxy socks5://127.0.0.1:1080 example.org 80",
                           N_("with a SOCKS proxy on this machine, such as 'ssh -D 1080' makes") },
                         { "zocalo relay --explain listen::9000 127.0.0.1:50007",
                           N_("the plainest of proxies: one fixed target ('zocalo serve echo')") }),
    },
    {
        .name = N_("PROXY protocol"),
        .aliases = TEXTS("protocolo PROXY", "haproxy protocol", "proxy protocol v2"),
        .text = N_("A first line by which a proxy tells the server behind it whose connection this is: PROXY TCP4 "
                   "192.0.2.7 203.0.113.1 51000 80, then the client's own bytes. Version 2 says the same in binary, "
                   "and can carry more, such as the name in SNI.\n\n"
                   "It works below any protocol and needs no understanding of it. Both sides have to be set to it: a "
                   "server that does not expect it takes it for rubbish, and one that believes it from everybody "
                   "lets clients pretend to be somebody else. It comes from HAProxy."),
        .references = REFERENCES(DOCUMENT("The PROXY protocol, versions 1 & 2 (HAProxy)")),
        .related = TEXTS("reverse proxy", "load balancer", "proxy"),
        .trials =
            TRIALS({ "zocalo relay --send-proxy=1 listen::9000 127.0.0.1:50007",
                     N_("in one terminal ('zocalo serve echo' is the target)") },
                   { "zocalo connect 127.0.0.1:9000", N_("in another: the line comes back before what one types") }),
    },
    {
        .name = N_("reverse proxy"),
        .aliases = TEXTS("proxy inverso", "nginx", "gateway http", "proxy reverso"),
        .text = N_("A proxy on the server's side: clients take it for the server. It accepts their connections, "
                   "mostly does TLS for all, and passes requests to the programs behind it, chosen by name or path. "
                   "These need not be reachable from outside at all.\n\n"
                   "The programs see the proxy's address as their client's. The real one comes in a header field "
                   "(Forwarded, X-Forwarded-For) or before the first byte (PROXY protocol), and may be believed from "
                   "that proxy alone: anybody can write such a line."),
        .references = REFERENCES(RFC(9110, "3.7")),
        .related = TEXTS("proxy", "load balancer", "PROXY protocol", "TLS"),
        .trials = TRIALS({ "zocalo relay --explain listen::8080 unix:/tmp/demo_unix_socket",
                           N_("in front of a service that has no port at all ('zocalo serve echo "
                              "unix:/tmp/demo_unix_socket')") }),
    },
    {
        .name = N_("SOCKS"),
        .aliases = TEXTS("socks5", "socks4", "socks4a", "socks proxy"),
        .text = N_("A protocol to ask a proxy for a connection. The client sends a few bytes with the target's "
                   "address, or its name, and its port; the proxy connects and answers; from then on it passes bytes "
                   "on without looking at them, so that any protocol goes through.\n\n"
                   "Version 5 (RFC 1928) has names, IPv6, a login and UDP; version 4 has IPv4 addresses alone, and "
                   "4a adds names. When the proxy resolves the name, the client's own name server learns nothing of "
                   "it. Tor and 'ssh -D' speak SOCKS."),
        .references = REFERENCES(RFC(1928, ""), RFC(1929, "")),
        .related = TEXTS("proxy", "tunnel"),
        .trials = TRIALS({ "zocalo connect --explain --proxy socks5://127.0.0.1:1080 example.org 80",
                           N_("with a proxy there, such as 'ssh -D 1080' makes") },
                         { "zocalo rfc 1928", "" }),
    },
    {
        .name = N_("tunnel"),
        .aliases = TEXTS("tunel", "tunneling", "VPN", "tuneles", "ssh tunnel"),
        .text = N_("One protocol carried inside another, usually to pass where it could not go by itself, or to be "
                   "private on the way: IP packets inside of UDP (WireGuard), a TCP connection inside of SSH, any "
                   "connection behind HTTP's CONNECT, IPv6 inside of IPv4.\n\n"
                   "To what runs through it, the tunnel is a link like any other, with a smaller MTU, because its "
                   "own headers take room. TCP inside of TCP is slow when packets get lost: both repeat. At the "
                   "tunnel's other end everything is as it was, so it protects the way, not the ends."),
        .references = REFERENCES(RFC(9110, "9.3.6"), RFC(2784, "")),
        .related = TEXTS("proxy", "encapsulation", "MTU", "TLS"),
        .trials = TRIALS({ "zocalo relay listen::9000 tls://127.0.0.1:50008,insecure",
                           N_("in one terminal: plain connections go through TLS to 'zocalo serve echo "
                              "tls://127.0.0.1:50008'") },
                         { "zocalo connect 127.0.0.1:9000", N_("in another") }),
    },
};

const struct field field_between = FIELD(N_("what stands in between"), terms);
