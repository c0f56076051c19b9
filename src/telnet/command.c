#include "telnet/command.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define PARAMETERS_SHOWN 16

/* RFC 854; EOF, SUSP and ABORT are of RFC 1184, EOR of RFC 885. */
const struct telnet_name telnet_command_names[] = {
    { TELNET_AO, "ao", N_("abort output") },        { TELNET_AYT, "ayt", N_("are you there") },
    { TELNET_BREAK, "brk", N_("break") },           { TELNET_EC, "ec", N_("erase character") },
    { TELNET_EL, "el", N_("erase line") },          { TELNET_GA, "ga", N_("go ahead") },
    { TELNET_IP, "ip", N_("interrupt process") },   { TELNET_NOP, "nop", N_("no operation") },
    { TELNET_DM, "dm", N_("data mark") },           { TELNET_EOR, "eor", N_("end of record") },
    { TELNET_ABORT, "abort", N_("abort process") }, { TELNET_SUSP, "susp", N_("suspend process") },
    { TELNET_EOF, "eof", N_("end of file") },       { 0, NULL, NULL },
};

/* As the registry of options at IANA calls them, in fewer letters. */
const struct telnet_name telnet_option_names[] = {
    { TELNET_TELOPT_BINARY, "binary", NULL },
    { TELNET_TELOPT_ECHO, "echo", NULL },
    { TELNET_TELOPT_RCP, "reconnection", NULL },
    { TELNET_TELOPT_SGA, "suppress-go-ahead", NULL },
    { TELNET_TELOPT_NAMS, "message-size", NULL },
    { TELNET_TELOPT_STATUS, "status", NULL },
    { TELNET_TELOPT_TM, "timing-mark", NULL },
    { TELNET_TELOPT_LOGOUT, "logout", NULL },
    { TELNET_TELOPT_BM, "byte-macro", NULL },
    { TELNET_TELOPT_SNDLOC, "send-location", NULL },
    { TELNET_TELOPT_TTYPE, "terminal-type", NULL },
    { TELNET_TELOPT_EOR, "end-of-record", NULL },
    { TELNET_TELOPT_TTYLOC, "terminal-location", NULL },
    { TELNET_TELOPT_3270REGIME, "3270-regime", NULL },
    { TELNET_TELOPT_X3PAD, "x.3-pad", NULL },
    { TELNET_TELOPT_NAWS, "naws", NULL },
    { TELNET_TELOPT_TSPEED, "terminal-speed", NULL },
    { TELNET_TELOPT_LFLOW, "remote-flow-control", NULL },
    { TELNET_TELOPT_LINEMODE, "linemode", NULL },
    { TELNET_TELOPT_XDISPLOC, "x-display-location", NULL },
    { TELNET_TELOPT_ENVIRON, "environ", NULL },
    { TELNET_TELOPT_AUTHENTICATION, "authentication", NULL },
    { TELNET_TELOPT_ENCRYPT, "encryption", NULL },
    { TELNET_TELOPT_NEW_ENVIRON, "new-environ", NULL },
    { TELNET_TELOPT_MSSP, "mssp", NULL },
    { TELNET_TELOPT_COMPRESS2, "compress2", NULL },
    { TELNET_TELOPT_ZMP, "zmp", NULL },
    { TELNET_TELOPT_EXOPL, "extended-options", NULL },
    { 0, NULL, NULL },
};

/* What begins more than itself. */
static const struct telnet_name openings[] = {
    { TELNET_WILL, "will", NULL },
    { TELNET_WONT, "wont", NULL },
    { TELNET_DO, "do", NULL },
    { TELNET_DONT, "dont", NULL },
    { TELNET_SB, "sb", NULL },
    { TELNET_SE, "se", NULL },
    { 0, NULL, NULL },
};

static int find_number(const struct telnet_name *names, const char *name)
{
    for (; names->name; names++)
        if (strcasecmp(names->name, name) == 0)
            return names->number;
    return -ENOENT;
}

int telnet_find_command(const char *name)
{
    return find_number(telnet_command_names, name);
}

static int read_number(const char *digits)
{
    size_t count = strspn(digits, "0123456789");

    if (count == 0 || count > 3 || digits[count] != '\0' || atoi(digits) > 255)
        return -ENOENT;
    return atoi(digits);
}

int telnet_find_option(const char *name)
{
    int option = find_number(telnet_option_names, name);

    return option < 0 ? read_number(name) : option;
}

bool telnet_is_request(unsigned char command)
{
    return command >= TELNET_WILL && command <= TELNET_DONT;
}

/* --- words ---------------------------------------------------------------------------------------- */

struct words {
    char *text;
    size_t size, used;
};

static void add(struct words *words, const char *word)
{
    int size = snprintf(words->text + words->used, words->size - words->used, "%s%s", words->used > 0 ? " " : "", word);

    words->used += (size_t)size;
    if (words->used >= words->size)
        words->used = words->size - 1;
}

static void add_number(struct words *words, unsigned char number)
{
    char digits[4];

    snprintf(digits, sizeof digits, "%u", number);
    add(words, digits);
}

/* Its name in capital letters, as documents have it, or its digits. */
static bool add_name(struct words *words, const struct telnet_name *names, unsigned char number)
{
    char name[32];
    size_t size = 0;

    while (names->name && names->number != number)
        names++;
    if (!names->name)
        return false;
    for (; names->name[size] != '\0'; size++)
        name[size] = (char)toupper((unsigned char)names->name[size]);
    name[size] = '\0';
    add(words, name);
    return true;
}

static void add_parameters(struct words *words, zoc_bytes parameters)
{
    for (size_t i = 0; i < parameters.size && i < PARAMETERS_SHOWN; i++)
        add_number(words, (unsigned char)parameters.data[i]);
    if (parameters.size > PARAMETERS_SHOWN)
        add(words, "...");
}

char *telnet_command_text(const struct telnet_command *command, char *text, size_t size)
{
    struct words words = { text, size, 0 };
    bool has_option = telnet_is_request(command->command) || command->command == TELNET_SB;

    if (!add_name(&words, openings, command->command) && !add_name(&words, telnet_command_names, command->command))
        add_number(&words, command->command);
    if (has_option && !add_name(&words, telnet_option_names, command->option))
        add_number(&words, command->option);
    add_parameters(&words, command->parameters);
    return text;
}
