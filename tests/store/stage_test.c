// Source of what is asked: FORMATS sections 1 (serials) and 4 (seal, extend, commit); DESIGN
// section 9 (the same batch again; anything else is refused).
#include "store/exchange_stage.h"

#include "store/stmt.h"
#include "tests/store/support.h"

static struct exchange_staged staged(struct str draft, struct str ref)
{
    return (struct exchange_staged){
        .entry = str_bytes(STR("elchi entry v1\n")), .draft = draft, .ref = ref};
}

struct names {
    char ref[8][64];
    int64_t number[8];
    bool draft[8];
    size_t count;
};
static bool see(void *context, const struct exchange_staged *row, struct err *err)
{
    struct names *n = context;
    (void)err;
    (void)snprintf(n->ref[n->count], 64, "%.*s", STR_ARG(row->ref));
    n->draft[n->count] = row->draft.len == 32;
    n->number[n->count++] = row->number;
    return true;
}

TEST(staged_entries_come_in_order_and_go_with_their_batch)
{
    struct err err = {0};
    struct fixture f;
    struct names n = {.count = 0};
    struct exchange_batch b;
    uint64_t count = 0;
    fixture_open(&f);
    struct exchange_staged row =
        staged(STR("00112233445566778899aabbccddeeff"), STR("XA-2026-0001"));
    EXPECT_OK(exchange_stage_put(&f.txn, &row, NULL, &err));
    row = staged(STR(""), STR(""));
    EXPECT_OK(exchange_stage_put(&f.txn, &row, NULL, &err));
    EXPECT_OK(exchange_stage_put(&f.txn, &row, NULL, &err)); // no draft, no ref: never a conflict
    EXPECT_OK(exchange_stage(&f.txn, 0, 99, see, &n, &err));
    EXPECT(n.count == 3 && n.draft[0] && !n.draft[1] && strcmp(n.ref[0], "XA-2026-0001") == 0);
    EXPECT(n.number[0] < n.number[1] && n.number[1] < n.number[2]);
    b = (struct exchange_batch){.first = {0}, .count = 2, .last_number = n.number[1]};
    EXPECT_OK(exchange_batch_put(&f.txn, &b, &err));
    EXPECT_OK(exchange_stage_clear(&f.txn, n.number[1], &err));
    EXPECT_ERR(exchange_batch_get(&f.txn, &f.arena, &b, &err), ERR_NOT_FOUND);
    EXPECT_OK(exchange_stage_count(&f.txn, &count, &err));
    EXPECT(count == 1);
    EXPECT_OK(exchange_stage_clear(&f.txn, n.number[2], &err));
    int64_t number = 0;
    EXPECT_OK(exchange_stage_put(&f.txn, &row, &number, &err));
    EXPECT(number > n.number[2]); // no number twice, even over an empty stage
    fixture_close(&f);
}

TEST(a_ref_or_a_draft_is_staged_once)
{
    struct err err = {0};
    struct fixture f;
    fixture_open(&f);
    struct exchange_staged row =
        staged(STR("00112233445566778899aabbccddeeff"), STR("XA-2026-0001"));
    EXPECT_OK(exchange_stage_put(&f.txn, &row, NULL, &err));
    row.ref = STR("XA-2026-0002");
    EXPECT_ERR(exchange_stage_put(&f.txn, &row, NULL, &err), ERR_CONFLICT);
    row = staged(STR("ff112233445566778899aabbccddeeff"), STR("XA-2026-0001"));
    EXPECT_ERR(exchange_stage_put(&f.txn, &row, NULL, &err), ERR_CONFLICT);
    row.draft = STR("ff");
    EXPECT_ERR(exchange_stage_put(&f.txn, &row, NULL, &err), ERR_MALFORMED);
    row = staged(STR(""), STR(""));
    row.blind = str_bytes(STR("short"));
    EXPECT_ERR(exchange_stage_put(&f.txn, &row, NULL, &err), ERR_MALFORMED);
    row.blind = (struct bytes){0};
    row.entry = (struct bytes){0};
    EXPECT_ERR(exchange_stage_put(&f.txn, &row, NULL, &err), ERR_LIMIT);
    fixture_close(&f);
}

TEST(one_batch_is_with_the_keeper_and_gets_one_checkpoint)
{
    struct err err = {0};
    struct fixture f;
    fixture_open(&f);
    struct exchange_batch b = {.first = {7}, .count = 3, .last_number = 9, .leaves = {{5}}};
    struct exchange_batch other = b;
    struct exchange_batch held;
    other.count = 4;
    EXPECT_OK(exchange_batch_put(&f.txn, &b, &err));
    EXPECT_OK(exchange_batch_put(&f.txn, &b, &err));
    EXPECT_ERR(exchange_batch_put(&f.txn, &other, &err), ERR_CONFLICT);
    b.checkpoint = str_bytes(STR("signed\n"));
    EXPECT_OK(exchange_batch_put(&f.txn, &b, &err));
    EXPECT_OK(exchange_batch_put(&f.txn, &b, &err));
    EXPECT_OK(exchange_batch_get(&f.txn, &f.arena, &held, &err));
    EXPECT(held.first.n == 7 && held.count == 3 && bytes_eq(held.checkpoint, b.checkpoint));
    b.checkpoint = str_bytes(STR("signed otherwise\n"));
    EXPECT_ERR(exchange_batch_put(&f.txn, &b, &err), ERR_CONFLICT);
    EXPECT_OK(exchange_batch_drop(&f.txn, &err));
    EXPECT_OK(exchange_batch_put(&f.txn, &other, &err));
    fixture_close(&f);
}

TEST(the_next_serial_waits_for_the_last_one_and_a_refused_one_is_free_again)
{
    struct err err = {0};
    struct fixture f;
    uint64_t n = 0;
    bool pending = true;
    struct str pair = STR("XA/XB");
    fixture_open(&f);
    EXPECT_OK(exchange_serial_last(&f.txn, pair, &n, &pending, &err));
    EXPECT(n == 0 && !pending);
    EXPECT_OK(exchange_serial_take(&f.txn, pair, &n, &err));
    EXPECT(n == 1);
    EXPECT_ERR(exchange_serial_take(&f.txn, pair, &n, &err), ERR_BUSY);
    EXPECT_OK(exchange_serial_take(&f.txn, STR("XA/XC"), &n, &err)); // pairs count for themselves
    EXPECT(n == 1);
    EXPECT_ERR(exchange_serial_settle(&f.txn, pair, 2, true, &err), ERR_CONFLICT);
    EXPECT_OK(exchange_serial_settle(&f.txn, pair, 1, true, &err));
    EXPECT_ERR(exchange_serial_settle(&f.txn, pair, 1, true, &err), ERR_CONFLICT);
    EXPECT_OK(exchange_serial_take(&f.txn, pair, &n, &err));
    EXPECT(n == 2);
    EXPECT_OK(exchange_serial_settle(&f.txn, pair, 2, false, &err));
    EXPECT_OK(exchange_serial_take(&f.txn, pair, &n, &err));
    EXPECT(n == 2);
    EXPECT_OK(exchange_serial_settle(&f.txn, pair, 2, true, &err));
    EXPECT_OK(exchange_serial_raise(&f.txn, pair, 40, &err));
    EXPECT_OK(exchange_serial_raise(&f.txn, pair, 30, &err)); // never lowered
    EXPECT_OK(exchange_serial_take(&f.txn, pair, &n, &err));
    EXPECT(n == 41);
    fixture_close(&f);
}

TEST(the_last_serial_is_two_to_the_thirty_first_less_one)
{
    struct err err = {0};
    struct fixture f;
    uint64_t n = 0;
    struct str pair = STR("XA");
    fixture_open(&f);
    EXPECT_OK(exchange_serial_raise(&f.txn, pair, EXCHANGE_SERIAL_MAX - 1, &err));
    EXPECT_ERR(exchange_serial_raise(&f.txn, pair, EXCHANGE_SERIAL_MAX + 1, &err), ERR_LIMIT);
    EXPECT_OK(exchange_serial_take(&f.txn, pair, &n, &err));
    EXPECT(n == 2147483647);
    EXPECT_OK(exchange_serial_settle(&f.txn, pair, n, true, &err));
    EXPECT_ERR(exchange_serial_take(&f.txn, pair, &n, &err), ERR_LIMIT);
    EXPECT_ERR(exchange_serial_take(&f.txn, STR(""), &n, &err), ERR_LIMIT);
    fixture_close(&f);
}

static bool count_community(void *context, const struct exchange_community *row, struct err *err)
{
    (void)err;
    *(int64_t *)context = *(int64_t *)context * 10 + row->applied.s;
    return true;
}
static bool count_setting(void *context, struct str key, struct bytes value, struct err *err)
{
    (void)err;
    (void)key;
    *(size_t *)context += value.len;
    return true;
}

TEST(the_newest_community_file_is_in_force_and_the_others_are_history)
{
    struct err err = {0};
    struct fixture f;
    struct exchange_community c;
    int64_t order = 0;
    fixture_open(&f);
    EXPECT_ERR(exchange_community_get(&f.txn, &f.arena, &c, &err), ERR_NOT_FOUND);
    EXPECT_OK(exchange_community_apply(&f.txn, str_bytes(STR("one")), (struct moment){1}, &err));
    EXPECT_OK(exchange_community_apply(&f.txn, str_bytes(STR("two")), (struct moment){2}, &err));
    EXPECT_OK(exchange_community_apply(&f.txn, str_bytes(STR("one")), (struct moment){3}, &err));
    EXPECT_OK(exchange_community_get(&f.txn, &f.arena, &c, &err));
    struct digest wanted = digest_of(str_bytes(STR("one")));
    EXPECT(digest_eq(&c.hash, &wanted) && bytes_eq(c.text, str_bytes(STR("one"))));
    EXPECT_OK(exchange_communities(&f.txn, count_community, &order, &err));
    EXPECT(order == 321);
    fixture_close(&f);
}

TEST(settings_stand_by_name)
{
    struct err err = {0};
    struct fixture f;
    struct bytes value;
    size_t octets = 0;
    fixture_open(&f);
    EXPECT_OK(exchange_setting_put(&f.txn, STR("a.x"), str_bytes(STR("12")), &err));
    EXPECT_OK(exchange_setting_put(&f.txn, STR("a.y"), (struct bytes){0}, &err));
    EXPECT_OK(exchange_setting_put(&f.txn, STR("b%x"), str_bytes(STR("12345")), &err));
    EXPECT_OK(exchange_setting_get(&f.txn, STR("a.y"), &f.arena, &value, &err));
    EXPECT(value.len == 0);
    EXPECT_OK(exchange_settings(&f.txn, STR("a."), count_setting, &octets, &err));
    EXPECT(octets == 2);
    EXPECT_OK(exchange_settings(&f.txn, STR(""), count_setting, &octets, &err));
    EXPECT(octets == 9);
    EXPECT_OK(exchange_setting_drop(&f.txn, STR("a.x"), &err));
    EXPECT_ERR(exchange_setting_get(&f.txn, STR("a.x"), &f.arena, &value, &err), ERR_NOT_FOUND);
    EXPECT_ERR(exchange_setting_put(&f.txn, STR(""), value, &err), ERR_LIMIT);
    fixture_close(&f);
}

TEST(a_row_of_another_shape_is_an_error_and_not_a_value)
{
    struct err err = {0};
    struct fixture f;
    struct bytes value;
    bool row = false;
    void *prepared = NULL;
    fixture_open(&f);
    EXPECT_OK(db_prepare(f.db, DB_SLOTS, STR("INSERT INTO setting (name, value) VALUES ('k', 7)"),
                         &prepared, &err));
    EXPECT_OK(db_driver_of(f.db)->step(prepared, DB_START, NULL, 0, &row, &err));
    EXPECT_ERR(exchange_setting_get(&f.txn, STR("k"), &f.arena, &value, &err), ERR_TAMPERED);
    fixture_close(&f);
}
