/* Endpoints: whatever is read is printed as a text that reads as the same endpoint, and prints the same again. */
#include <assert.h>
#include <stdlib.h>
#include <zocalo/endpoint.h>
#include <zocalo/error.h>

static bool same_string(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static bool same_tls(const zoc_tls_options *one, const zoc_tls_options *other)
{
    bool same_files = one->file_count == other->file_count;

    for (size_t i = 0; same_files && i < one->file_count; i++)
        same_files = same_string(one->files[i].certificate, other->files[i].certificate) &&
                     same_string(one->files[i].key, other->files[i].key);
    return same_files && same_string(one->ca, other->ca) && same_string(one->pin, other->pin) &&
           same_string(one->sni, other->sni) && same_string(one->alpn, other->alpn) && one->version == other->version &&
           one->insecure == other->insecure;
}

static bool same_options(const zoc_endpoint_options *one, const zoc_endpoint_options *other)
{
    return same_string(one->bind, other->bind) && one->only4 == other->only4 && one->only6 == other->only6 &&
           one->connect_timeout == other->connect_timeout && one->timeout == other->timeout &&
           one->keepalive == other->keepalive && one->nodelay == other->nodelay && one->reuseport == other->reuseport &&
           one->or_free == other->or_free && one->ttl == other->ttl && one->tos == other->tos &&
           one->backlog == other->backlog && one->mode == other->mode && one->direction == other->direction &&
           one->append == other->append && one->raw == other->raw && one->cooked == other->cooked &&
           one->speed == other->speed && same_tls(&one->tls, &other->tls);
}

static bool same(const zoc_endpoint *one, const zoc_endpoint *other)
{
    return one->scheme == other->scheme && one->listens == other->listens && same_string(one->host, other->host) &&
           one->port == other->port && same_string(one->path, other->path) && one->abstract == other->abstract &&
           one->type == other->type && one->fd == other->fd && same_string(one->command, other->command) &&
           same_options(&one->options, &other->options);
}

/* What the header promises of an endpoint that was accepted. */
static void check_ranges(const zoc_endpoint *endpoint)
{
    const zoc_endpoint_options *options = &endpoint->options;

    assert(endpoint->host == NULL || strlen(endpoint->host) <= ZOC_HOST_MAX);
    assert(endpoint->scheme != ZOC_UNIX || strlen(endpoint->path) < sizeof(((struct sockaddr_un *)NULL)->sun_path));
    assert((endpoint->host != NULL) ==
           (endpoint->scheme == ZOC_TCP || endpoint->scheme == ZOC_UDP || endpoint->scheme == ZOC_TLS));
    assert((endpoint->path != NULL) == (endpoint->scheme == ZOC_UNIX || endpoint->scheme == ZOC_FIFO ||
                                        endpoint->scheme == ZOC_FILE || endpoint->scheme == ZOC_PTY ||
                                        endpoint->scheme == ZOC_PATH));
    assert((endpoint->command != NULL) == (endpoint->scheme == ZOC_EXEC));
    assert(!endpoint->listens || zoc_endpoint_can_listen(endpoint));
    assert(!options->append || options->direction == ZOC_DIRECTION_DEFAULT || options->direction == ZOC_OUT);
    assert(!(options->raw && options->cooked));
    assert(options->speed == 0 || (options->speed >= 50 && options->speed <= 4000000));
    assert(!(options->only4 && options->only6));
    assert(options->ttl >= 0 && options->ttl <= 255 && options->tos >= -1 && options->tos <= 255);
    assert(options->backlog >= 0 && options->backlog <= 65535 && options->mode >= -1 && options->mode <= 07777);
    assert(!options->tls.pin || strlen(options->tls.pin) == strlen("sha256:") + 64);
    assert(!(options->tls.insecure && (options->tls.pin || options->tls.ca)));
    assert(options->connect_timeout >= 0 && options->timeout >= 0);
}

static void check_round_trip(const zoc_endpoint *endpoint)
{
    zoc_endpoint *again = NULL;
    char *text = zoc_endpoint_text(endpoint);

    assert(text != NULL);
    assert(zoc_endpoint_parse(text, &again) == 0);
    assert(same(endpoint, again));

    char *text_again = zoc_endpoint_text(again);

    assert(text_again != NULL && strcmp(text, text_again) == 0);
    free(text_again);
    free(text);
    zoc_endpoint_free(again);
}

/* A refusal is one line of words that nothing from the text can break out of. */
static void check_words(void)
{
    const char *words = zoc_why();

    assert(words[0] != '\0');
    for (const char *at = words; *at != '\0'; at++)
        assert((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void check(int result, zoc_endpoint *endpoint)
{
    if (result < 0) {
        assert(endpoint == NULL);
        check_words();
        return;
    }
    check_ranges(endpoint);
    check_round_trip(endpoint);
    zoc_endpoint_free(endpoint);
}

/* All of it is one endpoint, and its first line a host with what follows as the port. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    zoc_endpoint *endpoint = NULL;
    int result = zoc_endpoint_parse(text, &endpoint);

    check(result, endpoint);

    char *line = strchr(text, '\n');

    if (line != NULL) {
        *line = '\0';
        endpoint = NULL;
        result = zoc_endpoint_parse_pair(text, line + 1, &endpoint);
        check(result, endpoint);
    }
    free(text);
    return 0;
}
