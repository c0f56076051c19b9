/* Terms: TLS. */
#include "base/text.h"
#include "glossary/field.h"
#include "glossary/list.h"

static const struct term terms[] = {
    {
        .name = N_("alert"),
        .aliases = TEXTS("alerta", "tls alert", "alerta de tls", "handshake_failure", "unknown_ca", "bad_certificate",
                         "fatal alert"),
        .text = N_("The messages by which TLS says why it ends. Two are ordinary: close_notify (I send no more) and "
                   "user_canceled. All others are errors and end the connection: handshake_failure (nothing in "
                   "common), unknown_ca (I do not know who signed your certificate), certificate_expired, "
                   "unrecognized_name (no such name here), protocol_version, decode_error and some more.\n\n"
                   "Who sends one has found the fault, often with the other side. An alert in the handshake is not "
                   "encrypted before the keys are there, so it can be read here."),
        .references = REFERENCES(RFC(9846, "6")),
        .related = TEXTS("TLS", "close_notify", "cipher suite", "certificate"),
        .trials = TRIALS({ "zocalo connect --explain tls://127.0.0.1:50008",
                           N_("the certificate is refused, and the alert says so ('zocalo serve echo "
                              "tls://127.0.0.1:50008')") }),
    },
    {
        .name = N_("ALPN"),
        .aliases = TEXTS("application-layer protocol negotiation", "negociacion de protocolo de aplicacion", "h2"),
        .text = N_("Application-Layer Protocol Negotiation: in its first message of TLS the client lists the "
                   "protocols that it would speak, such as h2 and http/1.1, and the server chooses one. So both know "
                   "what comes next without a further round trip.\n\n"
                   "It is how a browser comes to HTTP/2 on the same port 443. A server that has none of the list may "
                   "break off with the alert no_application_protocol; one that does not know ALPN leaves it out, and "
                   "the client goes on with what the port usually means."),
        .references = REFERENCES(RFC(7301, "")),
        .related = TEXTS("TLS", "SNI", "HTTP"),
        .trials = TRIALS({ "zocalo connect --explain tls://example.org:443,alpn=http/1.1",
                           N_("what was offered and chosen (it needs the Internet)") }),
    },
    {
        .name = N_("certificate"),
        .aliases = TEXTS("certificado", "X.509", "certificates", "certificado digital", "self-signed certificate",
                         "certificado autofirmado", "expired certificate", "certificado vencido"),
        .text = N_("A statement, signed by somebody, that a public key belongs to certain names, between two dates. "
                   "The server shows it in the handshake and proves that it has the private key that belongs to it.\n\n"
                   "The client checks that the name it dialled is among those (since long in the field 'subject "
                   "alternative name'), that the dates fit, and that a chain of signatures leads to an authority "
                   "that it trusts. A self-signed one is signed by its own key: it keeps secrets as well as any "
                   "other, but does not prove whose it is."),
        .references = REFERENCES(RFC(5280, ""), RFC(9525, "")),
        .related = TEXTS("certificate authority", "chain of trust", "pinning", "TLS"),
        .trials = TRIALS(
            { "zocalo connect --explain tls://example.org:443",
              N_("its name, dates and issuer (it needs the Internet)") },
            { "zocalo serve echo tls://127.0.0.1:50008", N_("makes one of its own, and tells its fingerprint") }),
    },
    {
        .name = N_("certificate authority"),
        .aliases = TEXTS("autoridad de certificacion", "CA", "authority", "autoridad certificadora", "let's encrypt",
                         "root certificate", "certificado raiz"),
        .text = N_("Who signs certificates for others, after checking that they control the name. Browsers and "
                   "systems come with a list of some hundred whose word they take; on Debian it is the package "
                   "ca-certificates.\n\n"
                   "Each of them can vouch for any name, so the weakest one counts. Public logs of all certificates "
                   "that were issued (certificate transparency) let owners notice wrong ones. A company can run its "
                   "own: its machines trust it, and nobody else's do. Let's Encrypt signs free of charge, by the "
                   "protocol ACME."),
        .references = REFERENCES(RFC(5280, ""), RFC(8555, "")),
        .related = TEXTS("certificate", "chain of trust", "pinning"),
        .trials = TRIALS(
            { "zocalo connect --explain tls://example.org:443", N_("which one signed (it needs the Internet)") }),
    },
    {
        .name = N_("chain of trust"),
        .aliases = TEXTS("cadena de confianza", "certificate chain", "cadena de certificados",
                         "intermediate certificate", "certificado intermedio", "trust store", "almacen de confianza"),
        .text = N_("From the server's certificate to an authority that the client trusts: each certificate is signed "
                   "by the next one's key, up to a root, which the client has already. In between there is nearly "
                   "always an intermediate certificate, so that the root's key can stay locked away.\n\n"
                   "The server must send the intermediate ones. When it forgets them, a browser that has seen them "
                   "elsewhere works, and other programs say that the issuer is unknown: a common fault, and it lies "
                   "with the server."),
        .references = REFERENCES(RFC(5280, "6"), RFC(8446, "4.4.2")),
        .related = TEXTS("certificate", "certificate authority"),
        .trials = TRIALS({ "zocalo connect --explain tls://example.org:443",
                           N_("a certificate, and whether a chain leads to who is trusted (it needs the Internet)") },
                         { "zocalo connect --explain tls://127.0.0.1:50008",
                           N_("no chain at all: 'zocalo serve echo tls://127.0.0.1:50008' vouches for itself") }),
    },
    {
        .name = N_("cipher suite"),
        .aliases = TEXTS("suite de cifrado", "cipher suites", "cifrado", "AEAD", "AES-GCM", "chacha20", "encryption",
                         "conjunto de cifrado"),
        .text =
            N_("The set of algorithms that a TLS connection uses. In TLS 1.3 its name says two things: "
               "TLS_AES_128_GCM_SHA256 is the encryption that also protects against changes (AES in mode GCM, "
               "with 128 bits) and the hash from which keys are derived. In 1.2 it names the key exchange and "
               "the kind of signature as well.\n\n"
               "The client offers a list, the server chooses. If they have none in common, the handshake fails "
               "with the alert handshake_failure. TLS 1.3 came with five, all of them good; 1.2 has hundreds, of which "
               "few are recommended today."),
        .references = REFERENCES(RFC(8446, "B.4"), RFC(9325, "")),
        .related = TEXTS("TLS", "forward secrecy", "alert"),
        .trials = TRIALS({ "zocalo connect --explain tls://127.0.0.1:50008,insecure",
                           N_("which one was agreed on ('zocalo serve echo tls://127.0.0.1:50008')") }),
    },
    {
        .name = N_("close_notify"),
        .aliases = TEXTS("tls closure", "cierre de tls"),
        .text = N_("The alert by which a side of TLS says: I send no more. It is encrypted like everything else, so "
                   "nobody on the way can forge it; a FIN of TCP anybody there can.\n\n"
                   "An end without it means that what came may be incomplete, and this program says so. Many servers "
                   "leave it out; for a protocol that states its own lengths, as HTTP mostly does, that does no "
                   "harm. In TLS 1.3 it ends one direction alone, as a half-close does."),
        .references = REFERENCES(RFC(9846, "6.1")),
        .related = TEXTS("truncation attack", "alert", "TLS", "FIN"),
        .trials = TRIALS({ "echo hola | zocalo connect --explain tls://127.0.0.1:50008,insecure",
                           N_("both sides say it ('zocalo serve echo tls://127.0.0.1:50008')") }),
    },
    {
        .name = N_("forward secrecy"),
        .aliases = TEXTS("secreto perfecto hacia adelante", "perfect forward secrecy", "PFS", "secreto hacia adelante",
                         "diffie-hellman", "ECDHE", "confidencialidad directa"),
        .text = N_("What was said stays secret although the server's private key is stolen later. For each "
                   "connection both sides make fresh numbers and compute a common key from them (Diffie-Hellman); "
                   "afterwards they forget them. The certificate's key only signs, and never encrypts.\n\n"
                   "The old way, where the client encrypted the key for the server's RSA key, did not have this: who "
                   "recorded everything and got that key years later could read it all. TLS 1.3 has removed it."),
        .references = REFERENCES(RFC(8446, "E.1"), RFC(9325, "")),
        .related = TEXTS("TLS", "cipher suite", "certificate"),
        .trials = TRIALS({ "zocalo connect --explain=more tls://127.0.0.1:50008,insecure",
                           N_("the key exchange of this connection ('zocalo serve echo tls://127.0.0.1:50008')") }),
    },
    {
        .name = N_("pinning"),
        .aliases = TEXTS("fijacion de clave", "pin", "certificate pinning", "key pinning", "public key pinning", "HPKP",
                         "fijar clave", "huella"),
        .text = N_("Trusting one key that is known beforehand, instead of all authorities. The client has the hash "
                   "of the server's public key (sha256:...) and accepts no other, whoever signed it.\n\n"
                   "It suits one's own servers, and certificates that were made on the spot: no authority is needed, "
                   "and none can betray it. The catch is change: who loses or replaces the key shuts out every "
                   "client until each has the new pin. That is why browsers gave it up (HPKP); for programs with few "
                   "servers it is as good as ever."),
        .references = REFERENCES(RFC(7469, ""), RFC(7858, "")),
        .related = TEXTS("certificate", "certificate authority", "chain of trust"),
        .trials = TRIALS({ "zocalo listen tls://127.0.0.1:9000", N_("in one terminal: it prints the pin") },
                         { "zocalo connect --explain tls://127.0.0.1:9000,insecure",
                           N_("in another; then with ',pin=...' as it was printed") }),
    },
    {
        .name = N_("session resumption"),
        .aliases = TEXTS("reanudacion de sesion", "resumption", "session ticket", "tls session", "reanudacion", "0-RTT",
                         "PSK", "ticket de sesion"),
        .text = N_("Beginning a TLS connection with what the last one to the same server left: a ticket with a key. "
                   "No certificate has to be sent and no signature computed, so it is cheaper; in TLS 1.2 it saves a "
                   "round trip as well.\n\n"
                   "TLS 1.3 can even send first data along (0-RTT), but those could be recorded and played again by "
                   "somebody else, so they may only be what is harmless twice. A ticket lets the server, and in 1.2 "
                   "an observer too, tell that the same client is back."),
        .references = REFERENCES(RFC(9846, "2.2"), RFC(9846, "4.7.1"), RFC(5077, "")),
        .related = TEXTS("TLS", "forward secrecy", "round-trip time"),
        .trials = TRIALS({ "zocalo rfc 8446", N_("where it is described") }),
    },
    {
        .name = N_("SNI"),
        .aliases = TEXTS("server name indication", "indicacion del nombre del servidor", "ECH"),
        .text = N_("Server Name Indication: the client says in its first message of TLS which name it wants, so that "
                   "a server with many names on one address can show the right certificate.\n\n"
                   "It travels in the clear: who listens on the way sees it, and some networks filter by it. "
                   "Encrypted Client Hello is the answer to that. It is a name, never an address. If it is missing "
                   "or wrong, a server shows some other certificate, or breaks off with the alert unrecognized_name."),
        .references = REFERENCES(RFC(6066, "3")),
        .related = TEXTS("TLS", "certificate", "ALPN", "reverse proxy"),
        .trials = TRIALS({ "zocalo connect --explain tls://127.0.0.1:50008,sni=example.org,insecure",
                           N_("the name in the client's first message ('zocalo serve echo tls://127.0.0.1:50008')") }),
    },
    {
        .name = N_("STARTTLS"),
        .aliases = TEXTS("STLS", "opportunistic tls", "upgrade to tls", "tls explicito"),
        .text = N_("A command of a plain protocol (SMTP, IMAP, POP3, FTP, ...) after which both sides begin a TLS "
                   "handshake on the same connection. So a port from before TLS could learn it, and the old clients "
                   "still worked.\n\n"
                   "What was said before it is not protected: somebody in between can take the offer out of the "
                   "server's answer, and a client that then goes on in the clear has lost. And what was read before "
                   "the handshake must be thrown away after it. RFC 8314 therefore prefers TLS from the first byte "
                   "for mail clients (ports 465, 993, 995)."),
        .references = REFERENCES(RFC(3207, ""), RFC(2595, ""), RFC(8314, "")),
        .related = TEXTS("TLS", "SMTP", "IMAP", "plain text protocol", "truncation attack"),
        .trials = TRIALS({ "zocalo rfc 3207", "" }),
    },
    {
        .name = N_("TLS"),
        .aliases = TEXTS("transport layer security", "SSL", "tls handshake", "negociacion tls", "https",
                         "seguridad de la capa de transporte", "port 443", "puerto 443"),
        .text = N_("Transport Layer Security: a layer between TCP and a protocol above, which makes what is said "
                   "secret, proves that nobody changed it, and proves who the server is. SSL was its name until "
                   "1999; the versions in use are 1.2 and 1.3.\n\n"
                   "In the handshake the two agree on a version and a cipher suite, make keys that nobody who "
                   "listens can compute, and the server shows its certificate. In 1.3 that takes one round trip "
                   "beyond TCP's. From then on everything goes in records of at most 16 KiB. Whom one talks to, and "
                   "how much, remains visible."),
        .references = REFERENCES(RFC(9846, ""), RFC(5246, "")),
        .related = TEXTS("certificate", "cipher suite", "SNI", "ALPN", "close_notify", "STARTTLS"),
        .trials = TRIALS({ "zocalo serve echo tls://127.0.0.1:50008", N_("in one terminal") },
                         { "zocalo connect --explain tls://127.0.0.1:50008,insecure",
                           N_("in another: the handshake, step by step") }),
    },
    {
        .name = N_("truncation attack"),
        .aliases = TEXTS("ataque de truncamiento", "truncation", "truncated", "truncamiento", "conexion truncada"),
        .text = N_("Somebody on the way ends a TCP connection early, with a forged FIN or RST, so that the receiver "
                   "takes a part for the whole: a message without its last line, a log without its last entries. "
                   "Encryption does not prevent it, because TCP's flags are outside of it.\n\n"
                   "Two things show it: TLS's close_notify is missing, or the protocol knows its own length "
                   "(Content-Length, the last chunk, a dot on a line alone). A program that checks neither treats "
                   "half an answer as an answer."),
        .references = REFERENCES(RFC(9846, "6.1"), RFC(9112, "9.8")),
        .related = TEXTS("close_notify", "TLS", "FIN", "chunked coding"),
        .trials = TRIALS({ "zocalo relay --cut-after 2K listen::9000 127.0.0.1:50008",
                           N_("in one terminal ('zocalo serve echo tls://127.0.0.1:50008' is the target)") },
                         { "seq 1000 | zocalo connect tls://127.0.0.1:9000,insecure",
                           N_("in another: the connection is cut, and the part is not taken for the whole") }),
    },
};

const struct field field_tls = FIELD(N_("TLS"), terms);
