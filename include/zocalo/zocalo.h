/* zócalo: sequential network code on fibers. Everything at once. */
#ifndef ZOCALO_ZOCALO_H
#define ZOCALO_ZOCALO_H

#include <zocalo/bytes.h>
#include <zocalo/crew.h>
#include <zocalo/endpoint.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/log.h>
#include <zocalo/metrics.h>
#include <zocalo/net.h>
#include <zocalo/observer.h>
#include <zocalo/stream.h>
#include <zocalo/sync.h>
#include <zocalo/tls.h>
#include <zocalo/units.h>

#endif
