/* The commands of a session, which the command key (Ctrl-]) asks for: what telnet(1) taught, and what else can be changed. */
#ifndef ZOC_TALK_PROMPT_H
#define ZOC_TALK_PROMPT_H

struct session;

/* Asks for a command at the session's terminal, and runs it. An empty line, or the end of one, is none. Waits. Returns 0; 1
 * when the input is over ("send eof"); -ECANCELED when the person has left (session->left). */
int prompt_run(struct session *session);

/* Runs a command: a word, of which as much is needed as tells it from others, and its arguments. The line is taken apart.
 * Returns as prompt_run. */
int prompt_do(struct session *session, char *line);

#endif
