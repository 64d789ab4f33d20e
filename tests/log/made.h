// tests/log/made.h - keys, trees and notes that the tests of this room make for themselves.
#ifndef TESTS_LOG_MADE_H
#define TESTS_LOG_MADE_H
#include "log/evidence.h"
#include "log/tile.h"
#include "log/witness.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

// A key pair from a number; the same number gives the same key.
struct made_key {
    struct note_key key;
    struct secret seed;
};
static inline struct made_key made_key(const char *name, enum note_key_type type, uint8_t number)
{
    uint8_t octets[SIGN_SEED_BYTES];
    struct made_key made;
    struct sign_public public_key;
    struct err err = {0};
    crypto_start();
    memset(octets, number, sizeof octets);
    secret_copy(&made.seed, bytes_of(octets, sizeof octets));
    sign_public_of(&made.seed, &public_key);
    CHECK(note_key_make(str_of(name), type, &public_key, &made.key, &err));
    return made;
}

// Leaf hashes of entries "TAG INDEX", with another tag from `fork` on.
static inline struct digest *made_leaves(struct arena *a, size_t count, size_t fork)
{
    struct digest *leaves = arena_new(a, struct digest, count + 1);
    CHECK(leaves != NULL);
    for (size_t i = 0; i < count; i++) {
        char entry[40];
        int len = snprintf(entry, sizeof entry, "%s %zu", i < fork ? "entry" : "other", i);
        leaves[i] = merkle_leaf(bytes_of(entry, (size_t)len));
    }
    return leaves;
}
static inline struct digest made_root(const struct digest *leaves, size_t count)
{
    struct edge e;
    edge_init(&e);
    edge_append_many(&e, leaves, count);
    return edge_root(&e);
}
// A signed checkpoint over the first `count` leaves.
static inline struct bytes made_note(struct arena *a, const struct made_key *key,
                                     const struct digest *leaves, size_t count)
{
    uint8_t *octets = arena_new(a, uint8_t, NOTE_BYTES_MAX);
    struct digest root = made_root(leaves, count);
    struct checkpoint head;
    CHECK(octets != NULL);
    struct writer w = writer_of(octets, NOTE_BYTES_MAX);
    checkpoint_sign((struct tree_size){count}, &root, &key->key, &key->seed, &w, &head);
    return writer_bytes(&w);
}
// The same note with one more cosignature line.
static inline struct bytes made_cosigned(struct arena *a, struct bytes sent, uint64_t time_s,
                                         const struct made_key *key)
{
    uint8_t *octets = arena_new(a, uint8_t, NOTE_BYTES_MAX);
    struct note note;
    struct err err = {0};
    CHECK(octets != NULL);
    CHECK(note_read(sent, &note, &err));
    struct writer w = writer_of(octets, NOTE_BYTES_MAX);
    writer_put(&w, sent);
    cosign_sign(note.text, time_s, &key->key, &key->seed, &w);
    CHECK(!w.full);
    return writer_bytes(&w);
}
static inline struct bytes made_text(struct arena *a, const char *fmt, const char *value)
{
    size_t cap = strlen(fmt) + strlen(value) + 1;
    char *text = arena_new(a, char, cap);
    CHECK(text != NULL);
    const char *at = strchr(fmt, '@');
    if (at == NULL)
        return bytes_of(fmt, strlen(fmt));
    memcpy(text, fmt, (size_t)(at - fmt));
    memcpy(text + (at - fmt), value, strlen(value));
    memcpy(text + (at - fmt) + strlen(value), at + 1, strlen(at + 1));
    return bytes_of(text, strlen(text));
}
#endif
