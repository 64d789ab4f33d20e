#include "codebook/rules.h"

static const struct book_rule rules[BOOK_RULES_COUNT] = {
    {1, "The code is the authentic text; renderings are aids, and show code and version beside it.",
     "International Code of Signals (ICS), CFE formats",
     "every language's sentence for a line holds the code, for an unknown code the code, for the "
     "book its name and version",
     true},
    {2, "Each phrase has one complete, testable meaning, and no other phrase has it too.",
     "ICS, IMO Standard Marine Communication Phrases (SMCP)",
     "a meaning is one sentence or two and joins nothing by \"and/or\"; no two of a family have "
     "nearly the same words, or differ only in what a parameter could say; no word that people "
     "use leads to two phrases",
     true},
    {3,
     "The family is the speech act: notice, question, request, answer, offer, calming word or "
     "procedure. Equals do not instruct each other.",
     "SMCP message markers",
     "what a phrase expects and answers is what its family may; no meaning orders the addressee; "
     "in "
     "each language notices, questions, requests and offers begin with a word of their own",
     true},
    {4, "Each phrase says what it expects, by when, and whether the answer may wait.",
     "CPDLC response attributes",
     "every phrase that expects an answer has a time from one hour to thirty days, at most a day "
     "where it may be sent as FLASH; who asks for more than receipt allows stand-by; every answer "
     "offered exists and answers",
     true},
    {5, "A question and its answer share the number of their subject.", "ICS, INCSEA",
     "from 20 to 89 every question offers the answer of its number, every answer is offered by a "
     "question or request of its number; what asks for a value offers one",
     true},
    {6, "Parameters are typed and free of language; no free words where a table can serve.",
     "ICS, the EU's Internal Market Information system",
     "no type holds a space or anything outside visible ASCII; a parameter named as a table is of "
     "that table; every parameter has a label in every language, every sentence shows every "
     "parameter",
     true},
    {7, "Everything said has a line number: what is disputed is a line, not a wording.",
     "CFE Annex on Format",
     "by the format: lines are numbered from 01 and carry at most ten parameters, each once and in "
     "order; what names a line of another message names that message",
     true},
    {8, "Disclaimers are part of the phrase and cannot be left out.", "GGE 2021 (A/76/135)",
     "notices and calming words that ask for receipt, and receipts, carry that receipt is no "
     "concurrence; what names infrastructure of an activity, that origin is no responsibility; "
     "requests for acts, data and information, and what only the judicial desk says, that this is "
     "no legal assistance; offers, that they oblige nobody; regret, that it admits nothing",
     true},
    {9,
     "Neutral replies are always there: received, under examination, cannot, not competent, no "
     "comment.",
     "SMCP, Brown and Fazal on non-comment",
     "all five exist, every desk may send them at every precedence, and they are offered first to "
     "every phrase that expects an answer",
     true},
    {10, "What has consequences is read back.", "SMCP read-back",
     "by the officers: a release shows the phrase as its reader will see it before it is approved, "
     "and a phrase of the book reads a line back to its sender",
     false},
    {11,
     "Correct, cancel, replace, say again, not understood, compromised and not ours are phrases "
     "themselves.",
     "SMCP, INCSEA",
     "each exists as a procedure phrase with the parameters it needs, for every desk, as FLASH",
     true},
    {12,
     "Free text is a phrase: it names its language, is unofficial, and is answered by receipt "
     "or a coded phrase alone.",
     "ICS (YV1), CPDLC",
     "exactly one phrase is free text, with language and subject, the disclaimer, and receipt as "
     "what it expects",
     true},
    {13,
     "Every list has a way out, and how often it is taken is counted: a rising share asks for "
     "a new version.",
     "RSIT",
     "every table but the closed ones has other, unspecified, unknown or undetermined; how often "
     "it is taken is counted by people so far",
     true},
    {14, "Every message names its book by version and hash; an unknown code is shown as unknown.",
     "silence procedure of treaty bodies, ICS",
     "by the format of messages; a rendering and a guide name the book and version they belong to",
     true},
    {15, "Everything coded can be said by voice, fax and SMS.", "ICS",
     "the spoken form of a full line of every phrase is written", true},
    {16, "EXERCISE is part of what is signed and stands in every rendering.",
     "military exercise practice, IAEA ConvEx",
     "by the format of records; every language has the words for it", true},
    {17, "Each State reviews and vouches for its own language, and others see who did.",
     "IMO and ICAO practice of national translations",
     "by the States: a rendering is a draft until one signs for it; the check counts the drafts",
     false},
    {18, "The book is small: 60 to 120 phrases.",
     "ICS, which survived by shrinking from 70,000 signals", "the phrases are counted", true},
};

const struct book_rule *book_rule(uint32_t number)
{
    CHECK(number >= 1);
    CHECK(number <= BOOK_RULES_COUNT);
    CHECK(rules[number - 1].number == number);
    return &rules[number - 1];
}
