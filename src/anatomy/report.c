#include "anatomy/report.h"

#include "anatomy/drawing.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define SENTENCE_MAX 1024

struct report {
    const struct exchange *exchange;
    const struct paper *paper;
    zoc_buffer *to;
    struct frame frame;
    struct sequence sequence;
    int result;
};

bool anatomy_connected(const struct exchange *exchange)
{
    return exchange->moment_count > 0 && exchange->moments[0].kind == MOMENT_CONNECTED;
}

bool anatomy_has_frame(const struct exchange *exchange)
{
    return anatomy_connected(exchange) && (exchange->said > 0 || exchange->facts.carrier == CARRIER_TCP);
}

/* What TLS makes of it goes into one record of at most 16384 bytes (RFC 8446 section 5.1), and into segments. */
struct shape anatomy_shape(const struct exchange *exchange)
{
    const struct facts *facts = &exchange->facts;
    bool sealed = facts->tls.version && facts->tls.sized;
    size_t around = sealed ? tls_bytes(&facts->tls) : 0, room = facts->tcp.segment;
    size_t data = exchange->said;
    struct shape shape = { .from = SIDE_CLIENT, .flags = FLAG_PSH | FLAG_ACK, .seq = 1, .ack = 1, .sealed = sealed };

    if (data == 0 && facts->carrier == CARRIER_TCP)
        return (struct shape){ .from = SIDE_CLIENT, .flags = FLAG_SYN | (facts->tcp.ecn ? FLAG_ECE | FLAG_CWR : 0U) };
    if (room > around && data > room - around) {
        data = room - around;
        shape.flags = FLAG_ACK; /* the last one alone pushes */
    }
    shape.data = data;
    return shape;
}

/* The numbers that the segment with the data had. */
static void number_shape(const struct sequence *sequence, struct shape *shape)
{
    for (unsigned i = 0; i < sequence->count; i++) {
        const struct segment *segment = &sequence->segments[i];
        if (segment->from == SIDE_CLIENT && segment->bytes > 0 && !segment->note && shape->data > 0) {
            shape->seq = segment->seq;
            shape->ack = segment->ack;
            return;
        }
    }
}

/* --- paragraphs ----------------------------------------------------------------------------------- */

static void keep(struct report *report, int result)
{
    if (report->result == 0)
        report->result = result;
}

static void say(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct report *report, const char *format, ...)
{
    char text[SENTENCE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    keep(report, prose_fold(report->to, text, report->paper->columns, 0, 0));
    keep(report, zoc_buffer_append(report->to, "\n", 1));
}

static void skip_line(struct report *report)
{
    keep(report, zoc_buffer_append(report->to, "\n", 1));
}

static void say_title(struct report *report, const char *title)
{
    const char *bold = report->paper->colour ? "\033[1m" : "", *plain = report->paper->colour ? "\033[0m" : "";

    if (report->to->size > 0)
        skip_line(report);
    keep(report, zoc_buffer_printf(report->to, "%s", bold));
    keep(report, prose_fold(report->to, title, report->paper->columns, 0, 0));
    keep(report, zoc_buffer_printf(report->to, "%s\n\n", plain));
}

/* --- the frame ------------------------------------------------------------------------------------ */

static void say_share(struct report *report)
{
    size_t all = frame_bytes(&report->frame), data = report->frame.data;

    if (data > 0)
        say(report,
            PLURAL("%zu byte goes over the link, %zu of it data: %.1f %%.",
                   "%zu bytes go over the link, %zu of them data: %.1f %%.", all),
            all, data, 100.0 * (double)data / (double)all);
    if (report->exchange->said > data)
        say(report,
            _("What was said has %zu bytes, more than the %zu that fit into one segment of this connection: the first "
              "is "
              "drawn. The kernel may hand several over together, and leave the cutting to the card."),
            report->exchange->said, data);
}

static const char *digits_of(const zoc_address *address, char text[static INET6_ADDRSTRLEN])
{
    bool ip6 = address->any.sa_family == AF_INET6;

    return inet_ntop(address->any.sa_family, ip6 ? (const void *)&address->ip6.sin6_addr : &address->ip4.sin_addr, text,
                     INET6_ADDRSTRLEN);
}

static void say_next(struct report *report)
{
    const struct look_way *way = &report->exchange->facts.way;
    char gateway[INET6_ADDRSTRLEN];

    if (way->gateway.size)
        say(report,
            _("The server is not on this link: the frame goes to the router %s, which takes the packet out and "
              "passes it on in another frame."),
            digits_of(&way->gateway, gateway));
    if (!way->has_next)
        say(report, _("The address of the next hop on the link is not known here; the kernel asks for it when it needs "
                      "it."));
    say(report, _("What is drawn is the frame as this host hands it over. On a wire, an Ethernet card fills up one of "
                  "less than 60 bytes, and puts 4 bytes of checksum behind."));
}

static void say_link(struct report *report)
{
    const struct look_way *way = &report->exchange->facts.way;

    if (way->index == 0) {
        say(report, _("Which interface it left by is not known, and so there is no frame around the packet here."));
        return;
    }
    if (way->link == LOOK_LINK_LOOPBACK)
        say(report,
            _("The link is %s, the loopback interface: there is no wire at all. The kernel hands the packet "
              "back to itself, behind an Ethernet header whose addresses are zeros. No program notices."),
            way->name);
    else if (way->link == LOOK_LINK_ETHERNET)
        say(report, _("The link is %s, an Ethernet interface, or one that looks like it to this host."), way->name);
    else if (way->link == LOOK_LINK_NONE)
        say(report,
            _("The link is %s, an interface that takes packets as they are: there is no frame around them "
              "here."),
            way->name);
    else
        say(report, _("The link is %s. What it puts around a packet is not known here."), way->name);
    say(report,
        PLURAL("It takes packets of at most %u byte (MTU).", "It takes packets of at most %u bytes (MTU).", way->mtu),
        way->mtu);
    if (way->link == LOOK_LINK_ETHERNET)
        say_next(report);
}

static void say_tls(struct report *report)
{
    const struct tls_terms *tls = &report->exchange->facts.tls;

    if (!tls->version)
        return;
    say(report, _("Inside TCP is %s with %s: what is said is encrypted, and stands in a record."), tls->version,
        tls->cipher);
    if (!tls->sized)
        say(report,
            _("How many bytes TLS puts around it is not known of this cipher suite; it is drawn without them."));
}

static void tell_frame(struct report *report)
{
    const struct facts *facts = &report->exchange->facts;
    bool said = report->exchange->said > 0;

    say_title(report, said ? _("What goes over the link: each layer puts its header around what it was given")
                           : _("Nothing was said: the first segment, the SYN, as each layer passes it on"));
    keep(report,
         draw_frame(&report->frame, said ? report->exchange->say : zoc_bytes_of(""), report->paper, report->to));
    skip_line(report);
    if (facts->carrier == CARRIER_UNIX) {
        say(report,
            _("A Unix socket joins two programs of one host. The kernel puts the bytes into the queue of the other "
              "socket: there are no headers, no addresses on them, and no link."));
        return;
    }
    say_share(report);
    say_tls(report);
    say_link(report);
}

/* --- its headers ---------------------------------------------------------------------------------- */

static void tell_headers(struct report *report)
{
    if (report->frame.header_count == 0)
        return;
    say_title(report, _("Its headers, with the values of their fields"));
    for (unsigned i = 0; i < report->frame.header_count; i++) {
        keep(report, draw_header(&report->frame, &report->frame.headers[i], report->paper, report->to));
        skip_line(report);
    }
    say(report, _("? stands where the kernel or the card fills in something that programs are not shown, such as "
                  "checksums."));
    if (report->exchange->facts.carrier == CARRIER_TCP)
        say(report,
            _("Sequence numbers are relative: a connection begins at a number that the kernel draws and keeps to "
              "itself, and here that is 0."));
}

/* --- the sequence --------------------------------------------------------------------------------- */

static void say_marks(struct report *report)
{
    say(report,
        report->paper->utf8
            ? _("Times: ● measured by the kernel, ○ seen by this program at a call, · inferred: nobody here saw that "
                "one by itself.")
            : _("Times: * measured by the kernel, o seen by this program at a call, . inferred: nobody here saw that "
                "one by itself."));
}

static void say_counts(struct report *report)
{
    const struct sequence *sequence = &report->sequence;
    const unsigned *counted = sequence->counted_by, *drawn = sequence->drawn_by;

    if (!sequence->counted) {
        say(report, _("The kernel did not count the segments: there may have been more ACKs."));
        return;
    }
    if (sequence->cut || counted[SIDE_CLIENT] != drawn[SIDE_CLIENT] || counted[SIDE_SERVER] != drawn[SIDE_SERVER])
        say(report, _("The kernel counted %u segments sent and %u received; drawn are %u and %u."),
            counted[SIDE_CLIENT], counted[SIDE_SERVER], drawn[SIDE_CLIENT], drawn[SIDE_SERVER]);
    else
        say(report, _("The kernel counted %u segments sent and %u received: as many as are drawn."),
            counted[SIDE_CLIENT], counted[SIDE_SERVER]);
    if (sequence->again)
        say(report,
            PLURAL("%u of those sent was sent again, since no answer came in time.",
                   "%u of those sent were sent again, since no answer came in time.", sequence->again),
            sequence->again);
}

static void say_end(struct report *report)
{
    const struct sequence *sequence = &report->sequence;
    const struct segment *last = &sequence->segments[sequence->count - 1];

    if (last->states[SIDE_CLIENT] == STATE_TIME_WAIT)
        say(report, _("The client ended first, and so the client is left in TIME_WAIT, on Linux for 60 seconds."));
    else if (last->states[SIDE_SERVER] == STATE_TIME_WAIT)
        say(report, _("The server ended first, and so the server is left in TIME_WAIT."));
    else if (last->states[SIDE_CLIENT] == STATE_FIN_WAIT_1 || last->states[SIDE_CLIENT] == STATE_FIN_WAIT_2)
        say(report, _("The server had not ended when this program stopped waiting; what comes later is not drawn."));
}

/* How an attempt ended that led to no connection. */
static void say_failure(struct report *report, enum moment_kind kind)
{
    if (kind == MOMENT_REFUSED)
        say(report,
            _("The kernel says no more than 'connection refused', which is what it makes of an RST: the host is "
              "there, and nobody listens on that port, or a firewall answers so."));
    else if (kind == MOMENT_SILENCE)
        say(report, _("No answer came. The times of the SYNs after the first are those that this kernel keeps to when "
                      "nobody answers."));
    else
        say(report, _("There is no way there, or so this host was told. Whether a SYN had left by then is not known."));
}

static void say_tcp(struct report *report)
{
    const struct sequence *sequence = &report->sequence;
    const struct exchange *exchange = report->exchange;

    if (!anatomy_connected(exchange)) {
        if (exchange->moment_count > 0)
            say_failure(report, exchange->moments[0].kind);
        return;
    }
    if (sequence->rtt_us)
        say(report, _("The kernel measured a round trip of %.3f ms for SYN and SYN, ACK."), sequence->rtt_us / 1000.0);
    say_counts(report);
    say_end(report);
}

static void say_attempts(struct report *report)
{
    const struct exchange *exchange = report->exchange;
    char address[ZOC_ADDRESS_TEXT];

    for (unsigned i = 0; i < exchange->attempt_count; i++) {
        const struct attempt *attempt = &exchange->attempts[i];
        if (attempt->error && attempt->begun != exchange->begun)
            say(report, _("%s was tried as well: %s."), zoc_address_format(&attempt->address, address, sizeof address),
                zoc_error_text(attempt->error));
    }
}

static void say_manner(struct report *report)
{
    if (report->exchange->facts.carrier == CARRIER_UDP)
        say(report, _("UDP has no handshake and no end: datagrams go, and nothing in UDP says whether they came."));
    if (report->exchange->facts.carrier == CARRIER_UNIX)
        say(report, _("There are no segments: what is written stands in the queue of the other socket at once."));
}

static void draw_rows(struct report *report)
{
    const struct exchange *exchange = report->exchange;

    keep(report, draw_sequence(&report->sequence, &exchange->facts, exchange->begun, report->paper, report->to));
    skip_line(report);
    say_marks(report);
}

static void tell_sequence(struct report *report)
{
    bool tcp = report->exchange->facts.carrier == CARRIER_TCP;

    if (report->sequence.count > 0) {
        say_title(report, tcp ? _("The sequence of segments") : _("The sequence of messages"));
        draw_rows(report);
    }
    if (tcp)
        say_tcp(report);
    else if (anatomy_connected(report->exchange))
        say_manner(report);
    say_attempts(report);
}

/* --- all of it ------------------------------------------------------------------------------------ */

int anatomy_tell(const struct exchange *exchange, unsigned parts, const struct paper *paper, zoc_buffer *to)
{
    struct report *report = calloc(1, sizeof *report);
    struct shape shape = anatomy_shape(exchange);

    if (!report)
        return -ENOMEM;
    *report = (struct report){ .exchange = exchange, .paper = paper, .to = to };
    sequence_build(&report->sequence, &exchange->facts, exchange->moments, exchange->moment_count);
    number_shape(&report->sequence, &shape);
    frame_build(&report->frame, &exchange->facts, &shape);
    if (parts & ANATOMY_FRAME && anatomy_has_frame(exchange))
        tell_frame(report);
    if (parts & ANATOMY_HEADERS && anatomy_has_frame(exchange))
        tell_headers(report);
    if ((parts & ANATOMY_SEQUENCE || !anatomy_connected(exchange)) && exchange->attempt_count > 0)
        tell_sequence(report);
    int result = report->result;
    free(report);
    return result;
}
