// record/record.h - a record: the envelope every type shares, its reading, writing and opening.
//
// Holds: the typed lines of a record's text, the registry of types, the form officers approve, and
// the one maker of `struct verified_record`.
// Knows nothing of: SQL, manifests, the community file. Keys and the electorate come in as
// `struct record_keys`, a table of functions.
// Source: DESIGN 5.1 and 7, FORMATS sections 1, 4 and 5.
//
//   elchi record v1\n
//   log xa.example/demo\n
//   type message\n
//   from XA/technical\n
//   to XB/technical\n                        "all" when open
//   ref XA/XB-2026-0012\n                    XA-2026-0012 when open
//   time 2026-07-14T04:01:05Z\n
//   precedence IMMEDIATE\n                   from here to exercise: issuer-signed types only
//   marking XA:CODE\n                        optional
//   tlp AMBER\n
//   exercise no\n
//   ...                                      the type's own lines
//   attach sha256:HEX SIZE MEDIA NAME\n      any number the type admits
//   seen ORIGIN SIZE BASE64\n                any number, sorted by origin
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H
#include "base/limits.h"
#include "base/lines.h"
#include "crypto/sign.h"
#include "log/merkle.h"
#include "log/note.h"
#include "record/address.h"

struct attachment {
    struct digest blob; // of the ciphertext when the record is sealed
    uint64_t size;      // octets, 1 to BLOB_BYTES_MAX
    struct str media;   // RFC 9110 media type without spaces: "application/stix+json;version=2.1"
    struct str name;    // text_is_file_name
};
struct seen {
    struct str origin;
    uint64_t size; // of that log's tree
    struct digest root;
};

// -- types -------------------------------------------------------------------------------------
enum record_signer {
    RECORD_BY_ISSUER, // ORIGIN/DESK, after officers approved
    RECORD_BY_NODE,   // ORIGIN/node, from a closed template
    RECORD_BY_ROOTS,  // ORIGIN/root, several; `keys` alone, opened in community/
};
enum record_reach { RECORD_OPEN_ONLY, RECORD_SEALED_ONLY, RECORD_OPEN_OR_SEALED };

struct record;
struct lifecycle;
struct record_type {
    const char *name;    // wire name, never reused: "withdraw"
    const char *summary; // one English sentence for tables and documentation
    const char *source;  // the rule that asks for it
    enum record_signer signer;
    enum record_reach reach;
    bool as_it_is;            // stands in the log whole; holds no personal data
    uint32_t text_bytes_max;  // of the whole text
    uint32_t attachments_max; // 0: none
    const struct lifecycle
        *lifecycle; // who may follow with what (record/lifecycle.h); NULL: nobody
    // Reads the type's own lines, from after the envelope up to `attach`, `seen` or the end. On
    // failure the lines' own err is set.
    bool (*read)(struct arena *a, struct lines *text, const void **ret_payload, struct err *err);
    // Writes exactly what `read` reads.
    void (*write)(const void *payload, struct buffer *out);
    // Rules between payload and envelope; NULL: none.
    bool (*check)(const struct record *record, struct err *err);
};

// -- the text ----------------------------------------------------------------------------------
// All spans are borrowed from the text that was read (or given by the caller who writes).
struct record {
    struct str log; // origin
    const struct record_type *type;
    struct address from;
    struct address to;          // unset when `open`
    bool open;                  // "to all": every member may read it
    bool filled;                // has ref and time; false in the form officers approve
    struct ref ref;             // when filled (never for `keys`)
    struct moment time;         // claimed; when filled
    enum precedence precedence; // this and the next three: issuer-signed types only
    struct marking marking;     // may be unset
    enum tlp tlp;
    bool exercise;
    const void *payload; // by type: struct message, struct receipt, ... (record/type/*.h)
    const struct attachment *attachments;
    size_t attachments_count;
    const struct seen *seen;
    size_t seen_count;
};

// Reads a whole text (ends in LF). One encoding: what is read, record_write writes back.
//   errors  ERR_MALFORMED    with the line
//           ERR_LIMIT        above the type's bound or the arena's
//           ERR_UNSUPPORTED  a type this program does not know, named in the sentence
bool record_read(struct arena *a, struct bytes text, struct record *ret, struct err *err) MUST_USE;
// Reads the form officers approve: the same without ref, time and seen.
bool record_read_approved(struct arena *a, struct bytes text, struct record *ret,
                          struct err *err) MUST_USE;
// Writes the text, in the approved form when !record->filled. The result is read again before it
// is given out, so that what no reader would accept is never signed.
//   errors  ERR_MALFORMED  a field out of form; ERR_LIMIT
bool record_write(struct arena *a, const struct record *record, struct str *ret,
                  struct err *err) MUST_USE;
// The name in "type NAME" of any text that begins like a record, known here or not; for showing.
bool record_peek_type(struct bytes text, struct str *ret, struct err *err) MUST_USE;

// -- release (FORMATS sections 4 and 5) --------------------------------------------------------
// Whole text -> the form officers approve: without ref, time, seen.
bool record_text_approved(struct arena *a, struct bytes whole, struct str *ret,
                          struct err *err) MUST_USE;
// SHA-256 of that form: what an approval's `text` line binds. `text` may be either form.
bool record_approved_digest(struct arena *a, struct bytes text, struct digest *ret,
                            struct err *err) MUST_USE;
struct record_filling {
    struct ref ref;
    struct moment time;
    const struct seen *seen; // sorted by origin; borrowed
    size_t seen_count;
};
// Approved form -> whole text. Clerk.
bool record_fill(struct arena *a, struct bytes approved, const struct record_filling *filling,
                 struct str *ret, struct err *err) MUST_USE;
// Is `whole` the approved text with nothing but ref, time and seen added? Keeper.
//   errors  ERR_DENIED when anything else differs; ERR_MALFORMED
bool record_same_but_filled(struct arena *a, struct bytes approved, struct bytes whole,
                            struct err *err) MUST_USE;

// -- the note ----------------------------------------------------------------------------------
enum { RECORD_AHEAD_S_MAX = 300 }; // FORMATS 1: a claimed time further ahead is shown as such
// Does the claimed time lie too far ahead of `now`? Shown, not void; our own clerk refuses it.
bool record_time_is_ahead(const struct record *record, struct moment now);

// Keys and electorate, as the manifests and the community file say; filled in by community/.
struct record_keys {
    void *context; // borrowed
    // The key that the manifest in force at `index` of `origin`'s log gives `role` ("technical",
    // "node", ...). False: none.
    bool (*find)(void *context, struct str origin, struct leaf_index index, const char *role,
                 struct sign_public *ret);
    // Is the `keys` note at this index a valid version of the chain? (community/ judged it)
    bool (*is_manifest)(void *context, struct str origin, struct leaf_index index,
                        const struct digest *note);
    // Does this State's entry in the community name this origin?
    bool (*belongs)(void *context, const struct state_code *state, struct str origin);
};
// Where a record stands, or is about to stand.
struct record_place {
    struct str origin; // of the log
    struct leaf_index index;
};

// A record whose note was verified at its place. Only record_open makes one.
struct verified_record {
    struct record record;
    struct bytes note;       // whole; borrowed
    struct digest note_hash; // how other records name it
    struct str key_name;     // ORIGIN/DESK or ORIGIN/node
    struct record_place place;
};
// The rules record_open names in err->clause.
#define RECORD_CLAUSE_LOG "DESIGN 5.1: log"
#define RECORD_CLAUSE_STATE "DESIGN 5.1: State and origin"
#define RECORD_CLAUSE_KEY "DESIGN 5.1: key in force"
#define RECORD_CLAUSE_SIGNATURES "DESIGN 5.1: one signature line"
// Verifies a note: one signature line, by the key in force at the place, `log` the log it stands
// in, the State in `from` of that origin, the text well-formed and its type's rules kept.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_UNSUPPORTED  the text
//           ERR_DENIED    wrong log, wrong State, wrong key's name, two signature lines
//           ERR_NOT_FOUND no key in force for that role
//           ERR_TAMPERED  the signature does not verify
bool record_open(struct arena *a, struct bytes note, const struct record_keys *keys,
                 struct record_place place, struct verified_record *ret, struct err *err) MUST_USE;
// The role whose key signs this record: "technical" for an issuer's desk, or "node".
const char *record_signer_role(const struct record *record);
#endif
