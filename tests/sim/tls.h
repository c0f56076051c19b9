/* The two sides of TLS in a simulated world. */
#ifndef ZOC_TESTS_SIM_TLS_H
#define ZOC_TESTS_SIM_TLS_H

#include <zocalo/zocalo.h>

/* A client takes the server alone; the first speaks TLS 1.2, the second TLS 1.3. They are kept. */
extern zoc_tls_context *tls_server, *tls_clients[2];

/* Before a run, with the kernel behind it. */
void tls_prepare(void);

#endif
