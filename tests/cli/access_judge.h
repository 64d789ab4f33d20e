// tests/cli/access_judge.h - did an answer let somebody read?
//
// Holds: the pieces of which any one in an answer is a reading, and the search for them: in the
// octets as they are, in every run of hex digits and in every run of base64 at each alignment.
// Nothing this program sends is compressed, so nothing is unpacked.
#ifndef TESTS_CLI_ACCESS_JUDGE_H
#define TESTS_CLI_ACCESS_JUDGE_H
#include "base/encode.h"
#include "crypto/age_key.h"
#include "tests/test.h"

#include <stdio.h>

enum piece_kind {
    PIECE_TEXT = 1,       // words of the body or of the attachment
    PIECE_KEY = 2,        // whatever opens them: file keys, identities, keys of the desk's office
    PIECE_CIPHERTEXT = 4, // octets of the age files
    PIECE_NAMED = 8,      // what only the opened body says: the hash of its attachment
};
#define PIECE_OPENED (PIECE_TEXT | PIECE_KEY)
#define PIECE_READ (PIECE_TEXT | PIECE_KEY | PIECE_CIPHERTEXT)
#define PIECE_ANY (PIECE_READ | PIECE_NAMED)

enum {
    // Every window of 64 octets of a file holds one of its blocks of 32 whole.
    CIPHERTEXT_BLOCK = 32,
    PIECES_MAX = 1024,
    HEX_RUN_LEAST = 32,
    BASE64_RUN_LEAST = 22, // a file key of 16 octets
};
struct piece {
    unsigned kind;
    const char *name;
    struct bytes octets;
};
struct pieces {
    struct piece all[PIECES_MAX];
    size_t count;
    // By their first two octets, so that one pass looks for all: a place from 1 on, or 0.
    uint16_t first[1 << 16], next[PIECES_MAX];
};

static inline void piece_add(struct pieces *p, unsigned kind, const char *name, struct bytes octets)
{
    EXPECT(p->count < PIECES_MAX);
    EXPECT(octets.len >= 8); // or chance would find it
    unsigned key = (unsigned)octets.ptr[0] << 8 | octets.ptr[1];
    p->all[p->count] = (struct piece){kind, name, octets};
    p->next[p->count] = p->first[key];
    p->first[key] = (uint16_t)++p->count;
}

// The payload of an age file; its header tells only for how many keys it is.
static inline void piece_add_file(struct pieces *p, const char *name, struct bytes file)
{
    EXPECT(file.len >= (size_t)2 * CIPHERTEXT_BLOCK);
    for (size_t at = 0; at + CIPHERTEXT_BLOCK <= file.len; at += CIPHERTEXT_BLOCK)
        piece_add(p, PIECE_CIPHERTEXT, name, bytes_of(file.ptr + at, CIPHERTEXT_BLOCK));
}

static inline bool bytes_hold(struct bytes hay, struct bytes needle)
{
    const uint8_t *at = hay.ptr;
    size_t left = hay.len;
    while (left >= needle.len) {
        const uint8_t *hit = memchr(at, needle.ptr[0], left - needle.len + 1);
        if (hit == NULL)
            return false;
        if (memcmp(hit, needle.ptr, needle.len) == 0)
            return true;
        left -= (size_t)(hit - at) + 1;
        at = hit + 1;
    }
    return false;
}

struct judged {
    unsigned kinds;   // of pieces found
    const char *what; // the name of one of them, or "nothing"
};

static inline void judge_octets(const struct pieces *p, struct bytes hay, struct judged *ret)
{
    for (size_t i = 0; i + 8 <= hay.len; i++) {
        unsigned key = (unsigned)hay.ptr[i] << 8 | hay.ptr[i + 1];
        for (unsigned at = p->first[key]; at > 0; at = p->next[at - 1]) {
            const struct piece *one = &p->all[at - 1];
            if (one->octets.len > hay.len - i ||
                memcmp(hay.ptr + i, one->octets.ptr, one->octets.len) != 0)
                continue;
            // The gravest is what it is called by.
            if (ret->kinds == 0 || (ret->kinds & PIECE_READ) == 0)
                ret->what = one->name;
            ret->kinds |= one->kind;
        }
    }
}

// -- encodings -----------------------------------------------------------------------------------
static inline int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static inline int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

struct alphabet {
    int (*digit)(uint8_t c);
    unsigned bits;
    size_t alignments, least;
};

// The run's digits from `skip` on, packed into octets; lines may be broken.
static inline struct bytes unpack(const struct alphabet *how, struct bytes run, size_t skip,
                                  uint8_t *room)
{
    uint32_t held = 0;
    unsigned bits = 0;
    size_t count = 0;
    for (size_t i = skip; i < run.len; i++) {
        int digit = how->digit(run.ptr[i]);
        if (digit < 0)
            continue;
        held = held << how->bits | (uint32_t)digit;
        bits += how->bits;
        if (bits < 8)
            continue;
        bits -= 8;
        room[count++] = (uint8_t)(held >> bits & 0xff);
    }
    return bytes_of(room, count);
}

static inline void judge_runs(const struct pieces *p, const struct alphabet *how, struct bytes hay,
                              struct judged *ret)
{
    uint8_t *room = memory_new(hay.len + 1, 1);
    size_t start = 0;
    for (size_t i = 0; i <= hay.len; i++) {
        bool inside = i < hay.len && (how->digit(hay.ptr[i]) >= 0 || hay.ptr[i] == '\n');
        if (inside)
            continue;
        struct bytes run = bytes_of(hay.ptr + start, i - start);
        for (size_t skip = 0; run.len >= how->least && skip < how->alignments; skip++)
            judge_octets(p, unpack(how, run, skip, room), ret);
        start = i + 1;
    }
    memory_release(room);
}

static inline struct judged judge(const struct pieces *p, struct bytes hay)
{
    static const struct alphabet hex = {hex_digit, 4, 2, HEX_RUN_LEAST};
    static const struct alphabet base64 = {base64_digit, 6, 4, BASE64_RUN_LEAST};
    struct judged found = {0, "nothing"};
    if (hay.len == 0)
        return found;
    judge_octets(p, hay, &found);
    judge_runs(p, &hex, hay, &found);
    judge_runs(p, &base64, hay, &found);
    return found;
}
#endif
