/* Terms: names. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("DHCP"),
        .aliases = TEXTS("dynamic host configuration protocol", "ip dinamica"),
        .text = N_("How a machine that joins a network learns its configuration: it calls by broadcast for a server "
                   "(DISCOVER), gets an offer (OFFER), asks for it (REQUEST) and has it confirmed (ACK). With the "
                   "address come the mask, the router, the name servers, and for how long all that is lent.\n\n"
                   "It runs over UDP, from port 68 to 67, because a machine without an address cannot make a TCP "
                   "connection. When no server answers, many systems take an address from 169.254.0.0/16, which "
                   "works among neighbours alone: a sign that DHCP failed."),
        .references = REFERENCES(RFC(2131, ""), RFC(9915, "")),
        .related = TEXTS("broadcast", "default route", "resolver", "neighbour discovery", "private address"),
        .trials = TRIALS({ "zocalo rfc 2131", "" }),
    },
    {
        .name = N_("DNS"),
        .aliases = TEXTS("domain name system", "sistema de nombres de dominio", "nombre de dominio", "domain name",
                         "dominio", "port 53", "puerto 53"),
        .text = N_("The Domain Name System: a tree of names spread over many servers, which says which addresses a "
                   "name has. A name is read from right to left: the root knows who keeps org, they know who keeps "
                   "example.org, and that server knows www.example.org.\n\n"
                   "Records have types: A is an IPv4 address, AAAA an IPv6 one, MX the mail server, CNAME another "
                   "name, SRV a service with its port. Questions go by UDP to port 53, and by TCP when the answer is "
                   "large. Answers are remembered for their TTL."),
        .references = REFERENCES(RFC(1034, ""), RFC(1035, ""), RFC(9499, "")),
        .related = TEXTS("resolver", "name server", "TTL (DNS)", "hosts file", "SRV record"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("who answered, with which addresses, for how long (it needs the Internet)") }),
    },
    {
        .name = N_("hosts file"),
        .aliases = TEXTS("archivo hosts", "/etc/hosts", "hosts", "fichero hosts"),
        .text = N_("The oldest way to give names to addresses: a text file, /etc/hosts, with an address and its "
                   "names on each line. It is asked before any server, and it counts on this machine alone.\n\n"
                   "On the ARPANET one file was kept for the whole network, at the Stanford Research Institute, and "
                   "everybody fetched copies. It grew beyond what that could carry, and the DNS of 1983 took its "
                   "place. It is still of use for localhost, for a few machines at home, and to try a server before "
                   "its name leads there."),
        .references = REFERENCES(RFC(952, ""), DOCUMENT("hosts(5)")),
        .related = TEXTS("resolver", "DNS", "localhost"),
        .trials = TRIALS({ "zocalo connect --explain localhost 50007", N_("a name for which no server was asked") }),
    },
    {
        .name = N_("name server"),
        .aliases =
            TEXTS("servidor de nombres", "dns server", "servidor dns", "authoritative server", "NXDOMAIN", "SERVFAIL"),
        .text = N_("A server that answers questions about names, on port 53. Two kinds are called so. An "
                   "authoritative one keeps the records of a domain and is the last word on them. A recursive one "
                   "knows nothing by itself: it asks others for its clients, and remembers.\n\n"
                   "Its answer can be a list of records; NXDOMAIN: that name does not exist; an empty list: the name "
                   "exists, with no record of this type; SERVFAIL: something went wrong; REFUSED: not for you. A "
                   "name that exists without an IPv6 address is no failure."),
        .references = REFERENCES(RFC(1034, "4"), RFC(1035, "")),
        .related = TEXTS("DNS", "resolver", "TTL (DNS)"),
        .trials =
            TRIALS({ "zocalo connect --explain example.org 80", N_("which server answered (it needs the Internet)") },
                   { "zocalo connect --explain no-such-name.invalid 80", N_("the answer is NXDOMAIN") }),
    },
    {
        .name = N_("resolver"),
        .aliases = TEXTS("resolvedor", "stub resolver", "resolv.conf", "recursive resolver", "getaddrinfo",
                         "resolucion de nombres", "dns lookup", "consulta dns"),
        .text = N_("What turns a name into addresses for a program. The part in the program, the stub resolver, "
                   "looks into the hosts file and then asks the servers that /etc/resolv.conf names. These are "
                   "recursive resolvers: they go down the tree of names for whoever asks, and remember the answers.\n\n"
                   "A short name is completed with the search domains from that file. Lookups can take seconds when "
                   "the first server is gone: each is waited for before the next is tried. A name that does not "
                   "resolve says nothing about the machine behind it."),
        .references = REFERENCES(RFC(1034, "5"), RFC(1035, "7")),
        .related = TEXTS("DNS", "name server", "hosts file", "TTL (DNS)"),
        .trials =
            TRIALS({ "zocalo connect --explain no-such-name.invalid 80", N_("a name that never exists (RFC 6761)") }),
    },
    {
        .name = N_("SRV record"),
        .aliases = TEXTS("registro SRV", "SRV", "service record", "rfc 2782"),
        .text = N_("A DNS record that says where a service is: on which host and on which port. The question names "
                   "the service and the protocol: _xmpp-client._tcp.example.org. The answer has a priority (lowest "
                   "first), a weight (how to share among equals), the port, and the name of a host.\n\n"
                   "With it a service need not be on a well-known port, can move, and can have spare servers. Chat "
                   "systems and directories of companies use it; browsers never did, for them the port stands in the "
                   "URL."),
        .references = REFERENCES(RFC(2782, "")),
        .related = TEXTS("DNS", "port", "well-known port", "load balancer"),
        .trials = TRIALS({ "zocalo rfc 2782", "" }),
    },
    {
        .name = N_("TTL (DNS)"),
        .aliases = TEXTS("TTL (DNS), tiempo de vida", "TTL", "time to live", "dns cache", "cache dns", "tiempo de vida",
                         "propagacion"),
        .text = N_("How long an answer of the DNS may be remembered, in seconds; it comes with every record. Until "
                   "it has passed, resolvers answer from memory and do not ask again.\n\n"
                   "So a change is not seen everywhere at once: who asked just before keeps the old address for that "
                   "long. Before a move, a careful operator lowers the TTL, waits for the old one to pass, changes "
                   "the address, and raises it again. That a name does not exist is remembered too."),
        .references = REFERENCES(RFC(1035, "3.2.1"), RFC(2181, "8"), RFC(2308, "")),
        .related = TEXTS("DNS", "resolver", "name server", "TTL (IP)"),
        .trials = TRIALS({ "zocalo connect --explain example.org 80",
                           N_("how long the answer may be kept (it needs the Internet)") }),
    },
};

const struct field field_name = FIELD(N_("names"), terms);
