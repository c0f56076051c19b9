/* Certificates and keys in files (PEM, RFC 7468). All of it runs on worker threads. */
#ifndef ZOC_TLS_TLS_FILES_H
#define ZOC_TLS_TLS_FILES_H

#include <sys/types.h>
#include <zocalo/bytes.h>

#define TLS_FILE_MAX (8 * 1024 * 1024) /* bytes; a longer file is none of ours */

/* Reads a whole file, and who may do so. The buffer is released by tls_file_forget. Returns 0 or a negative errno,
 * with words that name the file. */
int tls_file_read(const char *path, zoc_buffer *ret_text, mode_t *ret_mode);

/* Releases what was read, and leaves no key in memory. */
void tls_file_forget(zoc_buffer *text);

/* Writes it so that others see all of it or nothing, and nobody but the owner can read it. Makes missing folders.
 * Returns 0 or a negative errno, with words. */
int tls_file_write(const char *path, zoc_bytes text);

/* Opens a file beside others that holds a lock until it is closed. Returns a descriptor or a negative errno, with
 * words. */
int tls_file_lock(const char *path);

#endif
