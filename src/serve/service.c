#include "serve/service.h"

#include "base/text.h"
#include "classic/echo.h"

#include <string.h>

const struct service services[] = {
    { .name = "echo",
      .summary = N_("sends back what it receives (RFC 862)"),
      .endpoints = "tcp://127.0.0.1:50007 udp://127.0.0.1:50007 unix:/tmp/zocalo-echo.sock",
      .converse = echo_converse,
      .datagrams = echo_datagrams },
};

const unsigned service_count = sizeof services / sizeof *services;

const struct service *service_find(const char *name)
{
    for (unsigned i = 0; i < service_count; i++)
        if (strcmp(services[i].name, name) == 0)
            return &services[i];
    return NULL;
}
