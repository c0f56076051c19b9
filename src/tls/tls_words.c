#include "tls/tls_words.h"

#include "base/text.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { CHANGE_CIPHER_SPEC = 20, APPLICATION_DATA = 23, MAJOR_VERSION = 3 };

static const struct {
    int alert;
    const char *name;
} alerts[] = {
    { 0, "close notify" },
    { 10, "unexpected message" },
    { 20, "bad record mac" },
    { 21, "decryption failed" },
    { 22, "record overflow" },
    { 30, "decompression failure" },
    { 40, "handshake failure" },
    { 41, "no certificate" },
    { 42, "bad certificate" },
    { 43, "unsupported certificate" },
    { 44, "certificate revoked" },
    { 45, "certificate expired" },
    { 46, "certificate unknown" },
    { 47, "illegal parameter" },
    { 48, "unknown ca" },
    { 49, "access denied" },
    { 50, "decode error" },
    { 51, "decrypt error" },
    { 60, "export restriction" },
    { 70, "protocol version" },
    { 71, "insufficient security" },
    { 80, "internal error" },
    { 86, "inappropriate fallback" },
    { 90, "user canceled" },
    { 100, "no renegotiation" },
    { 109, "missing extension" },
    { 110, "unsupported extension" },
    { 111, "certificate unobtainable" },
    { 112, "unrecognized name" },
    { 113, "bad certificate status response" },
    { 114, "bad certificate hash value" },
    { 115, "unknown psk identity" },
    { 116, "certificate required" },
    { 120, "no application protocol" },
};

const char *tls_alert_name(int alert)
{
    for (size_t i = 0; i < COUNT(alerts); i++)
        if (alerts[i].alert == alert)
            return alerts[i].name;
    return NULL;
}

bool tls_looks_right(zoc_bytes bytes)
{
    if (bytes.size > 0 && (bytes.data[0] < CHANGE_CIPHER_SPEC || bytes.data[0] > APPLICATION_DATA))
        return false;
    return bytes.size < 2 || bytes.data[1] == MAJOR_VERSION;
}

static const struct {
    const char *begin, *name;
} others[] = {
    { "GET ", "HTTP" },
    { "HEAD ", "HTTP" },
    { "POST ", "HTTP" },
    { "PUT ", "HTTP" },
    { "DELETE ", "HTTP" },
    { "OPTIONS ", "HTTP" },
    { "CONNECT ", "HTTP" },
    { "PATCH ", "HTTP" },
    { "TRACE ", "HTTP" },
    { "HTTP/", "HTTP" },
    { "PRI * ", "HTTP" },
    { "SSH-", "SSH" },
    { "220", N_("SMTP or FTP") },
    { "EHLO ", "SMTP" },
    { "HELO ", "SMTP" },
    { "* OK", "IMAP" },
    { "+OK", "POP3" },
    { "PROXY ", N_("the PROXY protocol") },
    { "\r\n\r\n", N_("the PROXY protocol") },
};

const char *tls_looks_like(zoc_bytes bytes)
{
    for (size_t i = 0; i < COUNT(others); i++) {
        size_t size = strlen(others[i].begin);
        if (bytes.size >= size && memcmp(bytes.data, others[i].begin, size) == 0)
            return others[i].name;
    }
    return NULL;
}
