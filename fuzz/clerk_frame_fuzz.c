// rooms: clerk
#define _XOPEN_SOURCE 700 // mkdtemp, nftw
//
// Any columns against the clerk's acts, as an owned courier or officer would send them. The clerk
// is a real one with a real keeper, in a community of three of which one has spoken. Columns are
// put together from what a peer could know: octets, numbers, origins, and the true checkpoint,
// entries, chain, bodies and what is read aloud, each of which may be changed.
#include "base/arena.h"
#include "base/err.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

// The tests' helpers without the tests' library.
#define TESTS_TEST_H
#define EXPECT(expression) CHECK(expression)
#define EXPECT_OK(call) CHECK((call))
#define fail_msg(...)                       \
    do {                                    \
        (void)fprintf(stderr, __VA_ARGS__); \
        CHECK(false);                       \
    } while (0)
static const char *test_folder(struct arena *a);
static uint64_t test_seed(void);
#include "clerk/rows.h"
#include "record/voice.h"
#include "tests/clerk/carry.h"

#define ALL_ON "exchange witness mirror receipts relay"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// -- acts ----------------------------------------------------------------------------------------
// All but the backup, which would write where the input says, and the rebuilding of the views,
// which would leave none for the inputs after it.
static clerk_act *const acts[] = {
    clerk_act_status,
    clerk_act_found,
    clerk_act_community_get,
    clerk_act_chain_get,
    clerk_act_peers,
    clerk_act_evidences,
    clerk_act_evidence_get,
    clerk_act_verify,
    clerk_act_doctor,
    clerk_act_sign_index,
    clerk_act_challenge,
    clerk_act_order,
    clerk_act_take_manifests,
    clerk_act_take_entries,
    clerk_act_witness,
    clerk_act_take_cosigs,
    clerk_act_take_evidence,
    clerk_act_take_waiting,
    clerk_act_take_blob,
    clerk_act_blob_have,
    clerk_act_peer_called,
    clerk_act_peer_head,
    clerk_act_take_own_head,
    clerk_act_hello,
    clerk_act_prove,
    clerk_act_draft_new,
    clerk_act_drafts,
    clerk_act_draft_show,
    clerk_act_approve,
    clerk_act_release,
    clerk_act_draft_drop,
    clerk_act_inbox,
    clerk_act_sent,
    clerk_act_show,
    clerk_act_attachment_key,
    clerk_act_blob_read,
    clerk_act_proof,
    clerk_act_register_get,
    clerk_act_register_change,
    clerk_act_audit,
    clerk_act_erase,
    clerk_act_community_apply,
    clerk_act_peer_set,
    clerk_act_take_bodies,
    clerk_act_leave_blob,
    clerk_act_offers_done,
    clerk_act_accept_gap,
    clerk_act_book_for,
    clerk_act_codebook_files,
    clerk_act_codebook_get,
    clerk_act_codebook_add,
    clerk_act_codebook_remove,
    clerk_act_take_books,
    clerk_act_vouches,
    clerk_act_hear,
    clerk_act_heards,
    clerk_act_heard_show,
    clerk_act_heard_drop,
};
enum { ACTS = sizeof acts / sizeof acts[0] };

// -- the community -------------------------------------------------------------------------------
static char folder[] = "/tmp/elchi-fuzz-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static void remove_folder(void)
{
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *test_folder(struct arena *a)
{
    (void)a;
    CHECK(mkdtemp(folder) != NULL);
    CHECK(atexit(remove_folder) == 0);
    return folder;
}

static uint64_t test_seed(void)
{
    return 1;
}

static int no_sync(struct world *w, int fd, int *ret_code)
{
    (void)w;
    (void)fd;
    (void)ret_code;
    return 0;
}

static struct three *three;
static struct {
    struct bytes checkpoint, entries[4], chain, blob, spoken;
    struct digest body;
    struct str ref;
} known;

static bool keep_entry(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    (void)context;
    return at.n >= 4 || arena_copy(&three->arena, entry, &known.entries[at.n], err);
}

static void learn(void)
{
    struct err err = {0};
    struct txn txn = {0};
    struct offers *o = memory_new(1, sizeof *o);
    struct exchange_log log = log_at(three, XA, XA);
    struct exchange_range all = {log.id, 0, 4, UINT64_MAX};
    uint64_t next = 0;
    o->t = three;
    known.checkpoint = log.checkpoint;
    CHECK(chain_write(clerk_chain(&three->at[XA].clerk, origin_of(XA)), &three->arena, &known.chain,
                      &err));
    CHECK(db_begin(three->at[XA].clerk.exchange, &txn, &err));
    CHECK(exchange_entries(&txn, all, keep_entry, NULL, &next, &err));
    CHECK(exchange_offers(&txn, origin_of(XB), 256, see_offer, o, &err));
    txn_release(&txn);
    CHECK(o->count > 0);
    size_t last = o->items[0].at.n > o->items[o->count - 1].at.n ? 0 : o->count - 1;
    known.body = o->items[last].hash;
    known.blob = blob_of(three, XA, &known.body);
    memory_release(o);
}

// The first message as XA reads it aloud.
static void learn_spoken(const struct digest *note)
{
    struct err err = {0};
    struct clerk_held_record o;
    struct spoken spoken;
    struct buffer b;
    const struct clerk *c = &three->at[XA].clerk;
    CHECK(clerk_open_row(&three->at[XA].clerk, &three->arena, note, &o, &err));
    CHECK(record_speak(&o.record, note, c->codebook.current, &three->arena, &spoken, &err));
    buffer_init(&b, &three->arena, 1 << 16);
    for (size_t i = 0; i < spoken.count; i++)
        buffer_fmt(&b, "%s\n", spoken.blocks[i].text);
    known.spoken = buffer_bytes(&b);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    static struct world_ops ops;
    (void)count;
    (void)arguments;
    size_t rows = 0;
    (void)clerk_rows(&rows);
    CHECK(rows == ACTS + 2); // whoever adds a frame adds its act here
    three = three_new(ALL_ON);
    struct release_done said = say_to(three, XA, XB, "01 C03\n");
    carry_log(three, XA, XA, XB); // the first is held and open at XB, the second has not come yet
    CHECK(carry_bodies(three, XA, XB) == 1);
    (void)say_to(three, XA, XB, "01 C03\n");
    known.ref = said.ref;
    learn();
    learn_spoken(&said.note);
    ops = *three->fake.world.ops;
    ops.sync = no_sync;
    three->fake.world.ops = &ops;
    return 0;
}

// -- columns -------------------------------------------------------------------------------------
enum { COLUMNS_BYTES = 262144 };

static void put_column(struct reader *in, struct buffer *to)
{
    uint8_t what = reader_u8(in);
    switch (what % 16) {
    case 0:
        buffer_put(to, reader_take(in, in->rest.len < what ? in->rest.len : what));
        break;
    case 1:
        buffer_block16(to, reader_take(in, in->rest.len < 40 ? in->rest.len : 40));
        break;
    case 2:
    case 3:
        buffer_block16(to, str_bytes(origin_of(reader_u8(in) % STATES)));
        break;
    case 4:
        buffer_number(to, reader_u8(in), 1);
        break;
    case 5:
        buffer_number(to, reader_u8(in), 2);
        break;
    case 6:
        buffer_number(to, reader_u8(in), 4);
        break;
    case 7:
        buffer_number(to, reader_u8(in), 8);
        break;
    case 8:
        buffer_block32(to, known.checkpoint);
        break;
    case 9:
        buffer_block16(to, known.entries[reader_u8(in) % 4]);
        break;
    case 10:
        buffer_block32(to, known.chain);
        break;
    case 11:
        buffer_put(to, bytes_of(known.body.octets, DIGEST_BYTES));
        break;
    case 12:
        buffer_block32(to, known.blob);
        break;
    case 13:
        buffer_block16(to, str_bytes(known.ref));
        break;
    case 14:
        buffer_number(to, known.blob.len, 8);
        break;
    default:
        buffer_block32(to, known.spoken);
        break;
    }
}

// The first two octets say which octet of the columns is changed, if any.
static struct bytes columns_of(struct bytes input, struct arena *a)
{
    struct buffer b;
    struct reader in = reader_of(input);
    buffer_init(&b, a, COLUMNS_BYTES);
    uint16_t change = reader_u16(&in);
    while (!in.failed && in.rest.len > 0 && b.len < COLUMNS_BYTES / 2)
        put_column(&in, &b);
    if (b.len > 0 && (change & 1U) != 0)
        b.ptr[change % b.len] ^= (uint8_t)(1U << (change >> 13));
    return buffer_bytes(&b);
}

// -- one input -----------------------------------------------------------------------------------
static void ask(clerk_act *what, bool officer, struct bytes payload)
{
    uint64_t own = log_at(three, XB, XB).size.n;
    uint64_t theirs = log_at(three, XB, XA).size.n;
    struct act_result r = act_as(three, XB, what, payload, officer ? "anna" : NULL);
    // Nobody approved anything and XA signed one history.
    CHECK(log_at(three, XB, XB).size.n == own);
    struct exchange_log after = log_at(three, XB, XA);
    CHECK(after.size.n >= theirs);
    CHECK(after.size.n == theirs || what == clerk_act_take_entries);
    CHECK(after.signed_size.n <= 3);
    CHECK(evidence_at(three, XB).count == 0);
    if (r.done && what == clerk_act_peer_set)
        partners(three, XB, ALL_ON);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena kept = three->arena;
    struct arena a;
    if (size < 2)
        return 0;
    arena_init(&a, 1 << 20);
    arena_init(&three->arena, 64 << 20);
    ask(acts[data[0] % ACTS], (data[1] & 1U) != 0, columns_of(bytes_of(data + 2, size - 2), &a));
    arena_release(&three->arena);
    three->arena = kept;
    arena_release(&a);
    return 0;
}
