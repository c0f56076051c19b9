/* Finding the catalogue of messages. */
#ifndef ZOC_CMD_LOCALE_H
#define ZOC_CMD_LOCALE_H

/* To be called first: the environment's language, from ZOCALO_LOCALEDIR, else from `po` beside this program when it was
 * not installed, else from where it is installed. */
void locale_prepare(void);

#endif
