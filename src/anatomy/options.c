/* Options of TCP (RFC 9293 section 3.2, RFC 7323, RFC 2018), in the order in which Linux writes them. */
#include "anatomy/fields.h"
#include "base/text.h"

/* Which ones a segment has. */
struct presence {
    bool mss, timestamps, sack, scale;
};

/* What is agreed on stood in both SYNs. What was offered in vain stood in ours alone. */
static struct presence presence_of(const struct facts *facts, enum side from, unsigned flags)
{
    const struct tcp_terms *terms = &facts->tcp;
    const struct look_offer *offer = &facts->offer;
    bool offers = from == SIDE_CLIENT;

    if (flags & FLAG_RST)
        return (struct presence){ .mss = false };
    if (!(flags & FLAG_SYN))
        return (struct presence){ .timestamps = terms->timestamps };
    return (struct presence){
        .mss = true,
        .timestamps = terms->timestamps || (offers && offer->timestamps),
        .sack = terms->sack || (offers && offer->sack),
        .scale = terms->window_scale || (offers && offer->window_scale),
    };
}

static void put_kind(struct frame *frame, const char *name, unsigned kind, unsigned length)
{
    frame_put(frame, name, 8, KNOWN_STANDARD, _("kind %u"), kind);
    frame_put(frame, N_("length"), 8, KNOWN_STANDARD, "%u", length);
}

static void put_nop(struct frame *frame)
{
    frame_put(frame, "NOP", 8, KNOWN_STANDARD, _("kind %u"), 1U);
}

static void put_mss(struct frame *frame, const struct facts *facts, enum side from)
{
    put_kind(frame, "MSS", 2, 4);
    if (from == SIDE_CLIENT && facts->tcp.mss)
        frame_put(frame, N_("value"), 16, KNOWN_ASKED, "%u", facts->tcp.mss);
    else
        frame_put_unknown(frame, N_("value"), 16);
}

/* Two bytes of padding stand before the timestamps, where "SACK permitted" does not fill them. */
static void put_timestamps(struct frame *frame, bool sack)
{
    if (sack) {
        put_kind(frame, N_("SACK permitted"), 4, 2);
    } else {
        put_nop(frame);
        put_nop(frame);
    }
    put_kind(frame, N_("timestamps (TS)"), 8, 10);
    frame_put_unknown(frame, "TSval", 32);
    frame_put_unknown(frame, "TSecr", 32);
}

static void put_scale(struct frame *frame, const struct facts *facts, enum side from)
{
    put_nop(frame);
    put_kind(frame, N_("window scale"), 3, 3);
    if (facts->tcp.window_scale)
        frame_put(frame, N_("shift"), 8, KNOWN_ASKED, "%u",
                  from == SIDE_CLIENT ? facts->tcp.scale : facts->tcp.peer_scale);
    else
        frame_put_unknown(frame, N_("shift"), 8);
}

void tcp_options_put(struct frame *frame, const struct facts *facts, const struct shape *shape)
{
    struct presence has = presence_of(facts, shape->from, shape->flags);

    if (has.mss)
        put_mss(frame, facts, shape->from);
    if (has.timestamps)
        put_timestamps(frame, has.sack);
    else if (has.sack) {
        put_nop(frame);
        put_nop(frame);
        put_kind(frame, N_("SACK permitted"), 4, 2);
    }
    if (has.scale)
        put_scale(frame, facts, shape->from);
}

unsigned tcp_options_bytes(const struct facts *facts, enum side from, unsigned flags)
{
    struct presence has = presence_of(facts, from, flags);
    bool alone = has.sack && !has.timestamps;

    return has.mss * 4U + has.timestamps * 12U + alone * 4U + has.scale * 4U;
}

/* --- flags ---------------------------------------------------------------------------------------- */

char *flags_format(unsigned flags, char text[static FLAGS_TEXT])
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {
        { FLAG_CWR, "CWR" }, { FLAG_ECE, "ECE" }, { FLAG_RST, "RST" }, { FLAG_SYN, "SYN" },
        { FLAG_FIN, "FIN" }, { FLAG_PSH, "PSH" }, { FLAG_ACK, "ACK" },
    };
    char *end = text;

    *end = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(flags & names[i].flag))
            continue;
        end = stpcpy(end, end == text ? "" : ", ");
        end = stpcpy(end, names[i].name);
    }
    return text;
}
