#include "serve/service.h"

#include "base/text.h"
#include "classic/chargen.h"
#include "classic/daytime.h"
#include "classic/discard.h"
#include "classic/echo.h"
#include "classic/hello.h"
#include "classic/qotd.h"
#include "classic/time.h"

#include <string.h>

const struct service services[] = {
    { .name = "echo",
      .summary = N_("sends back what it receives (RFC 862)"),
      .endpoints = "tcp://127.0.0.1:50007 udp://127.0.0.1:50007",
      .converse = echo_converse,
      .datagrams = echo_datagrams,
      .keys = echo_keys,
      .settings_size = sizeof(struct echo_settings),
      .lengthens = echo_lengthens },
    { .name = "hello",
      .summary = N_("greets whoever connects, and ends"),
      .endpoints = "tcp://127.0.0.1:9000",
      .converse = hello_converse,
      .keys = hello_keys,
      .settings_size = sizeof(struct hello_settings) },
    { .name = "discard",
      .summary = N_("throws away what it receives (RFC 863)"),
      .endpoints = "tcp://127.0.0.1:10009 udp://127.0.0.1:10009",
      .converse = discard_converse,
      .datagrams = discard_datagrams },
    { .name = "daytime",
      .summary = N_("tells the date and the time of day as text (RFC 867)"),
      .endpoints = "tcp://127.0.0.1:10013 udp://127.0.0.1:10013",
      .converse = daytime_converse,
      .datagrams = daytime_datagrams,
      .amplifies = true },
    { .name = "qotd",
      .summary = N_("tells a quote (RFC 865)"),
      .endpoints = "tcp://127.0.0.1:10017 udp://127.0.0.1:10017",
      .converse = qotd_converse,
      .datagrams = qotd_datagrams,
      .keys = qotd_keys,
      .settings_size = sizeof(struct qotd_settings),
      .amplifies = true },
    { .name = "chargen",
      .summary = N_("sends characters without end (RFC 864)"),
      .endpoints = "tcp://127.0.0.1:10019 udp://127.0.0.1:10019",
      .look = "head -n 3",
      .converse = chargen_converse,
      .datagrams = chargen_datagrams,
      .amplifies = true },
    { .name = "time",
      .summary = N_("tells the seconds since 1900 in four bytes (RFC 868)"),
      .endpoints = "tcp://127.0.0.1:10037 udp://127.0.0.1:10037",
      .look = "od -An -tu4 --endian=big",
      .converse = time_converse,
      .datagrams = time_datagrams,
      .amplifies = true },
};

const unsigned service_count = sizeof services / sizeof *services;

bool service_amplifies(const struct service *service, const void *settings)
{
    return service->amplifies || (service->lengthens && service->lengthens(settings));
}

const struct service *service_find(const char *name)
{
    for (unsigned i = 0; i < service_count; i++)
        if (strcmp(services[i].name, name) == 0)
            return &services[i];
    return NULL;
}
