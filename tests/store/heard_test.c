// Source of what is asked: DESIGN section 4 (promise 10), docs/spoken.md "What was heard".
#include "store/office_heard.h"

#include "base/limits.h"
#include "store/office_view.h"
#include "store/stmt.h"
#include "tests/store/support.h"

#include <stdio.h>
#include <stdlib.h>

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

static struct office_heard heard(unsigned n)
{
    struct office_heard row = {.ref = STR("XA/XB-2026-0001"),
                               .desk = STR("technical"),
                               .officer = STR("anna"),
                               .at = {1000 + n},
                               .sealed = str_bytes(STR("sealed blocks"))};
    (void)snprintf(row.id.hex, sizeof row.id.hex, "%032x", n);
    return row;
}

struct seen {
    unsigned ids[HEARD_KEPT_MAX];
    size_t count;
};
static bool see(void *context, const struct office_heard *row, struct err *err)
{
    struct seen *s = context;
    (void)err;
    EXPECT(s->count < HEARD_KEPT_MAX);
    s->ids[s->count++] = (unsigned)strtoul(row->id.hex, NULL, 16);
    return true;
}

TEST(what_was_heard_reads_back_as_it_was_kept)
{
    struct err err = {0};
    struct office o;
    struct office_heard got;
    bool is_new = false;
    office_open(&o);
    struct office_heard row = heard(7);
    EXPECT_OK(office_heard_add(&o.txn, &row, &is_new, &err));
    EXPECT(is_new);
    EXPECT_OK(office_heard_get(&o.txn, &row.id, &o.arena, &got, &err));
    EXPECT(strcmp(got.id.hex, row.id.hex) == 0);
    EXPECT(str_eq(got.ref, row.ref));
    EXPECT(str_eq(got.desk, row.desk));
    EXPECT(str_eq(got.officer, row.officer));
    EXPECT(got.at.s == row.at.s);
    EXPECT(bytes_eq(got.sealed, row.sealed));
    struct office_heard other = heard(8);
    EXPECT_ERR(office_heard_get(&o.txn, &other.id, &o.arena, &got, &err), ERR_NOT_FOUND);
    office_close(&o);
}

TEST(the_same_is_kept_once_and_stays_as_it_was_first_typed)
{
    struct err err = {0};
    struct office o;
    struct office_heard got;
    struct seen seen = {.count = 0};
    bool is_new = false;
    office_open(&o);
    struct office_heard row = heard(1);
    EXPECT_OK(office_heard_add(&o.txn, &row, &is_new, &err));
    row.officer = STR("boris");
    row.at.s = 5000;
    EXPECT_OK(office_heard_add(&o.txn, &row, &is_new, &err));
    EXPECT(!is_new);
    EXPECT_OK(office_heard_get(&o.txn, &row.id, &o.arena, &got, &err));
    EXPECT(str_eq(got.officer, STR("anna")));
    EXPECT(got.at.s == 1001);
    EXPECT_OK(office_heards(&o.txn, see, &seen, &err));
    EXPECT(seen.count == 1);
    office_close(&o);
}

TEST(two_versions_of_one_reference_stand_beside_each_other_oldest_first)
{
    struct err err = {0};
    struct office o;
    struct seen of_ref = {.count = 0};
    struct seen all = {.count = 0};
    bool is_new;
    office_open(&o);
    for (unsigned n = 1; n <= 3; n++) {
        struct office_heard row = heard(n);
        if (n == 2)
            row.ref = STR("XC/XB-2026-0001");
        EXPECT_OK(office_heard_add(&o.txn, &row, &is_new, &err));
    }
    EXPECT_OK(office_heards_of(&o.txn, STR("XA/XB-2026-0001"), see, &of_ref, &err));
    EXPECT(of_ref.count == 2);
    EXPECT(of_ref.ids[0] == 1);
    EXPECT(of_ref.ids[1] == 3);
    EXPECT_OK(office_heards(&o.txn, see, &all, &err));
    EXPECT(all.count == 3);
    EXPECT(all.ids[0] == 3); // the newest
    office_close(&o);
}

TEST(a_node_keeps_a_bounded_number_and_says_so)
{
    struct err err = {0};
    struct office o;
    bool is_new;
    office_open(&o);
    for (unsigned n = 1; n <= HEARD_KEPT_MAX; n++) {
        struct office_heard row = heard(n);
        EXPECT_OK(office_heard_add(&o.txn, &row, &is_new, &err));
    }
    struct office_heard more = heard(HEARD_KEPT_MAX + 1);
    EXPECT_ERR(office_heard_add(&o.txn, &more, &is_new, &err), ERR_LIMIT);
    struct office_heard again = heard(1); // what is there already needs no room
    EXPECT_OK(office_heard_add(&o.txn, &again, &is_new, &err));
    EXPECT(!is_new);
    EXPECT_OK(office_heard_drop(&o.txn, &again.id, &err));
    EXPECT_OK(office_heard_add(&o.txn, &more, &is_new, &err));
    office_close(&o);
}

TEST(what_is_dropped_is_gone_and_a_references_rows_go_by_desk)
{
    struct err err = {0};
    struct office o;
    struct seen left = {.count = 0};
    bool is_new;
    office_open(&o);
    for (unsigned n = 1; n <= 4; n++) {
        struct office_heard row = heard(n);
        if (n == 3)
            row.desk = STR("diplomatic");
        if (n == 4)
            row.ref = STR("XA/XB-2026-0002");
        EXPECT_OK(office_heard_add(&o.txn, &row, &is_new, &err));
    }
    struct office_heard first = heard(1);
    EXPECT_OK(office_heard_drop(&o.txn, &first.id, &err));
    EXPECT_ERR(office_heard_drop(&o.txn, &first.id, &err), ERR_NOT_FOUND);
    EXPECT_OK(office_heard_drop_ref(&o.txn, STR("XA/XB-2026-0001"), STR("technical"), &err));
    EXPECT_OK(office_heard_drop_ref(&o.txn, STR("XA/XB-2026-0001"), STR("technical"), &err));
    EXPECT_OK(office_heards(&o.txn, see, &left, &err));
    EXPECT(left.count == 2);
    EXPECT(left.ids[0] == 4);
    EXPECT(left.ids[1] == 3);
    office_close(&o);
}

TEST(a_rebuild_of_the_views_touches_nothing_that_was_heard)
{
    struct err err = {0};
    struct office o;
    struct seen seen = {.count = 0};
    bool is_new;
    office_open(&o);
    struct office_heard row = heard(1);
    EXPECT_OK(office_heard_add(&o.txn, &row, &is_new, &err));
    EXPECT_OK(office_views_reset(&o.txn, &err));
    EXPECT_OK(office_heards(&o.txn, see, &seen, &err));
    EXPECT(seen.count == 1);
    office_close(&o);
}

TEST(fields_out_of_form_are_refused)
{
    static uint8_t large[NOTE_BYTES_MAX + 1];
    struct err err = {0};
    struct office o;
    struct office_heard_id id;
    bool is_new;
    office_open(&o);
    struct office_heard row = heard(1);
    row.ref = STR("");
    EXPECT_ERR(office_heard_add(&o.txn, &row, &is_new, &err), ERR_LIMIT);
    row = heard(1);
    row.sealed = bytes_of(large, sizeof large);
    EXPECT_ERR(office_heard_add(&o.txn, &row, &is_new, &err), ERR_LIMIT);
    EXPECT_ERR(office_heard_id_read(STR("0123"), &id, &err), ERR_MALFORMED);
    EXPECT_ERR(office_heard_id_read(STR("0123456789ABCDEF0123456789ABCDEF"), &id, &err),
               ERR_MALFORMED);
    office_close(&o);
}
