#include "telnet/negotiation.h"

#include "base/lazy.h"
#include "base/text.h"
#include "telnet/reply.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

/* --- the library ---------------------------------------------------------------------------------- */

#define TELNET_FUNCTIONS(F) F(telnet_init) F(telnet_free) F(telnet_recv) F(telnet_negotiate)

static struct {
    TELNET_FUNCTIONS(LAZY_POINTER)
} library;

static const char *const library_names[] = { TELNET_FUNCTIONS(LAZY_NAME) NULL };

static struct lazy lazy_library = { .file = "libtelnet.so.2", .names = library_names, .pointers = &library };

static int load_library(void *arg)
{
    (void)arg;
    return lazy_load(&lazy_library);
}

/* A worker reads the files, while others run. What it says of a failure stays on its thread: so this one asks again. */
static int load(void)
{
    static atomic_bool loaded;
    int result = loaded || !zoc_on_fiber() ? 0 : zoc_offload(load_library, NULL);

    if (result == -ECANCELED || result == -ETIMEDOUT)
        return result;
    result = lazy_load(&lazy_library);
    loaded = result == 0;
    return result;
}

/* --- what is put and told ------------------------------------------------------------------------- */

static void tell(struct negotiation *negotiation, enum telnet_event event, const struct telnet_command *command)
{
    struct telnet_notice notice = { event, command, &negotiation->state };

    if (negotiation->tell)
        negotiation->tell(negotiation->teller, &notice);
}

static void put(struct negotiation *negotiation, zoc_bytes bytes, const struct telnet_command *command)
{
    int result = negotiation->put(negotiation->sink, bytes);

    if (result < 0)
        negotiation->put_failure = result;
    else
        tell(negotiation, TELNET_SENT, command);
}

static void put_parameters(struct negotiation *negotiation, unsigned char option, zoc_bytes parameters)
{
    struct telnet_command command = { TELNET_SB, option, parameters };
    char wire[REPLY_WIRE_MAX];

    put(negotiation, (zoc_bytes){ wire, reply_wrap(&command, wire) }, &command);
}

static void put_size(struct negotiation *negotiation)
{
    char size[REPLY_MAX];

    if (negotiation->state.tells_size)
        put_parameters(negotiation, TELNET_TELOPT_NAWS,
                       reply_size(negotiation->state.columns, negotiation->state.rows, size));
}

/* --- what is agreed on ---------------------------------------------------------------------------- */

#define FIELD(member) offsetof(struct negotiation, member)

static const struct {
    unsigned char option;
    bool ours;    /* what we do; else what the peer does */
    size_t field; /* a bool */
} agreements[] = {
    { TELNET_TELOPT_ECHO, false, FIELD(state.peer_echoes) }, { TELNET_TELOPT_SGA, false, FIELD(state.peer_goes_on) },
    { TELNET_TELOPT_SGA, true, FIELD(state.we_go_on) },      { TELNET_TELOPT_BINARY, false, FIELD(state.binary_in) },
    { TELNET_TELOPT_BINARY, true, FIELD(state.binary_out) }, { TELNET_TELOPT_NAWS, true, FIELD(state.tells_size) },
    { TELNET_TELOPT_TTYPE, true, FIELD(says_type) },         { TELNET_TELOPT_NEW_ENVIRON, true, FIELD(says_user) },
};

static void agree(struct negotiation *negotiation, unsigned char option, bool ours, bool agreed)
{
    for (size_t i = 0; i < sizeof agreements / sizeof *agreements; i++)
        if (agreements[i].option == option && agreements[i].ours == ours)
            *(bool *)((char *)negotiation + agreements[i].field) = agreed;
    tell(negotiation, TELNET_CHANGED, NULL);
    if (option == TELNET_TELOPT_NAWS)
        put_size(negotiation);
}

static void put_request(struct negotiation *negotiation, zoc_bytes bytes)
{
    struct telnet_command command = { (unsigned char)bytes.data[1], (unsigned char)bytes.data[2], { 0 } };

    put(negotiation, bytes, &command);
}

/* libtelnet is given requests alone: it sends requests, and says what came of them. */
static void hear(telnet_t *peer, telnet_event_t *event, void *arg)
{
    struct negotiation *negotiation = arg;

    (void)peer;
    switch (event->type) {
    case TELNET_EV_SEND:
        put_request(negotiation, (zoc_bytes){ event->data.buffer, event->data.size });
        break;
    case TELNET_EV_WILL:
    case TELNET_EV_WONT:
        agree(negotiation, event->neg.telopt, false, event->type == TELNET_EV_WILL);
        break;
    case TELNET_EV_DO:
    case TELNET_EV_DONT:
        agree(negotiation, event->neg.telopt, true, event->type == TELNET_EV_DO);
        break;
    case TELNET_EV_ERROR:
        negotiation->failure = event->error.errcode == TELNET_ENOMEM ? -ENOMEM : -EPROTO;
        break;
    default:
        break; /* a warning that the peer answered what was not asked */
    }
}

/* --- what we are ready for ------------------------------------------------------------------------ */

static const telnet_telopt_t readiness[NEGOTIATION_OPTIONS] = {
    { TELNET_TELOPT_BINARY, TELNET_WILL, TELNET_DO }, { TELNET_TELOPT_ECHO, TELNET_WONT, TELNET_DO },
    { TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO },    { TELNET_TELOPT_TTYPE, TELNET_WILL, TELNET_DONT },
    { TELNET_TELOPT_NAWS, TELNET_WILL, TELNET_DONT }, { TELNET_TELOPT_NEW_ENVIRON, TELNET_WILL, TELNET_DONT },
};

static bool is_ready_for(const struct negotiation *negotiation, short option)
{
    if (negotiation->refuses)
        return false;
    if (option == TELNET_TELOPT_NAWS)
        return negotiation->state.columns > 0 && negotiation->state.rows > 0;
    if (option == TELNET_TELOPT_NEW_ENVIRON)
        return *negotiation->user != '\0';
    return true;
}

static void make_ready(struct negotiation *negotiation)
{
    telnet_telopt_t *next = negotiation->ready;

    for (size_t i = 0; i < NEGOTIATION_OPTIONS; i++)
        if (is_ready_for(negotiation, readiness[i].telopt))
            *next++ = readiness[i];
    *next = (telnet_telopt_t){ -1, 0, 0 };
}

static void ask(struct negotiation *negotiation, unsigned char request, unsigned char option)
{
    if (is_ready_for(negotiation, option))
        library.telnet_negotiate(negotiation->peer, request, option);
}

static void ask_for_all(struct negotiation *negotiation)
{
    if (negotiation->begins) {
        ask(negotiation, TELNET_DO, TELNET_TELOPT_SGA);
        ask(negotiation, TELNET_WILL, TELNET_TELOPT_TTYPE);
        ask(negotiation, TELNET_WILL, TELNET_TELOPT_NAWS);
        ask(negotiation, TELNET_WILL, TELNET_TELOPT_NEW_ENVIRON);
    }
    if (negotiation->asks_binary_in)
        ask(negotiation, TELNET_DO, TELNET_TELOPT_BINARY);
    if (negotiation->asks_binary_out)
        ask(negotiation, TELNET_WILL, TELNET_TELOPT_BINARY);
}

/* --- from outside --------------------------------------------------------------------------------- */

static int copy_name(char *copy, const char *name, const char *what)
{
    size_t size = strlen(name);

    if (size == 0 || size > TELNET_NAME_MAX)
        return zoc_refuse(-EINVAL, _("%s '%.*s': expects 1 to %d bytes"), what, TELNET_NAME_MAX, name, TELNET_NAME_MAX);
    memcpy(copy, name, size + 1);
    return 0;
}

int negotiation_init(struct negotiation *negotiation, const struct telnet_options *options)
{
    const char *type = options->terminal_type ? options->terminal_type : TELNET_TERMINAL_UNKNOWN;
    int result = copy_name(negotiation->terminal_type, type, _("terminal type"));

    if (result == 0 && options->user)
        result = copy_name(negotiation->user, options->user, _("user"));
    negotiation->state.columns = options->columns;
    negotiation->state.rows = options->rows;
    negotiation->refuses = options->refuses;
    negotiation->begins = options->begins;
    negotiation->asks_binary_in = options->binary_in;
    negotiation->asks_binary_out = options->binary_out;
    negotiation->tell = options->tell;
    negotiation->teller = options->state;
    make_ready(negotiation);
    return result;
}

void negotiation_release(struct negotiation *negotiation)
{
    if (negotiation->peer)
        library.telnet_free(negotiation->peer);
    negotiation->peer = NULL;
}

/* How the last call went. */
static int outcome(struct negotiation *negotiation)
{
    int put_failure = negotiation->put_failure;

    negotiation->put_failure = 0;
    return negotiation->failure ? negotiation->failure : put_failure;
}

int negotiation_begin(struct negotiation *negotiation)
{
    int result = load();

    if (result < 0 || negotiation->peer)
        return result;
    negotiation->peer = library.telnet_init(negotiation->ready, hear, 0, negotiation);
    if (!negotiation->peer)
        return zoc_fail(-ENOMEM, "telnet");
    negotiation->state.speaks = true;
    tell(negotiation, TELNET_CHANGED, NULL);
    ask_for_all(negotiation);
    return outcome(negotiation);
}

static void answer_parameters(struct negotiation *negotiation, const struct telnet_command *command)
{
    char text[REPLY_MAX];
    zoc_bytes reply = { 0 };

    if (command->option == TELNET_TELOPT_TTYPE && negotiation->says_type)
        reply = reply_type(command->parameters, negotiation->terminal_type, text);
    if (command->option == TELNET_TELOPT_NEW_ENVIRON && negotiation->says_user)
        reply = reply_user(command->parameters, negotiation->user, text);
    if (reply.size > 0)
        put_parameters(negotiation, command->option, reply);
}

int negotiation_obey(struct negotiation *negotiation, const struct telnet_command *command)
{
    char request[] = { (char)TELNET_IAC, (char)command->command, (char)command->option };

    tell(negotiation, TELNET_RECEIVED, command);
    if (telnet_is_request(command->command))
        library.telnet_recv(negotiation->peer, request, sizeof request);
    if (command->command == TELNET_SB)
        answer_parameters(negotiation, command);
    return outcome(negotiation);
}

int negotiation_request(struct negotiation *negotiation, unsigned char request, unsigned char option)
{
    library.telnet_negotiate(negotiation->peer, request, option);
    return outcome(negotiation);
}

int negotiation_resize(struct negotiation *negotiation, unsigned columns, unsigned rows)
{
    negotiation->state.columns = columns;
    negotiation->state.rows = rows;
    make_ready(negotiation);
    put_size(negotiation);
    return outcome(negotiation);
}

int negotiation_command(struct negotiation *negotiation, unsigned char command)
{
    struct telnet_command sent = { .command = command };
    char wire[] = { (char)TELNET_IAC, (char)command };

    put(negotiation, (zoc_bytes){ wire, sizeof wire }, &sent);
    return outcome(negotiation);
}
