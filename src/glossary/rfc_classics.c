/* RFCs of the small services, of moving files, and of the time. */
#include "base/text.h"
#include "glossary/rfc_fields.h"

static const struct rfc rows[] = {
    {
        .number = 862,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 20,
        .title = "Echo Protocol",
        .text = N_("The service that sends back what it receives, over TCP and over UDP, on port 7. One page: the "
                   "shortest whole protocol to read, and the first to try a client against."),
        .sections = { { "TCP Based Echo Service", N_("until the client closes the connection") },
                      { "UDP Based Echo Service", N_("one datagram back for each that came") } },
        .commands = { "zocalo serve echo :50007", "zocalo connect 127.0.0.1:50007",
                      "zocalo connect udp://127.0.0.1:50007" },
    },
    {
        .number = 863,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 21,
        .title = "Discard Protocol",
        .text = N_("The service that throws away what it receives, on port 9: for measuring how fast somebody sends."),
        .commands = { "zocalo serve discard", "zocalo connect --stats 127.0.0.1:10009" },
    },
    {
        .number = 864,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 22,
        .title = "Character Generator Protocol",
        .text = N_("The service that sends characters without end, on port 19: for testing what receives. Over UDP it "
                   "answers each datagram with one, which is why nobody offers it to the whole Internet."),
        .sections = { { "Data Syntax", N_("lines of 72 characters, each moved on by one") } },
        .commands = { "zocalo serve chargen", "zocalo connect 127.0.0.1:10019" },
    },
    {
        .number = 865,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 23,
        .title = "Quote of the Day Protocol",
        .text = N_("The service that says one quote and closes, on port 17. It should have less than 512 characters."),
        .commands = { "zocalo serve qotd", "zocalo connect 127.0.0.1:10017" },
    },
    {
        .number = 866,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 24,
        .title = "Active users",
        .text = N_("The service that lists who is logged in, on port 11. Nobody should be told, and so this program "
                   "does not offer it."),
        .commands = { "zocalo serve" },
    },
    {
        .number = 867,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 25,
        .title = "Daytime Protocol",
        .text = N_("The service that says date and time as a line of text and closes, on port 13. Which form the line "
                   "has, it leaves open."),
        .sections = { { "Daytime Syntax", N_("two forms that are popular") } },
        .commands = { "zocalo serve daytime", "zocalo connect 127.0.0.1:10013" },
    },
    {
        .number = 868,
        .published = { 1983, 5 },
        .status = RFC_INTERNET_STANDARD,
        .series = 26,
        .title = "Time Protocol",
        .text = N_("The service that says how many seconds have passed since 1900, in four bytes, on port 37. They "
                   "overflow in 2036."),
        .commands = { "zocalo serve time", "zocalo connect --hex 127.0.0.1:10037" },
    },
    {
        .number = 959,
        .published = { 1985, 10 },
        .status = RFC_INTERNET_STANDARD,
        .series = 9,
        .title = "File Transfer Protocol",
        .updated_by = { 2228, 2640, 3659, 7151 },
        .text = N_("FTP: one connection for commands and replies, and another for each file or list. Its three-digit "
                   "replies are those of SMTP too."),
        .sections = { { "3.2", N_("who opens the connection for data: active and passive") },
                      { "4.1", N_("commands") },
                      { "4.2", N_("replies, and what each digit means") } },
        .commands = { "zocalo connect --explain --crlf 127.0.0.1 21", "zocalo telnet 127.0.0.1 21" },
    },
    {
        .number = 1123,
        .published = { 1989, 10 },
        .status = RFC_INTERNET_STANDARD,
        .series = 3,
        .title = "Requirements for Internet Hosts - Application and Support",
        .updated_by = { 5321, 7766 },
        .text = N_("What a host must do above the transport: corrections to telnet, FTP, TFTP, mail and the domain "
                   "name system, from years of experience."),
        .sections = { { "2.1", N_("names of hosts: letters, digits, hyphens") },
                      { "3", N_("telnet") },
                      { "4", N_("moving files") },
                      { "5", N_("mail") } },
        .commands = { "zocalo telnet localhost 25" },
    },
    {
        .number = 1350,
        .published = { 1992, 7 },
        .status = RFC_INTERNET_STANDARD,
        .series = 33,
        .title = "The TFTP Protocol (Revision 2)",
        .text = N_("TFTP: files over UDP, one block at a time, each acknowledged before the next. Machines fetch what "
                   "they start from with it."),
        .sections = { { "5", N_("the five packets") } },
        .commands = { "zocalo connect --hex udp://127.0.0.1:69" },
    },
    {
        .number = 2389,
        .published = { 1998, 8 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Feature negotiation mechanism for the File Transfer Protocol",
        .text = N_("FEAT: a client asks an FTP server what it can do."),
        .commands = { "zocalo rfc 959" },
    },
    {
        .number = 2428,
        .published = { 1998, 9 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "FTP Extensions for IPv6 and NATs",
        .text = N_("EPRT and EPSV: how FTP agrees on the connection for data whatever the family of addresses."),
        .commands = { "zocalo rfc 959" },
    },
    {
        .number = 3659,
        .published = { 2007, 3 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Extensions to FTP",
        .text = N_("SIZE, MDTM, MLST and MLSD: sizes, times and lists that programs can read."),
        .commands = { "zocalo rfc 959" },
    },
    {
        .number = 4217,
        .published = { 2005, 10 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Securing FTP with TLS",
        .updated_by = { 8996 },
        .text = N_("AUTH TLS: how an FTP connection goes over to TLS."),
        .commands = { "zocalo rfc 959" },
    },
    {
        .number = 5905,
        .published = { 2010, 6 },
        .status = RFC_PROPOSED_STANDARD,
        .title = "Network Time Protocol Version 4: Protocol and Algorithms Specification",
        .text = N_("NTP: how clocks are set over the network to a few milliseconds, by measuring how long question and "
                   "answer took. RFC 868 is what came before."),
        .commands = { "zocalo serve time" },
    },
};

const struct rfc_field rfc_classics = RFC_FIELD("classics", N_("Small services, files, and the time"), rows);
