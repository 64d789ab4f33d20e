// Source of what is asked: DESIGN section 7 (states are a cache), section 11 (what a reader of mail
// asks for).
#include "store/office_view.h"

#include "store/office_vouch.h"

#include "tests/store/support.h"

struct office {
    struct arena arena;
    struct world_fake fake;
    struct db *db;
    struct txn txn;
};
static void office_open(struct office *o)
{
    struct err err = {0};
    *o = (struct office){0};
    arena_init(&o->arena, 1u << 24);
    world_fake_init(&o->fake, 1784000000, test_seed());
    EXPECT_OK(office_open_memory(sqlite(), &o->fake.world, &o->db, &err));
    EXPECT_OK(db_begin(o->db, &o->txn, &err));
}
static void office_close(struct office *o)
{
    txn_release(&o->txn);
    db_close(o->db);
    arena_release(&o->arena);
}

static struct digest named(uint64_t n)
{
    return digest_of(bytes_of(&n, sizeof n));
}
static struct office_record record(uint64_t n)
{
    return (struct office_record){
        .ref = STR("XB/XA-2026-0001"),
        .note = named(n),
        .origin = STR("xb.example/demo"),
        .at = n,
        .type = STR("message"),
        .from = STR("XB/technical"),
        .to = STR("XA/technical"),
        .time = {(int64_t)n},
        .precedence = 2,
        .tlp = STR("AMBER"),
        .desk = STR("technical"),
        .state = STR("open"),
        .sealed = str_bytes(STR("sealed note")),
        .received = {(int64_t)(1000 + n / 3)}, // several in one second
    };
}

struct row_numbers {
    uint64_t at[64];
    size_t count;
    struct moment received;
    int64_t number;
};
static bool see(void *context, const struct office_record *row, struct err *err)
{
    struct row_numbers *n = context;
    (void)err;
    EXPECT(n->count < 64);
    n->at[n->count++] = row->at;
    n->received = row->received;
    n->number = row->number;
    return true;
}

TEST(a_record_reads_back_as_it_was_written)
{
    struct err err = {0};
    struct office o;
    struct office_record got;
    office_open(&o);
    struct office_record row = record(5);
    row.direction = DIRECTION_OUT;
    row.exercise = true;
    row.answers = named(4);
    row.root = named(1);
    row.body = named(9);
    row.due.s = 77;
    row.void_rule = STR("reused ref");
    EXPECT_OK(office_record_add(&o.txn, &row, NULL, &err));
    EXPECT_ERR(office_record_add(&o.txn, &row, NULL, &err), ERR_CONFLICT);
    EXPECT_OK(office_record_get(&o.txn, &row.note, &o.arena, &got, &err));
    EXPECT(str_eq(got.ref, row.ref) && str_eq(got.origin, row.origin) && got.at == 5);
    EXPECT(got.direction == DIRECTION_OUT && got.exercise && got.precedence == 2);
    EXPECT(str_eq(got.from, row.from) && str_eq(got.to, row.to) && str_eq(got.tlp, row.tlp));
    EXPECT(digest_eq(&got.answers, &row.answers) && digest_eq(&got.root, &row.root));
    EXPECT(digest_eq(&got.body, &row.body) && got.due.s == 77 && got.time.s == 5);
    EXPECT(str_eq(got.void_rule, row.void_rule) && bytes_eq(got.sealed, row.sealed));
    EXPECT_OK(office_record_at(&o.txn, row.origin, 5, &o.arena, &got, &err));
    EXPECT_ERR(office_record_at(&o.txn, row.origin, 6, &o.arena, &got, &err), ERR_NOT_FOUND);
    row.precedence = 4;
    EXPECT_ERR(office_record_add(&o.txn, &row, NULL, &err), ERR_LIMIT);
    office_close(&o);
}

TEST(pages_of_a_folder_show_each_record_once_newest_first)
{
    enum { COUNT = 40 };
    struct err err = {0};
    struct office o;
    struct row_numbers all = {.count = 0};
    office_open(&o);
    for (uint64_t n = 0; n < COUNT; n++) {
        struct office_record row = record(n);
        EXPECT_OK(office_record_add(&o.txn, &row, NULL, &err));
        row.note = named(n + 1000);
        row.at = n + 1000;
        row.desk = n % 2 == 0 ? STR("judicial") : STR("technical");
        row.direction = n % 2 == 0 ? DIRECTION_IN : DIRECTION_OUT;
        EXPECT_OK(office_record_add(&o.txn, &row, NULL, &err));
    }
    struct office_page page = {.desk = STR("technical"), .direction = DIRECTION_IN, .count_max = 7};
    size_t before = 0;
    do {
        before = all.count;
        EXPECT_OK(office_records(&o.txn, &page, see, &all, &err));
        page.before = all.received;
        page.before_number = all.number;
    } while (all.count > before);
    EXPECT(all.count == COUNT);
    for (size_t i = 0; i < COUNT; i++)
        EXPECT(all.at[i] == COUNT - 1 - i);
    page = (struct office_page){.desk = STR("technical"), .state = STR("closed"), .count_max = 9};
    struct row_numbers none = {.count = 0};
    EXPECT_OK(office_records(&o.txn, &page, see, &none, &err));
    EXPECT(none.count == 0);
    uint64_t count = 0;
    EXPECT_OK(
        office_record_count(&o.txn, STR("technical"), DIRECTION_IN, STR("open"), &count, &err));
    EXPECT(count == COUNT);
    EXPECT_OK(office_record_count(&o.txn, STR("judicial"), DIRECTION_IN, STR(""), &count, &err));
    EXPECT(count == COUNT / 2);
    office_close(&o);
}

TEST(a_dialogue_its_answers_and_a_ref_used_twice_are_found)
{
    struct err err = {0};
    struct office o;
    struct row_numbers n = {.count = 0};
    office_open(&o);
    struct office_record first = record(1);
    struct office_record answer = record(2);
    struct office_record last = record(3);
    struct digest root = first.note;
    answer.answers = first.note;
    answer.root = root;
    answer.ref = STR("XA/XB-2026-0001");
    last.answers = answer.note;
    last.root = root;
    EXPECT_OK(office_record_add(&o.txn, &last, NULL, &err));  // in any order
    EXPECT_OK(office_record_add(&o.txn, &first, NULL, &err)); // a zero root is its own
    EXPECT_OK(office_record_add(&o.txn, &answer, NULL, &err));
    EXPECT_OK(office_records_of_dialogue(&o.txn, &root, see, &n, &err));
    EXPECT(n.count == 3 && n.at[0] == 1 && n.at[1] == 2 && n.at[2] == 3);
    n.count = 0;
    EXPECT_OK(office_records_answering(&o.txn, &answer.note, see, &n, &err));
    EXPECT(n.count == 1 && n.at[0] == 3);
    n.count = 0;
    EXPECT_OK(office_records_by_ref(&o.txn, STR("XB/XA-2026-0001"), see, &n, &err));
    EXPECT(n.count == 2);
    office_close(&o);
}

TEST(overdue_records_come_longest_first_and_leave_when_answered)
{
    struct err err = {0};
    struct office o;
    struct row_numbers n = {.count = 0};
    office_open(&o);
    for (uint64_t i = 0; i < 6; i++) {
        struct office_record row = record(i);
        row.due.s = i == 0 ? 0 : (int64_t)(100 - i);
        row.desk = i == 5 ? STR("judicial") : STR("technical");
        EXPECT_OK(office_record_add(&o.txn, &row, NULL, &err));
    }
    struct moment now = {98};
    EXPECT_OK(office_records_overdue(&o.txn, STR(""), now, 9, see, &n, &err));
    EXPECT(n.count == 3 && n.at[0] == 5 && n.at[1] == 4 && n.at[2] == 3);
    n.count = 0;
    EXPECT_OK(office_records_overdue(&o.txn, STR("technical"), now, 9, see, &n, &err));
    EXPECT(n.count == 2);
    struct digest note = named(4);
    EXPECT_OK(
        office_record_change(&o.txn, &note, STR("answered"), (struct moment){0}, STR(""), &err));
    n.count = 0;
    EXPECT_OK(office_records_overdue(&o.txn, STR("technical"), now, 9, see, &n, &err));
    EXPECT(n.count == 1 && n.at[0] == 3);
    note = named(99);
    EXPECT_ERR(office_record_change(&o.txn, &note, STR("x"), now, STR(""), &err), ERR_NOT_FOUND);
    office_close(&o);
}

TEST(erasing_takes_the_text_and_keeps_the_row)
{
    struct err err = {0};
    struct office o;
    struct office_record got;
    office_open(&o);
    struct office_record row = record(1);
    EXPECT_OK(office_record_add(&o.txn, &row, NULL, &err));
    EXPECT_OK(office_record_erase(&o.txn, &row.note, &err));
    EXPECT_OK(office_record_get(&o.txn, &row.note, &o.arena, &got, &err));
    EXPECT(got.sealed.len == 0 && str_eq(got.ref, row.ref));
    struct digest other = named(2);
    EXPECT_ERR(office_record_erase(&o.txn, &other, &err), ERR_NOT_FOUND);
    office_close(&o);
}

static bool see_receipt(void *context, const struct office_receipt *row, struct err *err)
{
    (void)err;
    *(uint64_t *)context =
        *(uint64_t *)context * 100 + row->attachments_held * 10 + row->attachments_all;
    return true;
}

TEST(receipts_come_in_log_order_and_once)
{
    struct err err = {0};
    struct office o;
    uint64_t seen = 0;
    office_open(&o);
    struct office_receipt row = {.note = named(1),
                                 .by = STR("XB"),
                                 .state = STR("held"),
                                 .origin = STR("xb.example/demo"),
                                 .at = 12,
                                 .time = {5},
                                 .attachments_held = 1,
                                 .attachments_all = 1};
    EXPECT_OK(office_receipt_put(&o.txn, &row, &err));
    EXPECT_OK(office_receipt_put(&o.txn, &row, &err));
    row.at = 9;
    row.attachments_held = 0;
    EXPECT_OK(office_receipt_put(&o.txn, &row, &err));
    row.attachments_held = 2;
    EXPECT_ERR(office_receipt_put(&o.txn, &row, &err), ERR_LIMIT);
    EXPECT_OK(office_receipts(&o.txn, &row.note, see_receipt, &seen, &err));
    EXPECT(seen == 111);
    office_close(&o);
}

TEST(a_reset_forgets_views_and_keeps_accounts_drafts_and_audit)
{
    struct err err = {0};
    struct office o;
    struct office_record got;
    struct office_officer officer = {.name = STR("one")};
    struct office_audit audit = {.who = STR("one"), .what = STR("login")};
    uint64_t count = 0;
    office_open(&o);
    struct office_record row = record(1);
    EXPECT_OK(office_record_add(&o.txn, &row, NULL, &err));
    EXPECT_OK(office_officer_put(&o.txn, &officer, &err));
    EXPECT_OK(office_audit_add(&o.txn, &audit, &err));
    EXPECT_OK(office_views_reset(&o.txn, &err));
    EXPECT_ERR(office_record_get(&o.txn, &row.note, &o.arena, &got, &err), ERR_NOT_FOUND);
    EXPECT_OK(office_officer_get(&o.txn, STR("one"), &o.arena, &officer, &err));
    EXPECT_OK(office_audit_check(&o.txn, &count, NULL, &err));
    EXPECT(count == 1);
    EXPECT_OK(office_record_add(&o.txn, &row, NULL, &err));
    office_close(&o);
}

// -- vouchers ------------------------------------------------------------------------------------
static bool see_vouch(void *context, const struct office_vouch *row, struct err *err)
{
    uint64_t *seen = context;
    struct digest file = named(77);
    (void)err;
    EXPECT(str_eq(row->kind, STR("rendering")) && str_eq(row->of, STR("uz")));
    EXPECT(str_eq(row->book, STR("elchi")) && row->version == 1 && digest_eq(&row->file, &file));
    EXPECT(str_eq(row->origin, STR("xb.example/demo")) && row->ref.len > 0);
    *seen = *seen * 10 + (uint64_t)row->time.s;
    return true;
}

static uint64_t vouches(struct office *o)
{
    struct err err = {0};
    uint64_t seen = 0;
    EXPECT_OK(office_vouches(&o->txn, see_vouch, &seen, &err));
    return seen;
}

static void put_vouched(struct office *o, struct office_record row)
{
    struct err err = {0};
    struct office_vouch v = {row.note, STR("rendering"), STR("uz"),     STR("elchi"),
                             1,        named(77),        .ref = STR("")};
    row.type = STR("vouch");
    EXPECT_OK(office_record_add(&o->txn, &row, NULL, &err));
    EXPECT_OK(office_vouch_put(&o->txn, &v, &err));
    EXPECT_OK(office_vouch_put(&o->txn, &v, &err)); // again: one
}

TEST(a_voucher_stands_while_its_record_is_valid_here_and_not_taken_back)
{
    struct err err = {0};
    struct office o;
    office_open(&o);
    EXPECT(vouches(&o) == 0);
    put_vouched(&o, record(1));
    struct office_record void_row = record(2);
    void_row.void_rule = STR("reused-serial");
    put_vouched(&o, void_row);
    struct office_record erased = record(3);
    erased.sealed = (struct bytes){0};
    put_vouched(&o, erased);
    EXPECT(vouches(&o) == 1);
    struct office_record taken = record(4);
    taken.type = STR("withdraw");
    taken.answers = named(1);
    taken.origin = STR("xc.example/demo"); // another State's word takes nothing back
    EXPECT_OK(office_record_add(&o.txn, &taken, NULL, &err));
    EXPECT(vouches(&o) == 1);
    taken = record(5);
    taken.type = STR("withdraw");
    taken.answers = named(1);
    EXPECT_OK(office_record_add(&o.txn, &taken, NULL, &err));
    EXPECT(vouches(&o) == 0);
    office_close(&o);
}
