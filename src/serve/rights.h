/* Giving rights up once the ports are bound. */
#ifndef ZOC_SERVE_RIGHTS_H
#define ZOC_SERVE_RIGHTS_H

/* Becomes that user and that group for good; NULL: stays who it is. Returns 0 or an error with words. Blocks. */
int rights_give_up(const char *user, const char *group);

#endif
