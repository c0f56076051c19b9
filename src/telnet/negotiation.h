/* What two sides of a telnet connection agree on. No I/O: what is to be sent is put somewhere. */
#ifndef ZOC_TELNET_NEGOTIATION_H
#define ZOC_TELNET_NEGOTIATION_H

#include "telnet/telnet.h"

#define NEGOTIATION_ANSWER_MAX 512 /* bytes that are put for one call at most */
#define NEGOTIATION_OPTIONS    6   /* that we are ready for at most */

struct negotiation {
    struct telnet_state state;
    bool says_type, says_user; /* agreed on */
    char terminal_type[TELNET_NAME_MAX + 1];
    char user[TELNET_NAME_MAX + 1]; /* empty: not told */
    bool refuses, begins, asks_binary_in, asks_binary_out;
    telnet_telopt_t ready[NEGOTIATION_OPTIONS + 1]; /* libtelnet looks at them at each request */
    telnet_t *peer;                                 /* owned; NULL before negotiation_begin */
    int failure;                                    /* libtelnet's; 0 */
    void (*tell)(void *teller, const struct telnet_notice *notice);
    void *teller;
    int (*put)(void *sink, zoc_bytes bytes); /* 0 or a negative errno; does not wait */
    void *sink;
    int put_failure; /* of the last call */
};

/* Returns 0, or -EINVAL with words. */
int negotiation_init(struct negotiation *negotiation, const struct telnet_options *options);
void negotiation_release(struct negotiation *negotiation);

/* From now on it is telnet: loads libtelnet, if need be, and asks for what was to be asked for. Waits on a fiber.
 * Returns 0, or as the functions below. */
int negotiation_begin(struct negotiation *negotiation);

/* The peer sent a command; what came, we ask for; the size is another one. Each returns 0, -ENOMEM, or what `put`
 * failed with. */
int negotiation_obey(struct negotiation *negotiation, const struct telnet_command *command);
int negotiation_request(struct negotiation *negotiation, unsigned char request, unsigned char option);
int negotiation_resize(struct negotiation *negotiation, unsigned columns, unsigned rows);

/* A command that stands alone. */
int negotiation_command(struct negotiation *negotiation, unsigned char command);

#endif
