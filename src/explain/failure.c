/* What a failure means at the protocol's level, what can be found out of it here, and what usually causes it. */
#include "glossary/failure.h"

#include "base/text.h"
#include "explain/inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

#define CAUSES_SHOWN 3 /* where nobody asked for more */

/* --- what it means --------------------------------------------------------------------------------- */

/* When it failed, and of what; several may hold. */
enum {
    BEFORE = 1, /* there is no connection yet */
    AFTER = 2,  /* there was one */
    OF_TCP = 4, /* TLS included */
    OF_UDP = 8,
    OF_LOCAL = 16,    /* a Unix socket */
    OF_ABSTRACT = 32, /* one without a file */
    OF_NAME = 64,     /* no address was tried yet */
    OF_PROXY = 128,   /* a proxy was asked for it */
    LISTENING = 256,  /* we are who is connected to */
    ANY_SOURCE = 512, /* nobody said which address to come from */
    UNDER_TLS = 1024, /* it was agreed on */
    TO_IP4 = 2048,    /* the last address that was tried is an IPv4 address */
};

struct sense {
    int error;     /* 0: any */
    unsigned when; /* all of these hold */
    enum story_layer layer;
    struct reference reference;
    const char *text;          /* N_() */
    const char *const *causes; /* N_(), ends with NULL; NULL: those that the error has in general */
};

#define CAUSES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_CAUSES   ((const char *const[]){ NULL }) /* they are known: here, or in the words that the program prints */

#define FORBIDDEN \
    N_("this machine forbids to go there: by a route or by its firewall, or because it is a broadcast address")

/* The first that fits. */
static const struct sense senses[] = {
    { 0, OF_PROXY, LAYER_APPLICATION, DOCUMENT(""),
      N_("the proxy was reached, and the connection that it was asked for did not come about: what follows is about "
         "the way from there on"),
      NULL },
    { ECONNREFUSED, BEFORE | OF_TCP, LAYER_TRANSPORT, RFC(9293, "3.10.7.1"),
      N_("the SYN was refused, as a rule with a RST: a machine is there, and nobody listens on that port, or a "
         "firewall answers in its place"),
      NULL },
    { ECONNREFUSED, BEFORE | OF_UDP, LAYER_TRANSPORT, RFC(1122, "4.1.3.1"),
      N_("no socket of this machine has that UDP port, so nothing was sent: the answer would have been an ICMP "
         "message, 'port unreachable'"),
      NULL },
    { ECONNREFUSED, OF_UDP, LAYER_TRANSPORT, RFC(1122, "4.1.3.3"),
      N_("an ICMP message came back, 'port unreachable': a machine is there, and as a rule no socket has that UDP "
         "port"),
      NULL },
    { ECONNREFUSED, OF_LOCAL | OF_ABSTRACT, LAYER_TRANSPORT, DOCUMENT("unix(7)"),
      N_("no process listens on a socket of that name: an abstract name has no file, and is gone with its socket"),
      CAUSES(N_("the service is not running, or has not started yet"), N_("the name is written wrongly"),
             N_("the service runs in another network namespace, as in a container: each has names of its own")) },
    { ECONNREFUSED, OF_LOCAL, LAYER_TRANSPORT, DOCUMENT("unix(7)"),
      N_("the file is there, and no process listens behind it"),
      CAUSES(N_("the service has ended, and left its file behind"), N_("it is starting, and does not listen yet"),
             N_("it is a file of another kind, and no socket")) },
    { ETIMEDOUT, BEFORE | LISTENING, LAYER_TRANSPORT, DOCUMENT(""), N_("nobody came within the time that was given"),
      NO_CAUSES },
    { ETIMEDOUT, BEFORE | OF_NAME, LAYER_APPLICATION, RFC(1034, "5.3.1"),
      N_("the time that was given was over before anybody had said which address the name has"), NULL },
    { ETIMEDOUT, BEFORE | OF_TCP, LAYER_TRANSPORT, RFC(9293, "3.8.3"),
      N_("silence: neither a SYN-ACK came, nor a RST, nor an ICMP message, within the time that was given"), NULL },
    { ETIMEDOUT, AFTER | OF_TCP, LAYER_TRANSPORT, RFC(9293, "3.8.3"),
      N_("the time to wait is over, and what was awaited has not come: words of the other side, or its "
         "acknowledgement of ours"),
      NO_CAUSES },
    { ECONNRESET, OF_TCP, LAYER_TRANSPORT, RFC(9293, "3.5.3"),
      N_("a RST came from the other side: the connection is void at once, and what was under way in either direction "
         "is lost"),
      NULL },
    { EPIPE, OF_TCP, LAYER_TRANSPORT, RFC(9293, "3.5.3"),
      N_("the other side had closed the connection, and answered with a RST what we wrote after that"), NULL },
    { ENETUNREACH, BEFORE | TO_IP4, LAYER_INTERNET, RFC(1812, "5.2.7.1"),
      N_("no route leads to that network: the table of routes says so here, or a router on the way does"),
      CAUSES(N_("this machine is offline: there is no default route"), N_("a VPN whose routes are needed is not up")) },
    { ENETUNREACH, BEFORE, LAYER_INTERNET, RFC(1812, "5.2.7.1"),
      N_("no route leads to that network: the table of routes says so here, or a router on the way does"), NULL },
    { EHOSTUNREACH, BEFORE, LAYER_INTERNET, RFC(1812, "5.2.7.1"),
      N_("that machine cannot be reached: a route here says so, a router or a firewall on the way, or nobody on the "
         "link answers for its address"),
      NULL },
    { ZOC_ENAME, BEFORE, LAYER_APPLICATION, RFC(2308, "2"),
      N_("there is no such address: the name does not exist, or has none of the family that was asked for"), NULL },
    { ZOC_ENAMEFAIL, BEFORE, LAYER_APPLICATION, RFC(1034, "5.3.1"),
      N_("no name server could say which address the name has, so nobody was connected to"), NULL },
    { EADDRINUSE, OF_LOCAL | OF_ABSTRACT, LAYER_TRANSPORT, DOCUMENT("unix(7)"),
      N_("a socket of that name is there already"),
      CAUSES(N_("another process listens there, often an earlier run of the same program")) },
    { EADDRINUSE, OF_LOCAL, LAYER_TRANSPORT, DOCUMENT("unix(7)"),
      N_("the file is there already, and is not one that a program left behind when it ended: it stays"),
      CAUSES(N_("another process listens there, often an earlier run of the same program"),
             N_("it is a file of another kind, and no socket")) },
    { EADDRINUSE, 0, LAYER_TRANSPORT, DOCUMENT("ip(7)"),
      N_("the address and port are taken: the kernel gives what comes there to one socket alone"), NULL },
    { EADDRNOTAVAIL, BEFORE | ANY_SOURCE, LAYER_INTERNET, DOCUMENT("ip(7)"),
      N_("the kernel found no address of this machine to come from, or no free port"),
      CAUSES(N_("IPv6 is switched off on this machine, and an IPv6 address was asked for"),
             N_("every ephemeral port towards this destination is taken, many of them by connections in TIME_WAIT")) },
    { EADDRNOTAVAIL, 0, LAYER_INTERNET, DOCUMENT("ip(7)"),
      N_("that address is none of this machine, so no socket can be bound to it"), NULL },
    { EACCES, OF_LOCAL | LISTENING, LAYER_TRANSPORT, DOCUMENT("unix(7)"),
      N_("whoever listens on a Unix socket makes its file, and must be allowed to write to the folder: this user is "
         "not"),
      NO_CAUSES },
    { EACCES, OF_LOCAL, LAYER_TRANSPORT, DOCUMENT("unix(7)"),
      N_("whoever connects to a Unix socket must be allowed to write to its file, and to pass the folders on the way: "
         "this user is not"),
      NO_CAUSES },
    { EACCES, BEFORE | ANY_SOURCE, LAYER_INTERNET, DOCUMENT("connect(2)"), FORBIDDEN, NO_CAUSES },
    { EPERM, BEFORE | ANY_SOURCE, LAYER_INTERNET, DOCUMENT("connect(2)"), FORBIDDEN, NO_CAUSES },
    { ENOENT, OF_LOCAL | LISTENING, LAYER_TRANSPORT, DOCUMENT("unix(7)"),
      N_("whoever listens on a Unix socket makes its file, and there is no such folder to make it in"), NO_CAUSES },
    { ENOENT, OF_LOCAL, LAYER_TRANSPORT, DOCUMENT("unix(7)"),
      N_("there is no such file: whoever listens on a Unix socket makes one"), NULL },
    { ZOC_ETRUNCATED, UNDER_TLS, LAYER_APPLICATION, RFC(8446, "6.1"),
      N_("the end came without a close_notify: what was received may have been cut short by anybody on the way"),
      NULL },
    { ZOC_ETRUNCATED, 0, LAYER_APPLICATION, DOCUMENT(""),
      N_("the end came in the middle of something: what was received is not whole"), NULL },
    { ZOC_ECERTIFICATE, LISTENING, LAYER_APPLICATION, RFC(5280, "6"),
      N_("the certificate does not prove who the client is, so nothing but TLS was said to it"), NO_CAUSES },
    { ZOC_ECERTIFICATE, 0, LAYER_APPLICATION, RFC(5280, "6"),
      N_("the certificate does not prove that this is the server that was asked for, so nothing but TLS was said to "
         "it"),
      NO_CAUSES },
    { ZOC_ETLS, 0, LAYER_APPLICATION, RFC(8446, "6.2"),
      N_("TLS failed: the two sides could not agree on it, or something came that it does not allow"), NULL },
};

static unsigned kind_of(const struct story *story)
{
    static const unsigned carriers[] = { [CARRIER_TCP] = OF_TCP, [CARRIER_UDP] = OF_UDP, [CARRIER_LOCAL] = OF_LOCAL };
    static const unsigned schemes[] = {
        [ZOC_TCP] = OF_TCP, [ZOC_UDP] = OF_UDP, [ZOC_TLS] = OF_TCP, [ZOC_UNIX] = OF_LOCAL, [ZOC_PATH] = OF_LOCAL
    };
    const zoc_endpoint *place = story->options.place;

    if (story->carrier == CARRIER_NAMED)
        return 0;
    if (story->carrier != CARRIER_NONE)
        return carriers[story->carrier];
    return place ? schemes[place->scheme] : OF_TCP;
}

/* What was asked for. */
static unsigned wishes(const zoc_endpoint *place)
{
    if (!place)
        return 0;
    return (place->abstract ? OF_ABSTRACT : 0) | (place->listens ? LISTENING : 0) |
           (place->options.bind ? 0 : ANY_SOURCE);
}

/* What is known of the connection. */
static unsigned progress(const struct story *story)
{
    const struct course *course = &story->course;
    unsigned when = (course->proxied ? OF_PROXY : 0) | (story->secured ? UNDER_TLS : 0);

    if (story->carrier != CARRIER_NONE)
        return when | AFTER;
    if (course->failed_at.any.sa_family == AF_INET)
        when |= TO_IP4;
    return when | BEFORE | (course->begun == 0 ? OF_NAME : 0);
}

static unsigned circumstances(const struct story *story)
{
    unsigned when = kind_of(story) | wishes(story->options.place) | progress(story);

    if (story->options.peer == SIDE_CLIENT)
        when |= LISTENING;
    return when & LISTENING ? when & ~(unsigned)ANY_SOURCE : when;
}

static const struct sense *find_sense(const struct story *story, int error)
{
    unsigned when = circumstances(story);

    for (size_t i = 0; i < sizeof senses / sizeof *senses; i++)
        if ((senses[i].error == -error || senses[i].error == 0) && (senses[i].when & ~when) == 0)
            return &senses[i];
    return NULL;
}

static void tell_sense(struct story *story, const struct sense *sense, const char *meaning)
{
    const struct fact fact = { .layer = sense ? sense->layer : LAYER_TRANSPORT,
                               .event = "failure",
                               .reference = sense ? sense->reference : (struct reference){ 0 } };

    story_tell(story, &fact, "%s", sense ? _(sense->text) : meaning);
}

/* --- what usually causes it ------------------------------------------------------------------------ */

/* NULL: there are no more. */
static const char *cause_of(const struct sense *sense, const struct failure *failure, unsigned number)
{
    if (sense && sense->causes)
        return sense->causes[number];
    return failure && *failure->causes[number] ? failure->causes[number] : NULL;
}

static void tell_causes(struct story *story, const struct sense *sense, const struct failure *failure)
{
    enum story_layer layer = sense ? sense->layer : LAYER_TRANSPORT;
    const char *cause;

    for (unsigned i = 0; (cause = cause_of(sense, failure, i)); i++) {
        const struct fact fact = { .layer = layer, .event = "cause", .detail = i >= CAUSES_SHOWN };
        story_tell(story, &fact, i == 0 ? _("most often: %s") : _("or: %s"), _(cause));
    }
}

/* Time that went into a name says nothing of a machine. */
static const struct failure *failure_of(const struct story *story, int error)
{
    bool unnamed = error == -ETIMEDOUT && (circumstances(story) & OF_NAME);

    return failure_find(unnamed ? -ZOC_ENAMEFAIL : error);
}

/* What usually causes a failure is known of who dials. Of somebody who came there are the words of the failure itself, which may be
 * printed nowhere else. */
static void tell_why(struct story *story, const struct sense *sense, const struct failure *failure, const char *words)
{
    const struct fact fact = { .layer = sense ? sense->layer : LAYER_TRANSPORT, .event = "cause" };
    bool came = story_peer(story) == SIDE_CLIENT && story->carrier != CARRIER_NONE;

    if (!came)
        tell_causes(story, sense, failure);
    else if (words)
        story_tell(story, &fact, "%s", words);
}

/* What nothing is known of here has words of its own, which whoever failed prints. */
static void tell_failure(struct story *story, int error, const char *words)
{
    const struct failure *failure = failure_of(story, error);
    const struct sense *sense = find_sense(story, error);

    if (story->ending.error != error && (sense || failure)) /* of what broke it was told that it did */
        tell_sense(story, sense, failure ? _(failure->meaning) : "");
    story->ending.error = 0;
    if (!story_tell_findings(story, error))
        tell_why(story, sense, failure, words);
}

/* The words of the failure stay as they are: whoever failed is about to print them. */
void story_fail(struct story *story, int error)
{
    char *why = strdup(zoc_why());

    story->now = zoc_now();
    if (error != -ECANCELED)
        tell_failure(story, error, why);
    if (why)
        zoc_refuse(error, "%s", why);
    free(why);
}

void story_tell_break(struct story *story)
{
    if (story->ending.error)
        tell_failure(story, story->ending.error, NULL);
}
