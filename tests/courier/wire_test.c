#include "base/encode.h"
#include "courier/wire.h"

#include "log/note.h"
#include "record/entry.h"
#include "tests/test.h"

static struct arena room;

static struct buffer fresh(void)
{
    struct buffer b;
    arena_init(&room, 2 * WIRE_ARENA_BYTES);
    buffer_init(&b, &room, WIRE_BATCH_BYTES_MAX);
    return b;
}

static struct wire_frame hello(uint8_t flags)
{
    struct wire_frame f = {.kind = WIRE_HELLO};
    f.of.hello.flags = flags;
    for (uint8_t i = 0; i < ORIGIN_ID_BYTES; i++) {
        f.of.hello.from.octets[i] = (uint8_t)(i + 1);
        f.of.hello.to.octets[i] = (uint8_t)(i + 0x11);
    }
    return f;
}

static struct bytes commitment(enum entry_kind kind, uint64_t size)
{
    struct err err = {0};
    struct entry e = {.kind = kind,
                      .body = digest_of(str_bytes(STR("body"))),
                      .body_bytes = size,
                      .commit = digest_of(str_bytes(STR("commit")))};
    struct bytes octets;
    EXPECT_OK(entry_write(&e, &room, &octets, &err));
    return octets;
}

static struct bytes every_kind(struct buffer *b)
{
    static struct bytes entries[3];
    static struct wire_cosig cosigs[2] = {{.time_s = 7}, {.mirror = true, .time_s = 8}};
    static struct wire_have have[2] = {{.size = {1}}, {.size = {70000}}};
    static struct wire_waiting waiting[2] = {{.index = {3}, .precedence = PRECEDENCE_FLASH},
                                             {.named = true, .size = 48211}};
    static struct wire_want want[1] = {{.have = 65536}};
    struct wire_frame f = hello(WIRE_FRESH);
    wire_put(b, &f);
    f = (struct wire_frame){.kind = WIRE_EVIDENCE, .of.evidence = str_bytes(STR("evidence"))};
    wire_put(b, &f);
    f = (struct wire_frame){.kind = WIRE_MANIFESTS};
    f.of.manifests.chain = str_bytes(STR("chain"));
    wire_put(b, &f);
    f = (struct wire_frame){.kind = WIRE_HAVE};
    f.of.have.rows = have;
    f.of.have.count = 2;
    wire_put(b, &f);
    entries[0] = commitment(ENTRY_OPEN, 482);
    entries[1] = commitment(ENTRY_SEALED, 900);
    entries[2] = str_bytes(STR("elchi record v1\n"));
    f = (struct wire_frame){.kind = WIRE_ENTRIES};
    f.of.entries =
        (struct wire_entries){.first = {300}, .entries = entries, .count = 3, .size = {303}};
    wire_put(b, &f);
    f = (struct wire_frame){.kind = WIRE_COSIGS};
    f.of.cosigs = (struct wire_cosigs){.size = {303}, .rows = cosigs, .count = 2};
    wire_put(b, &f);
    f = (struct wire_frame){.kind = WIRE_WAITING};
    f.of.waiting.rows = waiting;
    f.of.waiting.count = 2;
    wire_put(b, &f);
    f = (struct wire_frame){.kind = WIRE_WANT};
    f.of.want.rows = want;
    f.of.want.count = 1;
    wire_put(b, &f);
    EXPECT(!b->full);
    return buffer_bytes(b);
}

static void write_again(const struct wire_batch *batch, struct bytes sent)
{
    struct buffer again;
    buffer_init(&again, &room, WIRE_BATCH_BYTES_MAX);
    for (size_t i = 0; i < batch->count; i++)
        wire_put(&again, &batch->frames[i]);
    EXPECT(bytes_eq(buffer_bytes(&again), sent));
}

TEST(the_example_of_the_header_is_what_it_says)
{
    struct err err = {0};
    struct buffer b = fresh();
    struct wire_frame f = hello(1);
    struct wire_batch batch;
    char hex[128];
    wire_put(&b, &f);
    hex_write(buffer_bytes(&b), hex);
    assert_string_equal(hex, "0000001301010101020304050607081112131415161718");
    EXPECT_OK(wire_read(buffer_bytes(&b), &room, &batch, &err));
    EXPECT(batch.count == 1 && batch.frames[0].of.hello.flags == WIRE_FRESH);
    arena_release(&room);
}

TEST(every_kind_of_frame_reads_back_and_writes_the_same)
{
    struct err err = {0};
    struct buffer b = fresh();
    struct bytes sent = every_kind(&b);
    struct wire_batch batch;
    EXPECT_OK(wire_read(sent, &room, &batch, &err));
    EXPECT(batch.count == 8);
    const struct wire_entries *e = &batch.frames[4].of.entries;
    EXPECT(e->first.n == 300 && e->count == 3 && e->size.n == 303);
    EXPECT(bytes_eq(e->entries[0], commitment(ENTRY_OPEN, 482)));
    EXPECT(bytes_eq(e->entries[1], commitment(ENTRY_SEALED, 900)));
    EXPECT(batch.frames[6].of.waiting.rows[0].precedence == PRECEDENCE_FLASH);
    write_again(&batch, sent);
    arena_release(&room);
}

TEST(a_batch_cut_anywhere_is_refused_or_whole_frames)
{
    struct buffer b = fresh();
    struct bytes sent = every_kind(&b);
    for (size_t cut = 0; cut < sent.len; cut++) {
        struct err err = {0};
        struct wire_batch batch;
        if (wire_read(bytes_of(sent.ptr, cut), &room, &batch, &err))
            write_again(&batch, bytes_of(sent.ptr, cut));
        else
            EXPECT(err.kind != ERR_NONE);
        if (room.used > WIRE_ARENA_BYTES) { // what was read is looked at no more
            arena_release(&room);
            b = fresh();
            sent = every_kind(&b);
        }
    }
    arena_release(&room);
}

TEST(every_octet_changed_is_refused_or_writes_back)
{
    struct buffer b = fresh();
    struct bytes sent = every_kind(&b);
    for (size_t at = 0; at < sent.len; at++) {
        uint8_t copy[4096];
        struct err err = {0};
        struct wire_batch batch;
        memcpy(copy, sent.ptr, sent.len);
        copy[at] ^= 0x55;
        if (wire_read(bytes_of(copy, sent.len), &room, &batch, &err))
            write_again(&batch, bytes_of(copy, sent.len));
        if (room.used > WIRE_ARENA_BYTES) {
            arena_release(&room);
            b = fresh();
            sent = every_kind(&b);
        }
    }
    arena_release(&room);
}

TEST(a_long_number_another_version_and_a_second_hello_are_refused)
{
    struct err err = {0};
    struct buffer b = fresh();
    struct wire_frame f = hello(0);
    struct wire_batch batch;
    wire_put(&b, &f);
    wire_put(&b, &f);
    EXPECT_ERR(wire_read(buffer_bytes(&b), &room, &batch, &err), ERR_MALFORMED);
    b.len /= 2;
    b.ptr[5] = 2;
    EXPECT_ERR(wire_read(buffer_bytes(&b), &room, &batch, &err), ERR_UNSUPPORTED);
    b.ptr[5] = 1;
    static const uint8_t padded[] = {0, 0,    0, 19, WIRE_HAVE, 1, 2, 3, 4, 5, 6, 7,
                                     8, 0x81, 0, 1,  2,         3, 4, 5, 6, 7, 8};
    buffer_put(&b, bytes_of(padded, sizeof padded));
    EXPECT_ERR(wire_read(buffer_bytes(&b), &room, &batch, &err), ERR_MALFORMED);
    EXPECT_ERR(wire_read((struct bytes){0}, &room, &batch, &err), ERR_MALFORMED);
    arena_release(&room);
}

TEST(a_commitment_sent_as_it_is_is_refused_for_it_has_a_shorter_form)
{
    struct err err = {0};
    struct buffer b = fresh();
    struct wire_batch batch;
    struct wire_frame f = hello(0);
    struct bytes entry = commitment(ENTRY_OPEN, 482);
    wire_put(&b, &f);
    buffer_number(&b, 1 + 8 + 2 + 3 + entry.len + 1 + 100, 4);
    buffer_number(&b, WIRE_ENTRIES, 1);
    buffer_number(&b, 1, 8);
    buffer_number(&b, 0, 1);
    buffer_number(&b, 1, 1);
    buffer_number(&b, 0, 1);
    buffer_number(&b, (entry.len & 0x7F) | 0x80, 1);
    buffer_number(&b, entry.len >> 7, 1);
    buffer_put(&b, entry);
    buffer_number(&b, 1, 1);
    for (int i = 0; i < 100; i++)
        buffer_number(&b, 0, 1);
    EXPECT_ERR(wire_read(buffer_bytes(&b), &room, &batch, &err), ERR_MALFORMED);
    arena_release(&room);
}

TEST(an_idle_probe_takes_at_most_20_octets_an_origin)
{
    struct buffer b = fresh();
    struct wire_have rows[1] = {{.size = {1000000}}};
    struct wire_frame f = {.kind = WIRE_HAVE};
    f.of.have.rows = rows;
    f.of.have.count = 1;
    wire_put(&b, &f);
    EXPECT(b.len - WIRE_HEAD_BYTES <= 20);
    arena_release(&room);
}

TEST(an_open_record_of_400_octets_fits_in_700_with_its_body)
{
    struct buffer b = fresh();
    struct bytes entry = commitment(ENTRY_OPEN, 432);
    struct wire_waiting waiting[1] = {{.index = {70000}}};
    struct wire_frame f = hello(0);
    wire_put(&b, &f);
    f = (struct wire_frame){.kind = WIRE_ENTRIES};
    f.of.entries =
        (struct wire_entries){.first = {70000}, .entries = &entry, .count = 1, .size = {70001}};
    wire_put(&b, &f);
    f = (struct wire_frame){.kind = WIRE_WAITING};
    f.of.waiting.rows = waiting;
    f.of.waiting.count = 1;
    wire_put(&b, &f);
    EXPECT(b.len + 32 + 400 <= 700);
    arena_release(&room);
}

TEST(a_book_that_is_held_is_named_where_no_origin_can_be)
{
    struct err err = {0};
    struct origin_id book = wire_book_id(STR("elchi")), other = wire_book_id(STR("other"));
    struct digest whole = digest_of(str_bytes(STR("codebook elchi")));
    EXPECT(memcmp(book.octets, whole.octets, ORIGIN_ID_BYTES) == 0);
    EXPECT(!origin_id_eq(&book, &other));
    EXPECT(!note_name_check(STR("codebook elchi"), &err));
}
