/* Endpoints: what the files that read and print them share. Callers use <zocalo/endpoint.h>. */
#ifndef NET_ENDPOINT_H
#define NET_ENDPOINT_H

#include <zocalo/endpoint.h>

/* Bytes of a socket's path or name: a path leaves room for its NUL after it, an abstract name for the one before it
 * (unix(7)). */
#define ENDPOINT_SOCKET_PATH (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

/* What is being read. Everything that is read is a slice of `text`, so that a refusal can say where it stands. */
struct endpoint_reader {
    const char *text;  /* all of it: refusals quote it and count from its start */
    zoc_scheme scheme; /* what it turned out to be */
    bool guessed;      /* no scheme was written */
};

/* --- schemes (endpoint.c) ------------------------------------------------------------------------- */

/* "tcp://", "unix:", "-", ...; "" of a path, which is written without. */
const char *endpoint_scheme_name(zoc_scheme scheme);

/* Appends all of them, with commas between. Returns 0 or -ENOMEM. */
int endpoint_list_schemes(zoc_buffer *buffer);

/* --- hosts and ports (endpoint_host.c) ------------------------------------------------------------ */

/* Reads HOST:PORT, [ADDRESS]:PORT or :PORT. Returns 0 with a host that the caller frees, "" when there was none;
 * -EINVAL with words; -ENOMEM. */
int endpoint_read_host_port(const struct endpoint_reader *reader, zoc_bytes address, char **ret_host,
                            uint16_t *ret_port);

/* Reads a host alone. Returns the same. */
int endpoint_read_host(const struct endpoint_reader *reader, zoc_bytes host, char **ret_host);

/* The same with everything optional but one: HOST, ADDRESS, [ADDRESS], HOST:PORT, [ADDRESS]:PORT or :PORT. */
int endpoint_read_bind(const struct endpoint_reader *reader, zoc_bytes address, char **ret_host, uint16_t *ret_port);

/* The endpoint's bind= in its two parts: "" for no host, 0 for no port. options.bind is not NULL.
 * Returns as endpoint_read_bind. */
int endpoint_split_bind(const zoc_endpoint *endpoint, char **ret_host, uint16_t *ret_port);

/* Is it an IPv6 address in digits, maybe with a zone? Asks nobody whether that interface exists. */
bool endpoint_is_ip6(zoc_bytes text);

/* --- options (endpoint_options.c) ----------------------------------------------------------------- */

/* Reads options, `at` being the comma before the first of them or the end of the text. Returns 0; -EINVAL with words;
 * -ENOMEM. */
int endpoint_read_options(const struct endpoint_reader *reader, const char *at, zoc_endpoint *endpoint);

/* Whether its scheme takes every option that is not as it is when nobody gives it. Returns 0; -EINVAL with words;
 * -ENOMEM. */
int endpoint_check_options(const zoc_endpoint *endpoint);

/* Appends, each after a comma, the options that are not as they are when nobody gives them.
 * Returns 0 or as zoc_buffer_append. */
int endpoint_print_options(const zoc_endpoint *endpoint, zoc_buffer *buffer);

/* Whether it is a TCP connection at the bottom. */
static inline bool endpoint_is_tcp(const zoc_endpoint *endpoint)
{
    return endpoint->scheme == ZOC_TCP || endpoint->scheme == ZOC_TLS;
}

/* --- TLS (endpoint_tls.c) ------------------------------------------------------------------------- */

/* Frees what the options own. */
void endpoint_release_tls(zoc_tls_options *options);

/* --- paths (endpoint_path.c) ----------------------------------------------------------------------- */

/* A path becomes what it was found to be: ZOC_UNIX, ZOC_FIFO or ZOC_FILE. Returns 0; -EINVAL with words when its
 * options do not fit that, or its length a socket; -ENOMEM. */
int endpoint_settle(zoc_endpoint *endpoint, zoc_scheme scheme);

/* Looks at what is there, links followed, and settles the path as that. Where nothing is, it is a file, unless type=
 * says that a socket was meant. */
int endpoint_settle_by_looking(zoc_endpoint *endpoint);

/* Whether it is to be written: dir=out or append. Of a pipe or file. */
bool endpoint_is_out(const zoc_endpoint *endpoint);

/* --- roles (role.c) -------------------------------------------------------------------------------- */

/* Refuses options that say nothing where the endpoint is dialled, listened on, or bound for datagrams. Return 0;
 * -EINVAL with words. */
int endpoint_check_dial(const zoc_endpoint *endpoint);
int endpoint_check_listen(const zoc_endpoint *endpoint);
int endpoint_check_datagrams(const zoc_endpoint *endpoint);

/* --- words and numbers (endpoint_words.c) --------------------------------------------------------- */

/* Sets the words "endpoint 'TEXT': character N: <format>", where `where` is the character. Returns -EINVAL; -ENOMEM. */
int endpoint_refuse(const struct endpoint_reader *reader, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define ENDPOINT_QUOTE 64 /* bytes of a part that a refusal quotes, with the NUL */

/* A part of the text, escaped, as a string that lives as long as the block it is written in. */
#define endpoint_quote(bytes) zoc_escape((bytes), (char[ENDPOINT_QUOTE]){ 0 }, ENDPOINT_QUOTE)

/* Reads digits, and digits alone. Returns 0, -EINVAL when it is no number, -ERANGE when it is over `max`. */
int endpoint_read_number(zoc_bytes digits, unsigned base, uint32_t max, uint32_t *ret_number);

bool endpoint_is_word(zoc_bytes bytes, const char *word);

/* Where an address or an option ends: at the first comma without a backslash before it, or with the text. */
const char *endpoint_part_end(const char *start);

/* Takes the backslashes of \, and \\ away. Returns 0 with a string that the caller frees; -EINVAL with words; -ENOMEM. */
int endpoint_unescape(const struct endpoint_reader *reader, zoc_bytes written, char **ret_text);

/* Appends the text with them. Returns 0 or as zoc_buffer_append. */
int endpoint_escape(const char *text, zoc_buffer *buffer);

/* From `start` to before `end`. */
static inline zoc_bytes endpoint_slice(const char *start, const char *end)
{
    return (zoc_bytes){ start, (size_t)(end - start) };
}

void endpoint_free_string(char **string);
void endpoint_release_buffer(zoc_buffer *buffer);

#define ENDPOINT_STRING __attribute__((cleanup(endpoint_free_string))) char *
#define ENDPOINT_BUFFER __attribute__((cleanup(endpoint_release_buffer))) zoc_buffer

#endif
