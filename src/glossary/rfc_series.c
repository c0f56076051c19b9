/* RFCs about RFCs: how they are made, what they must say, and their history. */
#include "base/text.h"
#include "glossary/rfc_fields.h"

static const struct rfc rows[] = {
    {
        .number = 1,
        .published = { 1969, 4 },
        .status = RFC_UNKNOWN,
        .title = "Host Software",
        .text = N_("The first of them, by Steve Crocker, from the time when the ARPANET had no host yet. It asks what "
                   "software a host needs to talk to the network, and leaves most answers open: that is what a request "
                   "for comments was meant to be."),
        .commands = { "zocalo rfc 1000", "zocalo rfc 2555" },
    },
    {
        .number = 1000,
        .published = { 1987, 8 },
        .status = RFC_UNKNOWN,
        .title = "Request For Comments reference guide",
        .text = N_("A guide to the first 999, sorted by subject. It begins with Steve Crocker's own account of how the "
                   "series came about."),
        .commands = { "zocalo rfc", "zocalo rfc 1" },
    },
    {
        .number = 1925,
        .published = { 1996, 4 },
        .status = RFC_INFORMATIONAL,
        .title = "The Twelve Networking Truths",
        .text = N_("Published on the first of April, and right all the same. It has to work, says the first truth; no "
                   "matter how hard you push, you cannot go faster than light, says the second; and old ideas come "
                   "back under new names, says the eleventh."),
        .sections = { { "2", N_("the twelve truths") } },
        .commands = { "zocalo relay --delay=100ms listen::7000 example.org:80" },
    },
    {
        .number = 2026,
        .published = { 1996, 10 },
        .status = RFC_BEST_CURRENT_PRACTICE,
        .series = 9,
        .title = "The Internet Standards Process -- Revision 3",
        .updated_by = { 6410, 7127 },
        .text = N_("How an idea becomes an Internet standard: as an Internet-Draft, by review and rough consensus, "
                   "through levels. What each category of RFC means is defined here."),
        .sections = { { "2.2", N_("Internet-Drafts, which end after six months unless they go on") },
                      { "4.1", N_("the levels of the standards track") },
                      { "4.2", N_("what is outside of it: Experimental, Informational, Historic") },
                      { "5", N_("Best Current Practices") } },
        .commands = { "zocalo explain IETF", "zocalo rfc 6410" },
    },
    {
        .number = 2119,
        .published = { 1997, 3 },
        .status = RFC_BEST_CURRENT_PRACTICE,
        .series = 14,
        .title = "Key words for use in RFCs to Indicate Requirement Levels",
        .updated_by = { 8174 },
        .text = N_("What MUST, SHOULD and MAY mean when an RFC writes them in capitals: an absolute requirement, one "
                   "that may be left out for a good reason that was thought through, and an option."),
        .sections = { { "1", N_("MUST, REQUIRED, SHALL") },
                      { "3", N_("SHOULD, RECOMMENDED") },
                      { "5", N_("MAY, OPTIONAL") } },
        .commands = { "zocalo rfc 8174" },
    },
    {
        .number = 2555,
        .published = { 1999, 4 },
        .status = RFC_INFORMATIONAL,
        .title = "30 Years of RFCs",
        .updated_by = { 8700 },
        .text = N_("Thirty years after the first, people who were there look back: on the series, and on Jon Postel, "
                   "who edited it for most of that time and had died the year before."),
        .commands = { "zocalo rfc 1" },
    },
    {
        .number = 6410,
        .published = { 2011, 10 },
        .status = RFC_BEST_CURRENT_PRACTICE,
        .series = 9,
        .title = "Reducing the Standards Track to Two Maturity Levels",
        .text = N_("Since then the standards track has two levels, Proposed Standard and Internet Standard. Draft "
                   "Standard, which stood between them, is given to nothing new."),
        .sections = { { "2.2", N_("what an Internet Standard must have shown") },
                      { "2.3", N_("what becomes of Draft Standards") } },
        .commands = { "zocalo rfc 2026" },
    },
    {
        .number = 7127,
        .published = { 2014, 1 },
        .status = RFC_BEST_CURRENT_PRACTICE,
        .series = 9,
        .title = "Characterization of Proposed Standards",
        .text = N_("Says what the first level has come to mean: a Proposed Standard is reviewed so thoroughly that the "
                   "Internet runs on it as it is."),
        .commands = { "zocalo rfc 2026" },
    },
    {
        .number = 7322,
        .published = { 2014, 9 },
        .status = RFC_INFORMATIONAL,
        .title = "RFC Style Guide",
        .text = N_("What an RFC is made of, and in which order. Who knows its parts finds things in any of them."),
        .sections = { { "4", N_("the parts of an RFC, in their order") },
                      { "4.1", N_("the head of the first page: number, date, category, what it updates or obsoletes") },
                      { "4.3", N_("the abstract: what it is about, in a few lines") },
                      { "4.8", N_("the body, with the security considerations that every RFC must have") } },
        .commands = { "zocalo rfc 862" },
    },
    {
        .number = 8174,
        .published = { 2017, 5 },
        .status = RFC_BEST_CURRENT_PRACTICE,
        .series = 14,
        .title = "Ambiguity of Uppercase vs Lowercase in RFC 2119 Key Words",
        .text = N_(
            "MUST, SHOULD and MAY have their special meaning only in capitals; written small they are plain English."),
        .commands = { "zocalo rfc 2119" },
    },
    {
        .number = 8700,
        .published = { 2019, 12 },
        .status = RFC_INFORMATIONAL,
        .title = "Fifty Years of RFCs",
        .text = N_("The series at fifty: what became of it after RFC 2555, and who keeps it today."),
        .commands = { "zocalo rfc 2555" },
    },
};

const struct rfc_field rfc_series = RFC_FIELD("series", N_("How RFCs are made, and their history"), rows);
