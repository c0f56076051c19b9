/* Where files that outlive a process are kept (XDG Base Directory Specification, XDG_STATE_HOME). */
#ifndef ZOC_BASE_STATE_PATH_H
#define ZOC_BASE_STATE_PATH_H

/* "$XDG_STATE_HOME/zocalo/NAME", or "$HOME/.local/state/zocalo/NAME" where that is not set, or is no absolute path. A
 * string to be freed. Makes nothing. Returns 0; -ENOENT when there is neither; -ENOMEM. */
int state_path(const char *name, char **ret_path);

#endif
