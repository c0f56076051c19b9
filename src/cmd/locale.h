/* Finding the catalogue of messages. */
#ifndef ZOC_CMD_LOCALE_H
#define ZOC_CMD_LOCALE_H

/* To be called first: the environment's language, from ZOCALO_LOCALEDIR, else from `po` beside this program when it was
 * not installed, else from where it is installed. */
void locale_prepare(void);

/* Another language than the environment's, from here on: "en", or one that there is a catalogue of, maybe with a country behind
 * it ("es_MX"). Returns 0, or -EINVAL with words that list those. */
int locale_choose(const char *language);

#endif
