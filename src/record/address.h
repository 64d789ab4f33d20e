// record/address.h - who speaks to whom, under which number, how fast, how far it may go.
//
// Holds: State codes, desks, addresses, references, TLP, marking, language tags; each
// with its one written form.
// Knows nothing of: which States exist (the community file says so) and what they are called.
// Source: DESIGN 3 and 5.1, FORMATS section 1; FIRST TLP 2.0 for its words.
#ifndef RECORD_ADDRESS_H
#define RECORD_ADDRESS_H
#include "base/text.h"
#include "codebook/book.h"
#include "crypto/hash.h"

enum {
    STATE_CODE_CHARS_MAX = 8, // two to eight of [A-Z0-9], the first a letter
    ADDRESS_CHARS_MAX = 21,   // XXXXXXXX/coordination
    REF_CHARS_MAX = 33,       // XXXXXXXX/XXXXXXXX-YYYY-NNNNNNNNNN
    MARKING_CHARS_MAX = 41,   // XXXXXXXX: and 32 of the State's own code
    LANGUAGE_CHARS_MAX = 11,  // uzb-Latn-UZ
};
#define SERIAL_MAX UINT32_C(2147483647)

// -- States ------------------------------------------------------------------------------------
struct state_code {
    char text[STATE_CODE_CHARS_MAX + 1]; // NUL-padded, so that two of them compare as octets
};
bool state_code_read(struct str text, struct state_code *ret) MUST_USE;
static inline struct str state_code_str(const struct state_code *s)
{
    return str_of(s->text);
}
static inline bool state_code_eq(const struct state_code *a, const struct state_code *b)
{
    return memcmp(a->text, b->text, sizeof a->text) == 0;
}
static inline bool state_code_is_set(const struct state_code *s)
{
    return s->text[0] != '\0';
}

// -- desks and addresses -----------------------------------------------------------------------
enum desk {
    DESK_NONE, // the State itself
    DESK_TECHNICAL,
    DESK_DIPLOMATIC,
    DESK_JUDICIAL,
    DESK_COORDINATION,
    DESK_COUNT
};
const char *desk_word(enum desk desk); // "technical"; "" for DESK_NONE; static
bool desk_read(struct str word, enum desk *ret) MUST_USE;

// XA/technical, or XA for the State without a desk.
struct address {
    struct state_code state;
    enum desk desk;
};
bool address_read(struct str text, struct address *ret) MUST_USE;
void address_write(const struct address *address, char ret_text[ADDRESS_CHARS_MAX + 1]);
bool address_eq(const struct address *a, const struct address *b);

// -- references --------------------------------------------------------------------------------
// XA/XB-2026-0012 (sealed: the 12th from XA to XB) or XA-2026-0012 (open). The number has at least
// four digits, zero-filled, and is 1 to SERIAL_MAX. It never restarts; the year is for reading.
struct ref {
    struct state_code from, to; // `to` is unset for an open record
    uint16_t year;              // 1970 to 9999
    uint32_t serial;
};
bool ref_read(struct str text, struct ref *ret) MUST_USE;
void ref_write(const struct ref *ref, char ret_text[REF_CHARS_MAX + 1]);
bool ref_eq(const struct ref *a, const struct ref *b);
// Same series and number, whatever the year: two records may not share it.
bool ref_same_serial(const struct ref *a, const struct ref *b);
static inline bool ref_is_open(const struct ref *ref)
{
    return !state_code_is_set(&ref->to);
}

// "REF sha256:NOTE": a record named together with the whole note, as records name one another.
struct named_record {
    struct ref ref;
    struct digest note;
};
bool named_record_read(struct str text, struct named_record *ret) MUST_USE;
enum { NAMED_RECORD_CHARS_MAX = REF_CHARS_MAX + 1 + DIGEST_TEXT_CHARS };
void named_record_write(const struct named_record *n, char ret_text[NAMED_RECORD_CHARS_MAX + 1]);

// -- handling ----------------------------------------------------------------------------------

enum tlp {
    TLP_NONE,
    TLP_CLEAR,
    TLP_GREEN,
    TLP_AMBER,
    TLP_AMBER_STRICT,
    TLP_RED,
    TLP_COUNT
};                                  // rising
const char *tlp_word(enum tlp tlp); // "AMBER+STRICT"; static
bool tlp_read(struct str word, enum tlp *ret) MUST_USE;

// XA:CODE by the State's own published table; CODE is 1 to 32 of [A-Z0-9-]. Unset: no marking.
struct marking {
    struct state_code state;
    char code[33]; // NUL-padded
};
bool marking_read(struct str text, struct marking *ret) MUST_USE;
void marking_write(const struct marking *marking, char ret_text[MARKING_CHARS_MAX + 1]);
static inline bool marking_is_set(const struct marking *marking)
{
    return marking->code[0] != '\0';
}

// A language tag in its canonical letters: "en", "uz-Latn", "zh-Hans-CN", "es-419" (RFC 5646; no
// variants, no extensions).
bool language_is_tag(struct str text);
// "a.example/demo" + "technical" and so on: the names of keys are made in one place, here.
bool key_name_of(struct str origin, const char *role, struct arena *a, struct str *ret,
                 struct err *err) MUST_USE;
#endif
