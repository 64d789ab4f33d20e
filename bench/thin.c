// bench/thin.c - octets of a session, without TLS and HTTP, for what a thin link carries.
//
// The real encoders write what a session sends: frames by courier/wire.h, entries and bodies by the
// record room. Counted is what the sender says and the body; what comes back is printed beside it.
// A bundle's share is not measured here.
// Source: DESIGN section 12, "cost on a thin link".
#include "bench/bench.h"
#include "courier/wire.h"
#include "crypto/age.h"
#include "record/body.h"
#include "record/entry.h"

#include <string.h>

enum {
    NOTE_OCTETS = 400,
    SIGNATURE_LINE_OCTETS = 125,
    LOG_SIZE = 100000,
    AIM_PROBE = 20,
    AIM_OPEN = 700,
    AIM_SEALED = 1200,
    QUESTION_OCTETS = 32, // POST /blobs: a hash
    LENGTH_OCTETS = 4,    // and before the octets of its answer
};

static size_t frame_bytes(struct arena *a, const struct wire_frame *f)
{
    struct err err = {0};
    struct buffer b;
    struct bytes whole;
    buffer_init(&b, a, WIRE_BATCH_BYTES_MAX);
    wire_put(&b, f);
    must(buffer_take(&b, &whole, &err), &err, "a frame");
    return whole.len;
}

static size_t hello_bytes(struct arena *a)
{
    struct wire_frame f = {.kind = WIRE_HELLO,
                           .of.hello = {0, origin_id_of(STR("xa.example/bench")),
                                        origin_id_of(STR("xb.example/bench"))}};
    return frame_bytes(a, &f);
}

static size_t have_bytes(struct arena *a, size_t origins)
{
    struct wire_have *rows = arena_new(a, struct wire_have, origins);
    for (size_t i = 0; i < origins; i++)
        rows[i] = (struct wire_have){origin_id_of(STR("xa.example/bench")), {LOG_SIZE}, {0}};
    struct wire_frame f = {.kind = WIRE_HAVE, .of.have = {rows, origins}};
    return frame_bytes(a, &f);
}

static size_t entry_bytes(struct arena *a, enum entry_kind kind, struct bytes blob,
                          const struct blind *blind, struct bytes note)
{
    struct err err = {0};
    struct bytes written;
    struct entry e = entry_of(kind, blob, blind, note);
    must(entry_write(&e, a, &written, &err), &err, "an entry");
    struct wire_frame f = {.kind = WIRE_ENTRIES,
                           .of.entries = {.origin = origin_id_of(STR("xa.example/bench")),
                                          .first = {LOG_SIZE},
                                          .entries = &written,
                                          .count = 1,
                                          .size = {LOG_SIZE + 1}}};
    return frame_bytes(a, &f);
}

static size_t waiting_bytes(struct arena *a)
{
    struct wire_waiting row = {.origin = origin_id_of(STR("xa.example/bench")),
                               .index = {LOG_SIZE}};
    struct wire_frame f = {.kind = WIRE_WAITING, .of.waiting = {&row, 1}};
    return frame_bytes(a, &f);
}

static size_t want_bytes(struct arena *a)
{
    struct wire_want row = {{{0}}, NOTE_OCTETS};
    struct wire_frame f = {.kind = WIRE_WANT, .of.want = {&row, 1}};
    return frame_bytes(a, &f);
}

static size_t cosig_bytes(struct arena *a, size_t lines)
{
    struct wire_cosig *rows = arena_new(a, struct wire_cosig, lines);
    struct wire_frame f = {.kind = WIRE_COSIGS,
                           .of.cosigs = {.origin = origin_id_of(STR("xa.example/bench")),
                                         .size = {LOG_SIZE + 1},
                                         .rows = rows,
                                         .count = lines}};
    return frame_bytes(a, &f);
}

static void measure_record(struct arena *a, bool sealed, struct bytes note, double aim)
{
    struct err err = {0};
    struct bytes plain;
    struct bytes blob = {0};
    struct blind blind = {{7}};
    if (sealed) {
        struct age_recipient two[2];
        struct sealed_body body = {.origin = STR("xa.example/bench"),
                                   .to = STR("xb.example/bench"),
                                   .blind = blind,
                                   .note = note};
        for (int i = 0; i < 2; i++) {
            struct secret identity = {0};
            age_identity_new(world_real(), &identity);
            age_recipient_of(&identity, &two[i]);
            secret_release(&identity);
        }
        must(sealed_body_write(&body, a, &plain, &err) &&
                 age_file_seal(world_real(), two, 2, plain, a, &blob, &err),
             &err, "a sealed body");
    } else {
        struct open_body body = {.blind = blind, .note = note};
        must(open_body_write(&body, a, &blob, &err), &err, "an open body");
    }
    size_t entry = entry_bytes(a, sealed ? ENTRY_SEALED : ENTRY_OPEN, blob, &blind, note);
    size_t sent = hello_bytes(a) + entry + waiting_bytes(a) + LENGTH_OCTETS + blob.len;
    note_figure("the body", (double)blob.len, "B");
    note_figure("the entry under its checkpoint", (double)entry, "B");
    note_figure("the length before the body", LENGTH_OCTETS, "B");
    note_figure("greeting and hint", (double)(hello_bytes(a) + waiting_bytes(a)), "B");
    note_figure("comes back: greeting, question, word that it is held, two lines",
                (double)(hello_bytes(a) + QUESTION_OCTETS + want_bytes(a) + cosig_bytes(a, 2)),
                "B");
    aim_at_most(sealed ? "thin link, a sealed 400 B record" : "thin link, an open 400 B record",
                aim, (double)sent, "B");
}

int main(void)
{
    struct arena a;
    uint8_t *octets;
    crypto_start();
    arena_init(&a, 64 << 20);
    octets = arena_new(&a, uint8_t, NOTE_OCTETS);
    memset(octets, 'a', NOTE_OCTETS);
    struct bytes note = bytes_of(octets, NOTE_OCTETS);
    printf("thin link: octets of a session without TLS and HTTP\n");
    double one = (double)(hello_bytes(&a) + have_bytes(&a, 1));
    double forty = (double)(hello_bytes(&a) + have_bytes(&a, 40)) / 40;
    note_figure("idle probe of one origin alone, greeting too", one, "B");
    aim_at_most("thin link, idle probe, an origin of 40", AIM_PROBE, forty, "B");
    measure_record(&a, false, note, AIM_OPEN);
    measure_record(&a, true, note, AIM_SEALED);
    // A record is its whole note; were the 400 octets the text alone, its signature line came on
    // top.
    note_figure("where 400 B are the text: more by", SIGNATURE_LINE_OCTETS, "B");
    arena_release(&a);
    return 0;
}
