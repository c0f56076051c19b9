/* Commands between the text: those that stand alone, and how options are negotiated (RFC 855). */
#include "base/text.h"
#include "meaning/nvt.h"

#include <stdio.h>

#define REQUEST_SIZE 3 /* IAC, WILL, WONT, DO or DONT, and the option */
#define NAME_TEXT    56

/* --- options -------------------------------------------------------------------------------------- */

/* Takes a bit out of a set. Returns whether it was there. */
static bool take_bit(unsigned char *set, unsigned number)
{
    unsigned char bit = (unsigned char)(1U << number % 8);
    bool there = set[number / 8] & bit;

    set[number / 8] &= (unsigned char)~bit;
    return there;
}

static void put_bit(unsigned char *set, unsigned number)
{
    set[number / 8] |= (unsigned char)(1U << number % 8);
}

/* Whether it answers what the other side said of the option. What asks something itself is kept until it is answered. */
static bool is_answer(struct nvt *nvt, enum side speaker, unsigned request, unsigned option)
{
    struct nvt_side *own = &nvt->sides[speaker], *other = &nvt->sides[side_other(speaker)];
    bool of_speaker = request == NVT_WILL || request == NVT_WONT; /* it is the speaker who does it, or not */

    if (take_bit(of_speaker ? other->wanted : other->offered, option))
        return true;
    if (request == NVT_WILL)
        put_bit(own->offered, option);
    if (request == NVT_DO)
        put_bit(own->wanted, option);
    return false;
}

/* What a request says, by who says it: WILL first. What is answered need not be explained again. */
static const struct request {
    const char *client_asks, *server_asks;
    const char *client_answers, *server_answers;
} requests[] = {
    { N_("the client offers an option"), N_("the server offers an option"),
      N_("the client agrees to what the server asked for"), N_("the server agrees to what the client asked for") },
    { N_("the client does not use an option, or no longer"), N_("the server does not use an option, or no longer"),
      N_("the client refuses what the server asked for"), N_("the server refuses what the client asked for") },
    { N_("the client asks the server for an option"), N_("the server asks the client for an option"),
      N_("the client accepts what the server offered"), N_("the server accepts what the client offered") },
    { N_("the client asks the server not to use an option, or to stop"),
      N_("the server asks the client not to use an option, or to stop"),
      N_("the client does not want what the server offered"), N_("the server does not want what the client offered") },
};

static void hear_request(struct dialogue *dialogue, struct nvt *nvt, enum side speaker, unsigned request,
                         unsigned option)
{
    static const struct meaning unknown = { "", N_("an option that is not registered"), RFC(855, ""), false };
    const struct meaning *row = nvt_option(option);
    char quote[2 * NAME_TEXT];

    if (row)
        snprintf(quote, sizeof quote, "IAC %s %s", nvt_command(request)->word, row->word);
    else
        snprintf(quote, sizeof quote, "IAC %s %u", nvt_command(request)->word, option);
    row = row ? row : &unknown;
    const struct request *said = &requests[request - NVT_WILL];
    bool client = speaker == SIDE_CLIENT;
    if (is_answer(nvt, speaker, request, option))
        dialogue_tell(dialogue, speaker, zoc_bytes_of(quote), row->reference, false, "%s",
                      _(client ? said->client_answers : said->server_answers));
    else
        dialogue_tell(dialogue, speaker, zoc_bytes_of(quote), row->reference, false, "%s: %s",
                      _(client ? said->client_asks : said->server_asks), _(row->text));
}

/* --- commands ------------------------------------------------------------------------------------- */

static void hear_alone(struct dialogue *dialogue, enum side speaker, unsigned command)
{
    const struct meaning *row = nvt_command(command);
    char quote[NAME_TEXT];

    if (row) {
        snprintf(quote, sizeof quote, "IAC %s", row->word);
        dialogue_remark(dialogue, speaker, zoc_bytes_of(quote), row);
        return;
    }
    snprintf(quote, sizeof quote, "IAC %u", command);
    dialogue_tell(dialogue, speaker, zoc_bytes_of(quote), (struct reference)RFC(854, ""), false, "%s",
                  _("no command that is known here has this number"));
}

/* The size of IAC SB ... IAC SE; 0: it is not whole. A doubled IAC is a byte among the parameters. */
static size_t subnegotiation_size(zoc_bytes bytes)
{
    for (size_t i = REQUEST_SIZE; i + 1 < bytes.size; i++) {
        if ((unsigned char)bytes.data[i] != NVT_IAC)
            continue;
        if ((unsigned char)bytes.data[++i] == NVT_SE)
            return i + 1;
    }
    return 0;
}

static bool is_request(unsigned command)
{
    return command >= NVT_WILL && command <= NVT_DONT;
}

size_t nvt_command_size(zoc_bytes bytes)
{
    if (bytes.size < 2)
        return 0;
    unsigned command = (unsigned char)bytes.data[1];
    if (command == NVT_SB)
        return subnegotiation_size(bytes);
    size_t size = is_request(command) ? REQUEST_SIZE : 2;
    return bytes.size < size ? 0 : size;
}

static void hear_subnegotiation(struct dialogue *dialogue, struct nvt *nvt, enum side speaker, zoc_bytes command)
{
    if (nvt_hear_parameters(dialogue, speaker, (zoc_bytes){ command.data + 2, command.size - 4 }))
        return;
    nvt->sides[speaker].lost = true;
    dialogue_skip(dialogue, speaker, DIALOGUE_TO_THE_END);
}

void nvt_hear_command(struct dialogue *dialogue, struct nvt *nvt, enum side speaker, zoc_bytes command)
{
    unsigned number = (unsigned char)command.data[1];

    if (number == NVT_SB)
        hear_subnegotiation(dialogue, nvt, speaker, command);
    else if (is_request(number))
        hear_request(dialogue, nvt, speaker, number, (unsigned char)command.data[2]);
    else
        hear_alone(dialogue, speaker, number);
}
