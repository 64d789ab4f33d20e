// tests/record/made.h - invented records, keys and an electorate for the tests of this room.
#ifndef TESTS_RECORD_MADE_H
#define TESTS_RECORD_MADE_H
#include "base/limits.h"
#include "crypto/secret.h"
#include "log/note.h"
#include "record/record.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#define MADE __attribute__((unused)) static
#define HASH_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ROOT_A "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo="

// A sealed message with every line it may carry.
#define MADE_HEAD           \
    "elchi record v1\n"     \
    "log xa.example/demo\n" \
    "type message\n"        \
    "from XA/technical\n"   \
    "to XB/technical\n"
#define MADE_HANDLING         \
    "precedence IMMEDIATE\n"  \
    "marking XA:INTERNAL-2\n" \
    "tlp AMBER+STRICT\n"      \
    "exercise no\n"
#define MADE_LINES                                                                \
    "codebook 1 " HASH_A "\n"                                                     \
    "answers XB/XA-2026-0007 " HASH_B "\n"                                        \
    "replaces XA/XB-2026-0011 " HASH_C "\n"                                       \
    "circular " HASH_A "\n"                                                       \
    "01 N02 sector=energy class=ddos prefix=198.51.100.0/24\n"                    \
    "02 R01 by=2026-07-14T12:00:00Z\n"                                            \
    "03 C01\n"                                                                    \
    "text en The activity began at night.\n"                                      \
    "text uz-Latn Faollik tunda boshlandi.\n"                                     \
    "attach " HASH_A " 48211 application/stix+json;version=2.1 indicators.json\n" \
    "attach " HASH_B " 12 text/plain notes.txt\n"
#define MADE_SEEN                            \
    "seen xb.example/demo 4711 " ROOT_A "\n" \
    "seen xc.example/demo 0 " ROOT_A "\n"
#define MADE_FILLED "ref XA/XB-2026-0012\ntime 2026-07-14T04:01:05Z\n"
#define MADE_MESSAGE MADE_HEAD MADE_FILLED MADE_HANDLING MADE_LINES MADE_SEEN
#define MADE_APPROVED MADE_HEAD MADE_HANDLING MADE_LINES

#define MADE_OPEN_MESSAGE         \
    "elchi record v1\n"           \
    "log xa.example/demo\n"       \
    "type message\n"              \
    "from XA/diplomatic\n"        \
    "to all\n"                    \
    "ref XA-2026-0003\n"          \
    "time 2026-07-14T04:01:05Z\n" \
    "precedence ROUTINE\n"        \
    "tlp CLEAR\n"                 \
    "exercise yes\n"              \
    "codebook 1 " HASH_A "\n"     \
    "01 P01\n"

#define MADE_RECEIPT_HEAD   \
    "elchi record v1\n"     \
    "log xb.example/demo\n" \
    "type receipt\n"        \
    "from XB\n"             \
    "to XA\n"               \
    "ref XB/XA-2026-0031\n" \
    "time 2026-07-14T04:02:00Z\n"
#define MADE_RECEIPT                       \
    MADE_RECEIPT_HEAD                      \
    "of XA/XB-2026-0012 " HASH_A "\n"      \
    "at xa.example/demo 4711 " HASH_B "\n" \
    "state held\n"                         \
    "attachments 1 of 2\n"
#define MADE_UNREADABLE                 \
    MADE_RECEIPT_HEAD                   \
    "of unknown\n"                      \
    "at xa.example/demo 0 " HASH_B "\n" \
    "state unreadable\n"                \
    "attachments 0 of 0\n"
#define MADE_MISSING               \
    MADE_RECEIPT_HEAD              \
    "of XA/XB-2026-0013 unknown\n" \
    "state missing\n"              \
    "since 2026-07-14T03:00:00Z\n" \
    "attachments 0 of 0\n"

#define MADE_VOUCH                      \
    "elchi record v1\n"                 \
    "log xa.example/demo\n"             \
    "type vouch\n"                      \
    "from XA/diplomatic\n"              \
    "to all\n"                          \
    "ref XA-2026-0003\n"                \
    "time 2026-07-14T05:00:00Z\n"       \
    "precedence ROUTINE\n"              \
    "tlp CLEAR\n"                       \
    "exercise no\n"                     \
    "file rendering " HASH_A " 23456\n" \
    "of ru\n"                           \
    "book elchi 1 " HASH_A "\n"
#define MADE_WITHDRAW                 \
    "elchi record v1\n"               \
    "log xa.example/demo\n"           \
    "type withdraw\n"                 \
    "from XA/technical\n"             \
    "to XB/technical\n"               \
    "ref XA/XB-2026-0013\n"           \
    "time 2026-07-14T05:00:00Z\n"     \
    "precedence ROUTINE\n"            \
    "tlp AMBER\n"                     \
    "exercise no\n"                   \
    "of XA/XB-2026-0012 " HASH_A "\n" \
    "reason error\n"                  \
    "seen xb.example/demo 4711 " ROOT_A "\n"

static const char *const made_texts[] = {MADE_MESSAGE,    MADE_OPEN_MESSAGE, MADE_RECEIPT,
                                         MADE_UNREADABLE, MADE_MISSING,      MADE_WITHDRAW,
                                         MADE_VOUCH};
enum { MADE_TEXTS = sizeof made_texts / sizeof made_texts[0] };

MADE struct bytes octets(const char *text)
{
    return bytes_of(text, strlen(text));
}
// `text` with the first `old` replaced.
MADE const char *with(struct arena *a, const char *text, const char *old, const char *new)
{
    struct err err = {0};
    struct str made;
    const char *at = strstr(text, old);
    EXPECT(at != NULL);
    EXPECT_OK(arena_fmt(a, &made, &err, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)));
    return made.ptr;
}

// -- keys --------------------------------------------------------------------------------------
// Every role of every origin has a key of its own, from its name; from index 100 on, another one.
enum { MADE_ROTATED_AT = 100 };
MADE void made_seed(struct str origin, const char *role, uint64_t index, struct secret *ret_owned)
{
    char name[300];
    int wrote = snprintf(name, sizeof name, "%.*s/%s%s", STR_ARG(origin), role,
                         index >= MADE_ROTATED_AT ? "#2" : "");
    EXPECT(wrote > 0 && (size_t)wrote < sizeof name);
    struct digest seed = digest_of(bytes_of(name, (size_t)wrote));
    secret_copy(ret_owned, bytes_of(seed.octets, sizeof seed.octets));
}
MADE bool made_find(void *context, struct str origin, struct leaf_index index, const char *role,
                    struct sign_public *ret)
{
    struct secret seed = {0};
    (void)context;
    if (strcmp(role, "judicial") == 0)
        return false; // a desk without a key
    made_seed(origin, role, index.n, &seed);
    sign_public_of(&seed, ret);
    secret_release(&seed);
    return true;
}
MADE bool made_belongs(void *context, const struct state_code *state, struct str origin)
{
    (void)context;
    return (strcmp(state->text, "XA") == 0 && str_eq(origin, STR("xa.example/demo"))) ||
           (strcmp(state->text, "XB") == 0 && str_eq(origin, STR("xb.example/demo"))) ||
           (strcmp(state->text, "XC") == 0 && str_eq(origin, STR("xc.example/demo")));
}
MADE bool made_is_manifest(void *context, struct str origin, struct leaf_index index,
                           const struct digest *note)
{
    (void)context, (void)origin, (void)note;
    return index.n == 0;
}
static const struct record_keys made_keys = {
    .find = made_find, .is_manifest = made_is_manifest, .belongs = made_belongs};

MADE struct record_place made_place(const char *origin, uint64_t index)
{
    return (struct record_place){str_of(origin), {index}};
}
// The text signed by ORIGIN/ROLE as its key stands at `index`.
MADE struct bytes made_note(struct arena *a, const char *text, const char *origin, const char *role,
                            uint64_t index)
{
    struct err err = {0};
    struct secret seed = {0};
    struct sign_public key;
    struct note_key named;
    struct str name;
    uint8_t *room = arena_new(a, uint8_t, NOTE_BYTES_MAX);
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    crypto_start();
    made_seed(str_of(origin), role, index, &seed);
    sign_public_of(&seed, &key);
    EXPECT_OK(key_name_of(str_of(origin), role, a, &name, &err));
    EXPECT_OK(note_key_make(name, NOTE_KEY_ED25519, &key, &named, &err));
    note_sign(str_of(text), &named, &seed, &w);
    secret_release(&seed);
    EXPECT(!w.full);
    return writer_bytes(&w);
}
#endif
