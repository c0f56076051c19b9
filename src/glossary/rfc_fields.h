/* The tables of RFCs, one for each field: what rfc.c looks into. */
#ifndef ZOC_GLOSSARY_RFC_FIELDS_H
#define ZOC_GLOSSARY_RFC_FIELDS_H

#include "glossary/rfc.h"

extern const struct rfc_field rfc_series;    /* RFCs themselves: how they are made, and their history */
extern const struct rfc_field rfc_internet;  /* addresses, packets, the link below */
extern const struct rfc_field rfc_transport; /* TCP, UDP, QUIC, ports */
extern const struct rfc_field rfc_names;     /* the domain name system, and which address is tried */
extern const struct rfc_field rfc_classics;  /* small services, moving files, the time */
extern const struct rfc_field rfc_telnet;
extern const struct rfc_field rfc_mail;
extern const struct rfc_field rfc_web; /* HTTP, WebSocket */
extern const struct rfc_field rfc_chat;
extern const struct rfc_field rfc_security; /* TLS, certificates, proxies */
extern const struct rfc_field rfc_formats;  /* how text, dates and data are written */
extern const struct rfc_field rfc_cited;    /* others, whose titles say it */

#endif
