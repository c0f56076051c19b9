/* Telnet's commands and options by number (as TELNET_... in <libtelnet.h>) and by name. */
#ifndef ZOC_TELNET_COMMAND_H
#define ZOC_TELNET_COMMAND_H

#include <stdbool.h>
#include <zocalo/bytes.h>

#include <libtelnet.h> /* wants size_t to be there */

#define TELNET_PARAMETERS_MAX 1024 /* bytes of a subnegotiation, without IAC, SB, the option, IAC and SE */

struct telnet_command {
    unsigned char command;
    unsigned char option; /* of WILL, WONT, DO, DONT and SB */
    zoc_bytes parameters; /* of SB, with bytes 255 single */
};

/* A row of a table. */
struct telnet_name {
    unsigned char number;
    const char *name;    /* as it is typed: "ayt", "naws" */
    const char *summary; /* goes through _() where it is shown; NULL for options */
};

/* Both end with a name that is NULL. Commands are those that stand alone; options those that have a name here. */
extern const struct telnet_name telnet_command_names[];
extern const struct telnet_name telnet_option_names[];

/* The number for a name, in any case, or, of an option, for digits from 0 to 255. Returns it, or -ENOENT. */
int telnet_find_command(const char *name);
int telnet_find_option(const char *name);

/* Whether an option follows: WILL, WONT, DO, DONT. */
bool telnet_is_request(unsigned char command);

/* Words for a command, for traces: "DO NAWS", "SB NAWS 0 80 0 24", "AYT". Parameters beyond a few are cut with "...".
 * Returns `text`; `size` is at least 8. */
char *telnet_command_text(const struct telnet_command *command, char *text, size_t size);

#endif
