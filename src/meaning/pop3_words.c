#include "meaning/pop3_words.h"

#include "base/text.h"

static const struct meaning commands[] = {
    { "USER", N_("the client says whose mailbox it wants"), RFC(1939, "7"), false },
    { "PASS", N_("the password, which is never shown here; without TLS, whoever sees the connection can read it"),
      RFC(1939, "7"), false },
    { "APOP",
      N_("the client logs in without sending the password: a digest of it and of the stamp in the greeting shows that "
         "it knows it; the digest is never shown here"),
      RFC(1939, "7"), false },
    { "QUIT", N_("the client has finished"), RFC(1939, "4"), false },
    { "STAT", N_("the client asks how many messages there are, and how many bytes"), RFC(1939, "5"), false },
    { "LIST", N_("the client asks for the sizes of messages"), RFC(1939, "5"), false },
    { "RETR", N_("the client wants this message"), RFC(1939, "5"), false },
    { "DELE", N_("the message is marked; it is deleted when the session ends with QUIT"), RFC(1939, "5"), false },
    { "NOOP", N_("nothing is to be done; the reply shows that the server is still there"), RFC(1939, "5"), false },
    { "RSET", N_("no message is to be deleted: all marks are taken off"), RFC(1939, "5"), false },
    { "TOP", N_("the client wants the head of the message and so many lines of its body"), RFC(1939, "7"), false },
    { "UIDL", N_("the client asks for names that messages keep from one session to the next"), RFC(1939, "7"), false },
    { "CAPA", N_("the client asks what the server is capable of"), RFC(2449, "5"), false },
    { "STLS", N_("the client wants to go on under TLS, on this same connection"), RFC(2595, "4"), false },
    { "AUTH", N_("the client wants to log in this way"), RFC(5034, "4"), false },
    { "UTF8", N_("the client can take letters beyond ASCII in messages"), RFC(6856, "2"), false },
    { "LANG", N_("the client asks for replies in another language"), RFC(6856, "3"), false },
};

static const struct meaning states[] = {
    { "AUTHORIZATION", N_("the client has to log in first"), RFC(1939, "4"), false },
    { "TRANSACTION", N_("the client is logged in, and works with the messages"), RFC(1939, "5"), false },
    { "UPDATE", N_("the client has finished: now, and not before, the server deletes the messages that were marked"),
      RFC(1939, "6"), false },
};

static const struct meaning replies[] = {
    { "+OK", N_("the server did what was asked"), RFC(1939, "3"), false },
    { "-ERR", N_("the server did not do what was asked"), RFC(1939, "3"), false },
    { "+", N_("the server waits for the next step"), RFC(5034, "4"), false },
};

static const struct meaning answers[] = {
    { "greeting +OK", N_("the server is ready for the client to log in (AUTHORIZATION state)"), RFC(1939, "4"), false },
    { "greeting -ERR", N_("the server takes no clients now"), RFC(1939, "4"), false },
    { "USER +OK",
      N_("the server takes the name, which does not say that there is such a mailbox; the password is wanted"),
      RFC(1939, "7"), false },
    { "USER -ERR", N_("the server does not let that user log in like this"), RFC(1939, "7"), false },
    { "PASS +OK",
      N_("the client is logged in (TRANSACTION state); a server that keeps to the standard lets nobody else change the "
         "mailbox meanwhile"),
      RFC(1939, "7"), false },
    { "PASS -ERR", N_("the login is refused: as a rule the name or the password is wrong, or the mailbox is in use"),
      RFC(1939, "7"), false },
    { "APOP +OK",
      N_("the client is logged in (TRANSACTION state); a server that keeps to the standard lets nobody else change the "
         "mailbox meanwhile"),
      RFC(1939, "7"), false },
    { "APOP -ERR", N_("the login is refused, or the mailbox is in use"), RFC(1939, "7"), false },
    { "AUTH +OK", N_("the client is logged in (TRANSACTION state)"), RFC(5034, "4"), false },
    { "AUTH -ERR", N_("the login is refused, or the server does not have that way"), RFC(5034, "4"), false },
    { "AUTH +", N_("the server waits for the next step of the login; its own words are in base64"), RFC(5034, "4"),
      false },
    { "STAT +OK", N_("the number of messages, and the bytes that they have together"), RFC(1939, "5"), false },
    { "LIST +OK", N_("the messages, each with its size in bytes"), RFC(1939, "5"), false },
    { "LIST -ERR", N_("there is no such message"), RFC(1939, "5"), false },
    { "LIST one +OK", N_("the message, and its size in bytes"), RFC(1939, "5"), false },
    { "LIST one -ERR", N_("there is no such message"), RFC(1939, "5"), false },
    { "UIDL one +OK", N_("the message, and the name that it keeps"), RFC(1939, "7"), false },
    { "UIDL one -ERR", N_("there is no such message"), RFC(1939, "7"), false },
    { "AUTH list +OK", N_("the lines that follow are the ways to log in"), RFC(5034, "4"), false },
    { "UIDL +OK", N_("the messages, each with the name that it keeps"), RFC(1939, "7"), false },
    { "RETR +OK", N_("the message follows, and ends with a line that has a dot alone"), RFC(1939, "5"), false },
    { "RETR -ERR", N_("there is no such message"), RFC(1939, "5"), false },
    { "TOP +OK", N_("the head and those lines follow, and end with a line that has a dot alone"), RFC(1939, "7"),
      false },
    { "TOP -ERR", N_("there is no such message"), RFC(1939, "7"), false },
    { "DELE +OK", N_("the message is marked to be deleted"), RFC(1939, "5"), false },
    { "DELE -ERR", N_("there is no such message, or it is marked already"), RFC(1939, "5"), false },
    { "RSET +OK", N_("no message is marked any more"), RFC(1939, "5"), false },
    { "NOOP +OK", N_("the server is still there"), RFC(1939, "5"), false },
    { "CAPA +OK", N_("the lines that follow say what the server is capable of"), RFC(2449, "5"), false },
    { "CAPA -ERR", N_("the server does not know CAPA"), RFC(2449, "5"), false },
    { "STLS +OK", N_("the server agrees: the TLS handshake begins right behind this line"), RFC(2595, "4"), false },
    { "STLS -ERR", N_("the server does not begin TLS; nothing was encrypted"), RFC(2595, "4"), false },
    { "QUIT +OK", N_("the server says goodbye, and closes the connection"), RFC(1939, "4"), false },
    { "UPDATE +OK",
      N_("messages that were marked are deleted now, the mailbox is free for others, and the connection closes (UPDATE "
         "state)"),
      RFC(1939, "6"), false },
    { "UPDATE -ERR", N_("some of the marked messages could not be deleted; the connection closes all the same"),
      RFC(1939, "6"), false },
};

static const struct meaning capabilities[] = {
    { "TOP", N_("the command TOP is there"), RFC(2449, "6.1"), true },
    { "USER", N_("one can log in with USER and PASS"), RFC(2449, "6.2"), true },
    { "SASL", N_("one can log in with AUTH in these ways"), RFC(2449, "6.3"), true },
    { "RESP-CODES", N_("replies may begin with a code in brackets"), RFC(2449, "6.4"), true },
    { "LOGIN-DELAY", N_("so many seconds have to pass between two logins"), RFC(2449, "6.5"), true },
    { "PIPELINING", N_("the client may send several commands without waiting for each reply"), RFC(2449, "6.6"), true },
    { "EXPIRE", N_("for how many days the server keeps messages at least; NEVER: it deletes none by itself"),
      RFC(2449, "6.7"), true },
    { "UIDL", N_("the command UIDL is there"), RFC(2449, "6.8"), true },
    { "IMPLEMENTATION", N_("which program the server is"), RFC(2449, "6.9"), true },
    { "STLS", N_("the client may go on under TLS with the command STLS"), RFC(2595, "4"), false },
    { "AUTH-RESP-CODE",
      N_("a refused login says whether the user's name and password were the reason, or trouble at the server"),
      RFC(3206, ""), true },
    { "UTF8", N_("messages may have letters beyond ASCII"), RFC(6856, "2"), true },
    { "LANG", N_("replies can be had in other languages"), RFC(6856, "3"), true },
};

static const struct meaning codes[] = {
    { "LOGIN-DELAY", N_("the last login is too recent; the client has to wait"), RFC(2449, "8.1.1"), false },
    { "IN-USE", N_("the name and the password are fine, but another session has the mailbox"), RFC(2449, "8.1.2"),
      false },
    { "SYS/TEMP", N_("trouble at the server, which may pass"), RFC(3206, ""), false },
    { "SYS/PERM", N_("trouble at the server that a person has to mend"), RFC(3206, ""), false },
    { "AUTH", N_("the name or the password is the reason"), RFC(3206, ""), false },
};

const struct meanings pop3_words[] = {
    [POP3_COMMANDS] = MEANINGS(N_("command"), commands),
    [POP3_STATES] = MEANINGS(N_("state"), states),
    [POP3_REPLIES] = MEANINGS(N_("reply"), replies),
    [POP3_ANSWERS] = MEANINGS(N_("reply to a command"), answers),
    [POP3_CAPABILITIES] = MEANINGS(N_("capability"), capabilities),
    [POP3_CODES] = MEANINGS(N_("response code"), codes),
};
