/* Terms: the Web, mail and chat. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("chunked coding"),
        .aliases = TEXTS("codificacion por trozos", "chunked", "transfer-encoding", "chunked transfer coding",
                         "codificacion fragmentada", "chunk", "trozo"),
        .text = N_("How HTTP/1.1 sends a body whose length it does not know yet: in pieces, each with its size in "
                   "hexadecimal on a line before it, and at the end a piece of size 0. The field Transfer-Encoding: "
                   "chunked announces it.\n\n"
                   "Without it the server would have to keep the whole answer back until it knows the length, or "
                   "show the end by closing the connection, which cannot be told from a failure. The last chunk "
                   "says: that was all. HTTP/2 has frames instead and does not use it."),
        .references = REFERENCES(RFC(9112, "7.1")),
        .related = TEXTS("HTTP", "persistent connection", "stream", "truncation attack"),
        .trials =
            TRIALS({ "zocalo explain Transfer-Encoding", "" },
                   { "printf 'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: "
                     "chunked\\r\\n\\r\\n4\\r\\nhola\\r\\n0\\r\\n\\r\\n' | zocalo listen --explain 127.0.0.1:9000",
                     N_("an answer by hand, in one piece of 4 bytes; fetch it from another terminal") }),
    },
    {
        .name = N_("envelope (mail)"),
        .aliases = TEXTS("sobre (correo)", "envelope", "sobre", "mail envelope", "return path", "bounce", "rebote",
                         "sobre del correo", "mail from", "rcpt to"),
        .text = N_("Whom a mail really comes from and goes to: the addresses in SMTP's MAIL FROM and RCPT TO. They "
                   "are not the From and To in the header of the message, as the address on an envelope is not the "
                   "one on the letter in it; servers deliver by the envelope alone.\n\n"
                   "That is how a blind copy works, and how a mailing list sends to people whom the header does not "
                   "name. A report of failure goes to the envelope's sender, and comes itself with an empty one "
                   "(MAIL FROM:<>), so that no report is ever answered by a report."),
        .references = REFERENCES(RFC(5321, "2.3.1"), RFC(5322, "")),
        .related = TEXTS("SMTP", "header field"),
        .trials = TRIALS({ "zocalo explain 'smtp MAIL'", "" },
                         { "zocalo connect --explain --crlf localhost 25",
                           N_("try two recipients and a To that names nobody (it needs a mail server there)") }),
    },
    {
        .name = N_("FTP"),
        .aliases =
            TEXTS("file transfer protocol", "protocolo de transferencia de archivos", "active ftp", "passive ftp",
                  "PASV", "PORT", "ftp activo", "ftp pasivo", "data connection", "port 21", "puerto 21"),
        .text = N_("The File Transfer Protocol, with two connections: one on port 21 for commands and answers (USER, "
                   "PASS, LIST, RETR, STOR), and one for each listing or file. In active mode the client tells an "
                   "address and a port (PORT) and the server connects there; in passive mode it asks (PASV), and the "
                   "server tells where the client may connect.\n\n"
                   "Active mode fails behind a NAT or firewall, because the connection comes from outside; so "
                   "passive is usual. An address inside of the conversation is what a NAT cannot see, unless it "
                   "reads along. Nothing is encrypted."),
        .references = REFERENCES(RFC(959, ""), RFC(2428, "")),
        .related = TEXTS("NAT", "firewall", "request and response", "NVT"),
        .trials = TRIALS({ "zocalo explain 'ftp 227'", N_("the answer to PASV, and how to read the port in it") },
                         { "zocalo connect --explain --crlf localhost 21",
                           N_("USER, PASS, PASV, LIST by hand (it needs an FTP server there)") }),
    },
    {
        .name = N_("header field"),
        .aliases = TEXTS("campo de cabecera", "header", "cabecera", "http header", "encabezado", "headers",
                         "content-type", "campo de encabezado"),
        .text = N_("A line 'Name: value' before the content of a message that says something about it: its length, "
                   "its kind, its date, whom it is for. Case does not matter in the name. An empty line ends the "
                   "header and begins the content.\n\n"
                   "Mail had them first (RFC 822, 1982), HTTP took them over and hundreds were added. Who does not "
                   "know one skips it, so a protocol can grow. Who puts foreign text into a value must keep line "
                   "ends out of it, or somebody writes header lines of his own."),
        .references = REFERENCES(RFC(9110, "5"), RFC(5322, "2.2")),
        .related = TEXTS("HTTP", "request and response", "chunked coding", "envelope (mail)"),
        .trials = TRIALS({ "zocalo explain Content-Length", N_("a field of HTTP") },
                         { "printf 'HEAD / HTTP/1.1\\r\\nHost: example.org\\r\\nConnection: close\\r\\n\\r\\n' | "
                           "zocalo connect --explain example.org 80",
                           N_("the header alone (it needs the Internet)") }),
    },
    {
        .name = N_("HTTP"),
        .aliases = TEXTS("hypertext transfer protocol", "http/1.1", "https", "protocolo de transferencia de hipertexto",
                         "http/2", "http/3", "http status code", "port 80", "puerto 80"),
        .text = N_("The protocol of the Web. A client asks with a method and a path (GET /page HTTP/1.1), header "
                   "fields and an empty line; the server answers with a status (200 OK), header fields, an empty "
                   "line and the body. Each request stands by itself: the server need not remember the last one, and "
                   "what it should remember comes along in a cookie.\n\n"
                   "The first digit of a status says how it went: 2 well, 3 look elsewhere, 4 the client's fault, 5 "
                   "the server's. HTTP/2 and HTTP/3 say the same in binary, many at once. Port 80 is plain, 443 has "
                   "TLS."),
        .references = REFERENCES(RFC(9110, ""), RFC(9112, ""), RFC(9113, ""), RFC(9114, "")),
        .related = TEXTS("request and response", "header field", "chunked coding", "persistent connection", "WebSocket",
                         "TLS"),
        .trials = TRIALS(
            { "printf 'GET / HTTP/1.0\\r\\nHost: example.org\\r\\n\\r\\n' | zocalo connect --explain example.org 80",
              N_("each line explained (it needs the Internet)") },
            { "zocalo explain 'http 308'", N_("any status, method or header field") }),
    },
    {
        .name = N_("IMAP"),
        .aliases =
            TEXTS("internet message access protocol", "imap4", "imap4rev1", "imap4rev2", "port 143", "puerto 143"),
        .text = N_("The Internet Message Access Protocol: reads mail that stays on the server, with folders, marks "
                   "(seen, answered, deleted) and search, the same from every device.\n\n"
                   "Each command begins with a tag that the client chose (a1 SELECT INBOX), and the answer to it "
                   "ends with the same tag and OK, NO or BAD; lines with * come in between, also unasked, as when a "
                   "message has arrived (IDLE waits for that). So several commands can be under way at once. Port "
                   "143 with STARTTLS, or 993 with TLS from the start."),
        .references = REFERENCES(RFC(9051, ""), RFC(3501, "")),
        .related = TEXTS("POP3", "SMTP", "STARTTLS", "multiplexing"),
        .trials = TRIALS({ "zocalo connect --explain --crlf localhost 143",
                           N_("a1 CAPABILITY, a2 LOGOUT by hand (it needs an IMAP server there)") }),
    },
    {
        .name = N_("IRC"),
        .aliases = TEXTS("internet relay chat", "chat", "channel", "canal", "port 6667", "puerto 6667"),
        .text = N_("Internet Relay Chat: talk in channels, in lines of at most 512 bytes, CR LF included. A client "
                   "says NICK and USER, gets the number 001 as a welcome, joins with JOIN #channel, and speaks with "
                   "PRIVMSG; what others say comes as it happens, each line with who said it at its front. PING must "
                   "be answered with PONG, or the server hangs up.\n\n"
                   "Jarkko Oikarinen wrote it in Finland in 1988. Servers form a tree and pass messages on; there is "
                   "no history and no encryption of its own. Port 6667, or 6697 with TLS."),
        .references = REFERENCES(RFC(1459, ""), RFC(2812, "")),
        .related = TEXTS("line protocol", "plain text protocol", "server"),
        .trials = TRIALS({ "zocalo connect --explain --crlf localhost 6667",
                           N_("NICK ana, USER ana 0 * :Ana, JOIN #plaza by hand (it needs an IRC server there)") }),
    },
    {
        .name = N_("persistent connection"),
        .aliases = TEXTS("conexion persistente", "keep-alive http", "http keep-alive", "connection reuse",
                         "conexion reutilizada", "connection pool", "conexiones persistentes"),
        .text = N_("One TCP connection for many requests, instead of one for each. It saves the handshakes of TCP "
                   "and TLS and keeps what congestion control has learned. HTTP/1.1 does so unless somebody says "
                   "Connection: close; HTTP/1.0 only when both ask for keep-alive.\n\n"
                   "Where a body ends must then be said, by Content-Length or chunks. Either side may close an idle "
                   "connection, and if the client's next request crosses that end, it cannot know whether it was "
                   "carried out: it may repeat it only if it is idempotent. TCP's keepalive is something else."),
        .references = REFERENCES(RFC(9112, "9.3")),
        .related = TEXTS("HTTP", "keepalive", "slow start", "head-of-line blocking"),
        .trials = TRIALS(
            { "zocalo explain Connection", "" },
            { "printf 'HEAD / HTTP/1.1\\r\\nHost: example.org\\r\\n\\r\\n' | zocalo connect --explain example.org 80",
              N_("who ends the connection, and when (it needs the Internet)") }),
    },
    {
        .name = N_("POP3"),
        .aliases = TEXTS("post office protocol", "pop", "port 110", "puerto 110"),
        .text = N_("The Post Office Protocol, version 3: fetches mail from a mailbox. USER and PASS say who one is, "
                   "STAT and LIST what is there, RETR gets a message, DELE marks it to be deleted, and only QUIT "
                   "really deletes. Answers begin with +OK or -ERR; what has several lines ends with a dot alone.\n\n"
                   "It is made for one computer that takes its mail home. There are no folders and no marks for what "
                   "was read: who reads mail on several devices uses IMAP. Port 110, with STLS for TLS, or 995 with "
                   "TLS from the start."),
        .references = REFERENCES(RFC(1939, ""), RFC(2595, "")),
        .related = TEXTS("IMAP", "SMTP", "STARTTLS", "line protocol"),
        .trials = TRIALS({ "zocalo connect --explain --crlf localhost 110",
                           N_("USER, PASS, STAT, QUIT by hand (it needs a POP3 server there)") }),
    },
    {
        .name = N_("request and response"),
        .aliases = TEXTS("peticion y respuesta", "request/response", "request", "response", "peticion", "respuesta",
                         "solicitud y respuesta", "status code", "codigo de estado"),
        .text = N_("The usual form of a conversation: the client asks, the server answers, one for one. Each "
                   "exchange costs at least a round trip, so distant clients send several requests before the first "
                   "answer is there (pipelining), or ask for more at once.\n\n"
                   "Answers often begin with a code of three digits, made for programs, and words for people behind "
                   "it: 250 in SMTP, 200 in HTTP, 226 in FTP. The first digit says whether it went well. Other forms "
                   "exist: the server speaks first (SMTP's greeting), or says something unasked (IRC, WebSocket)."),
        .references = REFERENCES(RFC(9110, "3.4"), RFC(5321, "2.4")),
        .related = TEXTS("HTTP", "client-server", "idempotent", "round-trip time"),
        .trials = TRIALS({ "zocalo explain 250", N_("one code in all protocols that have it") },
                         { "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | zocalo connect --explain example.org 80",
                           N_("one request, one answer (it needs the Internet)") }),
    },
    {
        .name = N_("SMTP"),
        .aliases = TEXTS("simple mail transfer protocol", "mail", "correo", "email", "correo electronico", "submission",
                         "port 25", "puerto 25", "port 587", "puerto 587"),
        .text = N_("The Simple Mail Transfer Protocol hands mail on: from a program to its server (port 587 or 465) "
                   "and from server to server (port 25). The server greets with 220; EHLO says who comes, MAIL FROM "
                   "and RCPT TO are the envelope, DATA the message, which ends with a dot alone on a line, QUIT the "
                   "end.\n\n"
                   "Every command gets a code: 2xx done, 354 go on, 4xx not now, try again, 5xx never. With 250 "
                   "after the dot the server takes the message over, and must deliver it or report the failure. "
                   "Reading mail is another protocol's work: IMAP or POP3."),
        .references = REFERENCES(RFC(5321, ""), RFC(6409, "")),
        .related = TEXTS("envelope (mail)", "STARTTLS", "IMAP", "POP3", "line protocol"),
        .trials = TRIALS({ "zocalo explain 354", "" },
                         { "zocalo connect --explain --crlf localhost 25",
                           N_("EHLO, MAIL FROM:<...>, RCPT TO:<...>, DATA by hand (it needs a mail server there)") }),
    },
    {
        .name = N_("WebSocket"),
        .aliases = TEXTS("websockets", "ws", "wss"),
        .text = N_("A conversation in both directions over a connection that began as HTTP. The client asks for it "
                   "with Upgrade: websocket and a random key; the server answers 101 and a value computed from that "
                   "key, which proves that it understood. From then on both send messages whenever they like, as "
                   "frames with a length.\n\n"
                   "It came because a Web page could only ask, never be told. It keeps message borders, which TCP "
                   "does not, and goes through HTTP's proxies. Frames of a client are masked with a random number, "
                   "so that pages cannot make old proxies see requests in them."),
        .references = REFERENCES(RFC(6455, "")),
        .related = TEXTS("HTTP", "stream", "datagram boundary", "TLS"),
        .trials = TRIALS({ "printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nUpgrade: websocket\\r\\nConnection: "
                           "Upgrade\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: "
                           "13\\r\\n\\r\\n' | zocalo connect --explain localhost 8080",
                           N_("the request by hand (it needs a WebSocket server there)") }),
    },
};

const struct field field_application = FIELD(N_("the Web, mail and chat"), terms);
