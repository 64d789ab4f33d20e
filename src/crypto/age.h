// crypto/age.h - whole age files: header and payload together.
//
// Holds: sizes, sealing by pieces for several recipients, and helpers for small bodies in memory.
// Knows nothing of: what stands inside (record/), and where files are kept.
// Source: C2SP age.md v1, binary files with X25519 recipients only; Debian's `age` opens them.
//
// Opening in two processes: age_header_parse -> each .wrapped to the holder of the identity
// (age_stanza_open) -> age_file_open_with_key; for large files age_header_find_end,
// age_header_parse, age_header_check, then age_stream_open with the octets after .size.
//
// Example, made with Debian's age for the identity
// AGE-SECRET-KEY-1Z362E5MHGPKLWL8V9P5HFYY9N23PS7PY8YREA6N6U86TXYZ9QNSQ2U8DT2; inside is "hi":
//   age-encryption.org/v1\n
//   -> X25519 5Gyb87xSbi4J1BJFjZdfPCQsphWKjgvQQ//5B6CclyU\n
//   NZvw3Ue11LiNtI9hjoP5iCVfQQriYyX8ojCPooGJPwg\n
//   --- 0s8sdOfewzd8npG68HG/XQ6jx6zpebH8+hMaGSEBgTQ\n
//   a17e61d14fbd2f161ee7d7b0774b548ced
//   e1f96d36b55f4bbb2120fac76537c1bfb5
#ifndef CRYPTO_AGE_H
#define CRYPTO_AGE_H
#include "crypto/age_stream.h"

// Octets of a file with `plain_bytes` inside for so many X25519 recipients.
uint64_t age_file_size(uint64_t plain_bytes, size_t recipients);

// Draws a file key, puts header and nonce into the sink and starts the payload; go on with
// age_stream_put and age_stream_end.
//   errors  as age_header_make, and whatever the sink says
bool age_file_seal_begin(struct age_stream *ret_owned, struct world *w,
                         const struct age_recipient *recipients, size_t count, struct age_sink sink,
                         struct err *err) MUST_USE;

// A whole file in the arena.
bool age_file_seal(struct world *w, const struct age_recipient *recipients, size_t count,
                   struct bytes plain, struct arena *a, struct bytes *ret,
                   struct err *err) MUST_USE;
// Checks the MAC, then the payload; nothing is returned unless all of it verifies.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_TAMPERED
bool age_file_open_with_key(struct bytes file, const struct age_file_key *key, struct arena *a,
                            struct bytes *ret_plain, struct err *err) MUST_USE;
// The same by the identity itself, for tools and for whoever may hold both.
//   errors  also ERR_NOT_FOUND: the file is not for this identity
bool age_file_open(struct bytes file, const struct secret *identity, struct arena *a,
                   struct bytes *ret_plain, struct err *err) MUST_USE;
#endif
