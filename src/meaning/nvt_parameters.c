/* Parameters of telnet options: what they say, in the RFC of each. */
#include "base/text.h"
#include "meaning/nvt.h"

#include <stdio.h>

#define PARAMETERS_MAX 128 /* bytes that are looked at */
#define QUOTE_TEXT     256

enum {
    STATUS = 5,
    TERMINAL_TYPE = 24,
    NAWS = 31,
    TERMINAL_SPEED = 32,
    LINEMODE = 34,
    X_DISPLAY_LOCATION = 35,
    ENVIRON = 36,
    AUTHENTICATION = 37,
    ENCRYPT = 38,
    NEW_ENVIRON = 39,
    CHARSET = 42,
    START_TLS = 46,
};

struct parameters {
    unsigned option;
    const struct meaning *meaning; /* of the option; NULL: it has none */
    char data[PARAMETERS_MAX];     /* with bytes 255 single */
    size_t size;                   /* of those that are looked at */
    size_t total;                  /* bytes of all */
};

static const struct row {
    unsigned option, code; /* their first byte */
    const char *word;      /* the code's name */
    const char *text;
    bool shown; /* what follows the code is text, and may be quoted */
    bool ends;  /* what follows on the wire can no longer be read */
} rows[] = {
    { STATUS, 0, "IS", N_("the options that this side thinks are in use"), false, false },
    { STATUS, 1, "SEND", N_("asks which options the other side thinks are in use"), false, false },
    { TERMINAL_TYPE, 0, "IS", N_("the kind of terminal that this side has"), true, false },
    { TERMINAL_TYPE, 1, "SEND", N_("asks which kind of terminal the other side has"), false, false },
    { TERMINAL_SPEED, 0, "IS", N_("how many bits per second the terminal sends and receives"), true, false },
    { TERMINAL_SPEED, 1, "SEND", N_("asks how fast the terminal of the other side is"), false, false },
    { LINEMODE, 1, "MODE", N_("who edits lines, and who makes signals of keys such as Ctrl-C"), false, false },
    { LINEMODE, 3, "SLC", N_("the keys that edit lines, such as the one that erases a character"), false, false },
    { X_DISPLAY_LOCATION, 0, "IS", N_("where the X display of this side is"), true, false },
    { X_DISPLAY_LOCATION, 1, "SEND", N_("asks where the X display of the other side is"), false, false },
    { ENVIRON, 0, "IS", N_("variables of the environment; what is in them is not shown"), false, false },
    { ENVIRON, 1, "SEND", N_("asks for variables of the environment"), false, false },
    { ENVIRON, 2, "INFO", N_("variables of the environment that changed; what is in them is not shown"), false, false },
    { AUTHENTICATION, 0, "IS", N_("a proof of who this side is, which is not shown"), false, false },
    { AUTHENTICATION, 1, "SEND", N_("the ways in which the other side may prove who it is"), false, false },
    { AUTHENTICATION, 2, "REPLY", N_("an answer to the proof, which is not shown"), false, false },
    { AUTHENTICATION, 3, "NAME", N_("the name of the account that is meant"), false, false },
    { ENCRYPT, 3, "START", N_("from here on this side encrypts what it sends; nothing more is told of it"), false,
      true },
    { NEW_ENVIRON, 0, "IS", N_("variables of the environment; what is in them is not shown"), false, false },
    { NEW_ENVIRON, 1, "SEND", N_("asks for variables of the environment"), false, false },
    { NEW_ENVIRON, 2, "INFO", N_("variables of the environment that changed; what is in them is not shown"), false,
      false },
    { CHARSET, 1, "REQUEST", N_("character sets to choose from"), true, false },
    { CHARSET, 2, "ACCEPTED", N_("the character set that was chosen"), true, false },
    { CHARSET, 3, "REJECTED", N_("none of the character sets will do"), false, false },
    { START_TLS, 1, "FOLLOWS", N_("TLS follows from this side; nothing more is told of it"), false, true },
};

/* --- reading -------------------------------------------------------------------------------------- */

static void read_parameters(struct parameters *parameters, zoc_bytes bytes)
{
    parameters->option = (unsigned char)*bytes.data;
    parameters->meaning = nvt_option(parameters->option);
    for (size_t i = 1; i < bytes.size; i += (unsigned char)bytes.data[i] == NVT_IAC ? 2 : 1) {
        parameters->total++;
        if (parameters->size < PARAMETERS_MAX)
            parameters->data[parameters->size++] = bytes.data[i];
    }
}

static const struct row *find_row(const struct parameters *parameters)
{
    for (size_t i = 0; parameters->size > 0 && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].option == parameters->option && rows[i].code == (unsigned char)*parameters->data)
            return &rows[i];
    return NULL;
}

/* --- telling -------------------------------------------------------------------------------------- */

static const char *name_of(const struct parameters *parameters, char number[8])
{
    snprintf(number, 8, "%u", parameters->option);
    return parameters->meaning ? parameters->meaning->word : number;
}

static struct reference reference_of(const struct parameters *parameters)
{
    return parameters->meaning ? parameters->meaning->reference : (struct reference)RFC(855, "");
}

/* "IAC SB TERMINAL-TYPE IS xterm" */
static void tell_row(struct dialogue *dialogue, enum side speaker, const struct parameters *parameters,
                     const struct row *row)
{
    char quote[QUOTE_TEXT], number[8];
    int size = snprintf(quote, sizeof quote, "IAC SB %s %s", name_of(parameters, number), row->word);

    if (row->shown && parameters->size > 1) {
        quote[size++] = ' ';
        memcpy(quote + size, parameters->data + 1, parameters->size - 1);
        size += (int)parameters->size - 1;
    }
    dialogue_tell(dialogue, speaker, (zoc_bytes){ quote, (size_t)size }, reference_of(parameters), false, "%s",
                  _(row->text));
}

static unsigned two_bytes(const char *data)
{
    return (unsigned)(unsigned char)data[0] << 8 | (unsigned char)data[1];
}

static void tell_window(struct dialogue *dialogue, enum side speaker, const struct parameters *parameters)
{
    unsigned columns = two_bytes(parameters->data), lines = two_bytes(parameters->data + 2);
    char quote[QUOTE_TEXT];

    snprintf(quote, sizeof quote, "IAC SB NAWS %u %u", columns, lines);
    dialogue_tell(dialogue, speaker, zoc_bytes_of(quote), reference_of(parameters), false,
                  _("the window of this side has %u columns and %u lines (0: not said)"), columns, lines);
}

static void tell_others(struct dialogue *dialogue, enum side speaker, const struct parameters *parameters)
{
    char quote[QUOTE_TEXT], number[8];

    snprintf(quote, sizeof quote, "IAC SB %s", name_of(parameters, number));
    dialogue_tell(
        dialogue, speaker, zoc_bytes_of(quote), reference_of(parameters), false,
        PLURAL("%zu byte of parameters of this option", "%zu bytes of parameters of this option", parameters->total),
        parameters->total);
}

bool nvt_hear_parameters(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    struct parameters parameters = { .size = 0 };

    read_parameters(&parameters, bytes);
    const struct row *row = find_row(&parameters);
    if (row)
        tell_row(dialogue, speaker, &parameters, row);
    else if (parameters.option == NAWS && parameters.size == 4)
        tell_window(dialogue, speaker, &parameters);
    else
        tell_others(dialogue, speaker, &parameters);
    return !row || !row->ends;
}
