#include "meaning/mail_text.h"

#include "base/text.h"
#include "meaning/smtp_words.h"

#define LINE_MAX_SIZE 998 /* bytes of a line without its end (RFC 5322, 2.1.1); a longer one is not told */

#define FIELDS        (&smtp_words[SMTP_FIELDS])

void mail_text_begin(struct mail_text *text, struct reference dots)
{
    *text = (struct mail_text){ .dots = dots };
}

/* --- lines of the head ---------------------------------------------------------------------------- */

/* The name of a field, without its colon; empty: it is no field (RFC 5322, 2.2). */
static zoc_bytes field_name(zoc_bytes line)
{
    size_t size = 0;

    while (size < line.size && line.data[size] > ' ' && line.data[size] < 127 && line.data[size] != ':')
        size++;
    return (zoc_bytes){ line.data, size < line.size && line.data[size] == ':' ? size : 0 };
}

static void tell_field(struct dialogue *dialogue, enum side speaker, zoc_bytes line, zoc_bytes name)
{
    const struct meaning *row = meanings_find(FIELDS, name);

    if (row)
        dialogue_remark(dialogue, speaker, line, row);
    else
        dialogue_tell(dialogue, speaker, line, (struct reference)RFC(5322, "3.6.8"), true, "%s",
                      _("a field that is not known here; programs may add their own"));
}

static void hear_head(struct dialogue *dialogue, struct mail_text *text, enum side speaker, zoc_bytes line)
{
    zoc_bytes name = field_name(line);

    if (name.size > 0 && line.size <= LINE_MAX_SIZE)
        tell_field(dialogue, speaker, line, name);
    else if (line.size == 0)
        dialogue_tell(dialogue, speaker, line, (struct reference)RFC(5322, "2.1"), true, "%s",
                      _("an empty line: the head is over; the body follows, which is not shown"));
    if (name.size == 0 && (line.size == 0 || (line.data[0] != ' ' && line.data[0] != '\t')))
        text->part = MAIL_BODY;
}

/* --- lines ---------------------------------------------------------------------------------------- */

static void tell_end(struct dialogue *dialogue, const struct mail_text *text, enum side speaker, zoc_bytes dot)
{
    unsigned long long size = text->size;

    dialogue_tell(dialogue, speaker, dot, text->dots, false,
                  PLURAL("a dot alone ends the message, which has %llu byte",
                         "a dot alone ends the message, which has %llu bytes", (unsigned long)size),
                  size);
}

/* The line without the dot that was put before one that begins with a dot. */
static zoc_bytes unstuffed(struct dialogue *dialogue, struct mail_text *text, enum side speaker, zoc_bytes line)
{
    if (line.size == 0 || line.data[0] != '.')
        return line;
    if (!text->stuffing_told)
        dialogue_tell(
            dialogue, speaker, (zoc_bytes){ 0 }, text->dots, false, "%s",
            _("a line of the message begins with a dot; another dot was put before it, which the receiver takes "
              "away, so that such a line never ends the message"));
    text->stuffing_told = true;
    text->size--;
    return (zoc_bytes){ line.data + 1, line.size - 1 };
}

size_t mail_text_take(struct dialogue *dialogue, struct mail_text *text, enum side speaker, zoc_bytes bytes,
                      bool *ret_over)
{
    zoc_bytes line = bytes;
    size_t used = bytes.size;
    bool whole = dialogue_line(bytes, &line, &used), begins = !text->inside_line;

    *ret_over = false;
    if (!whole && begins && bytes.size <= LINE_MAX_SIZE + 1)
        return 0;
    text->inside_line = !whole;
    if (begins && whole && line.size == 1 && line.data[0] == '.') {
        *ret_over = true;
        tell_end(dialogue, text, speaker, line);
        return used;
    }
    text->size += used;
    if (begins)
        line = unstuffed(dialogue, text, speaker, line);
    if (begins && text->part == MAIL_HEAD)
        hear_head(dialogue, text, speaker, line);
    return used;
}
