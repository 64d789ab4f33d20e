// Source of what is asked: DESIGN sections 8 and 9; FORMATS sections 4, 5 and 10.
#include "store/office_draft.h"

#include "store/stmt.h"
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

// Runs a text of the test's own: somebody with an editor at the file.
static void tamper(struct office *o, struct str text)
{
    struct err err = {0};
    void *prepared = NULL;
    bool row = false;
    EXPECT_OK(db_prepare(o->db, DB_SLOTS, text, &prepared, &err));
    EXPECT_OK(db_driver_of(o->db)->step(prepared, DB_START, NULL, 0, &row, &err));
    EXPECT(!row);
}

static void add_audits(struct office *o, unsigned count)
{
    struct err err = {0};
    for (unsigned i = 0; i < count; i++) {
        struct office_audit row = {.at = {1784000000 + i},
                                   .who = STR("officer-one"),
                                   .what = STR("release"),
                                   .subject = STR("XA/XB-2026-0001")};
        EXPECT_OK(office_audit_add(&o->txn, &row, &err));
    }
}

TEST(an_untouched_audit_trail_holds_and_its_head_is_the_drawn_hash)
{
    struct err err = {0};
    struct office o;
    uint64_t count = 9;
    struct digest head;
    office_open(&o);
    EXPECT_OK(office_audit_check(&o.txn, &count, &head, &err));
    EXPECT(count == 0);
    add_audits(&o, 1);
    EXPECT_OK(office_audit_check(&o.txn, &count, &head, &err));
    EXPECT(count == 1);
    // The drawing in office.h, by hand.
    uint8_t drawn[256];
    struct writer w = writer_of(drawn, sizeof drawn);
    uint8_t zeros[DIGEST_BYTES] = {0};
    writer_put(&w, str_bytes(STR("elchi audit v1\n")));
    writer_put(&w, bytes_of(zeros, sizeof zeros));
    writer_u64(&w, 1);
    writer_u64(&w, 1784000000);
    writer_block32(&w, str_bytes(STR("officer-one")));
    writer_block32(&w, str_bytes(STR("release")));
    writer_block32(&w, str_bytes(STR("XA/XB-2026-0001")));
    struct digest wanted = digest_of(writer_bytes(&w));
    EXPECT(digest_eq(&head, &wanted));
    office_close(&o);
}

TEST(any_change_of_an_audit_row_shows)
{
    static const char *const changes[] = {
        "UPDATE audit SET at_s = at_s + 1 WHERE n = 3",
        "UPDATE audit SET who = 'officer-two' WHERE n = 3",
        "UPDATE audit SET what = 'refuse' WHERE n = 3",
        "UPDATE audit SET subject = '' WHERE n = 3",
        "UPDATE audit SET digest = (SELECT digest FROM audit WHERE n = 2) WHERE n = 3",
        "UPDATE audit SET who = 'officer-oner', what = 'elease' WHERE n = 3",
        "DELETE FROM audit WHERE n = 3",
        "DELETE FROM audit WHERE n = 1",
        "UPDATE audit SET n = 100 WHERE n = 5",
    };
    struct err err = {0};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct office o;
        office_open(&o);
        add_audits(&o, 5);
        EXPECT_OK(office_audit_check(&o.txn, NULL, NULL, &err));
        tamper(&o, str_of(changes[i]));
        EXPECT_ERR(office_audit_check(&o.txn, NULL, NULL, &err), ERR_TAMPERED);
        office_close(&o);
    }
}

static bool see_audit(void *context, const struct office_audit *row, struct err *err)
{
    (void)err;
    *(uint64_t *)context = *(uint64_t *)context * 10 + row->n;
    return true;
}

TEST(the_audit_is_read_newest_first_in_pages)
{
    struct err err = {0};
    struct office o;
    uint64_t seen = 0;
    office_open(&o);
    add_audits(&o, 5);
    EXPECT_OK(office_audits(&o.txn, 0, 2, see_audit, &seen, &err));
    EXPECT(seen == 54);
    EXPECT_OK(office_audits(&o.txn, 4, 99, see_audit, &seen, &err));
    EXPECT(seen == 54321);
    struct office_audit row = {.who = STR(""), .what = STR("x")};
    EXPECT_ERR(office_audit_add(&o.txn, &row, &err), ERR_LIMIT);
    office_close(&o);
}

static bool see_officer(void *context, const struct office_officer *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)context;
    return true;
}

TEST(an_officers_account_changes_but_not_when_it_was_added)
{
    struct err err = {0};
    struct office o;
    struct office_officer got;
    size_t count = 0;
    office_open(&o);
    struct office_officer row = {.name = STR("one"),
                                 .desks = STR("technical"),
                                 .roles = STR("draft"),
                                 .state = OFFICER_ACTIVE,
                                 .added = {100},
                                 .login = str_bytes(STR("hash"))};
    EXPECT_OK(office_officer_put(&o.txn, &row, &err));
    row.state = OFFICER_SUSPENDED;
    row.roles = STR("draft release");
    row.added.s = 200;
    EXPECT_OK(office_officer_put(&o.txn, &row, &err));
    EXPECT_OK(office_officer_get(&o.txn, STR("one"), &o.arena, &got, &err));
    EXPECT(got.state == OFFICER_SUSPENDED && got.added.s == 100);
    EXPECT(str_eq(got.roles, STR("draft release")) && bytes_eq(got.login, row.login));
    EXPECT_ERR(office_officer_get(&o.txn, STR("two"), &o.arena, &got, &err), ERR_NOT_FOUND);
    EXPECT_OK(office_officers(&o.txn, see_officer, &count, &err));
    EXPECT(count == 1);
    row.name = STR("");
    EXPECT_ERR(office_officer_put(&o.txn, &row, &err), ERR_MALFORMED);
    office_close(&o);
}

static struct office_draft draft(const char *hex, int64_t changed)
{
    struct err err = {0};
    struct office_draft d = {.desk = STR("technical"),
                             .author = STR("one"),
                             .created = {changed},
                             .changed = {changed},
                             .sealed = str_bytes(STR("sealed octets"))};
    EXPECT_OK(office_draft_id_read(str_of(hex), &d.id, &err));
    return d;
}

#define ID_ONE "00112233445566778899aabbccddeef1"
#define ID_TWO "00112233445566778899aabbccddeef2"

static bool see_draft(void *context, const struct office_draft *row, struct err *err)
{
    (void)err;
    int64_t *order = context;
    *order = *order * 10 + row->changed.s;
    return true;
}

TEST(a_draft_moves_only_from_the_state_it_stands_in)
{
    struct err err = {0};
    struct office o;
    struct office_draft got;
    struct moment at = {9};
    office_open(&o);
    struct office_draft d = draft(ID_ONE, 1);
    EXPECT_OK(office_draft_add(&o.txn, &d, &err));
    EXPECT_ERR(office_draft_add(&o.txn, &d, &err), ERR_CONFLICT);
    d.sealed = str_bytes(STR("other octets"));
    d.text.octets[3] = 7;
    d.state = DRAFT_AWAITING;
    d.changed.s = 2;
    d.created.s = 77;
    EXPECT_OK(office_draft_change(&o.txn, &d, DRAFT_OPEN, &err));
    EXPECT_ERR(office_draft_change(&o.txn, &d, DRAFT_OPEN, &err), ERR_CONFLICT);
    EXPECT_OK(office_draft_move(&o.txn, &d.id, DRAFT_AWAITING, DRAFT_APPROVED, at, &err));
    EXPECT_ERR(office_draft_move(&o.txn, &d.id, DRAFT_AWAITING, DRAFT_REFUSED, at, &err),
               ERR_CONFLICT);
    EXPECT_OK(office_draft_get(&o.txn, &d.id, &o.arena, &got, &err));
    EXPECT(got.state == DRAFT_APPROVED && got.created.s == 1 && got.changed.s == 9);
    EXPECT(bytes_eq(got.sealed, d.sealed) && digest_eq(&got.text, &d.text));
    EXPECT(strcmp(got.id.hex, ID_ONE) == 0);
    office_close(&o);
}

TEST(drafts_are_listed_by_desk_and_state_newest_first)
{
    struct err err = {0};
    struct office o;
    uint64_t count = 0;
    int64_t order = 0;
    office_open(&o);
    struct office_draft d = draft(ID_ONE, 1);
    EXPECT_OK(office_draft_add(&o.txn, &d, &err));
    d = draft(ID_TWO, 2);
    EXPECT_OK(office_draft_add(&o.txn, &d, &err));
    d = draft("00112233445566778899aabbccddeef3", 3);
    d.desk = STR("judicial");
    EXPECT_OK(office_draft_add(&o.txn, &d, &err));
    EXPECT_OK(office_draft_count(&o.txn, STR("technical"), DRAFT_OPEN, &count, &err));
    EXPECT(count == 2);
    EXPECT_OK(office_drafts(&o.txn, STR("technical"), DRAFT_OPEN, 0, 9, see_draft, &order, &err));
    EXPECT(order == 21);
    EXPECT_OK(office_drafts(&o.txn, STR("technical"), DRAFT_OPEN, 1, 1, see_draft, &order, &err));
    EXPECT(order == 211);
    order = 0;
    EXPECT_OK(office_drafts_in(&o.txn, DRAFT_OPEN, see_draft, &order, &err));
    EXPECT(order == 123);
    struct office_draft_id id;
    EXPECT_ERR(office_draft_id_read(STR("00112233445566778899AABBCCDDEEF1"), &id, &err),
               ERR_MALFORMED);
    EXPECT_ERR(office_draft_id_read(STR("001122"), &id, &err), ERR_MALFORMED);
    office_close(&o);
}

static bool see_approval(void *context, const struct office_approval *row, struct err *err)
{
    (void)err;
    *(int64_t *)context = *(int64_t *)context * 10 + row->at.s;
    return true;
}
static bool see_fill(void *context, const struct office_fill *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)context;
    return true;
}

TEST(an_officer_decides_once_and_an_approval_needs_its_draft)
{
    struct err err = {0};
    struct office o;
    int64_t order = 0;
    office_open(&o);
    struct office_draft d = draft(ID_ONE, 1);
    struct office_approval a = {.draft = d.id,
                                .officer = STR("one"),
                                .decision = STR("release"),
                                .note = str_bytes(STR("note")),
                                .at = {2},
                                .until = {9}};
    EXPECT_ERR(office_approval_add(&o.txn, &a, &err), ERR_CONFLICT);
    EXPECT_OK(office_draft_add(&o.txn, &d, &err));
    EXPECT_OK(office_approval_add(&o.txn, &a, &err));
    a.decision = STR("refuse");
    EXPECT_ERR(office_approval_add(&o.txn, &a, &err), ERR_CONFLICT);
    a.officer = STR("two");
    a.at.s = 1;
    EXPECT_OK(office_approval_add(&o.txn, &a, &err));
    EXPECT_OK(office_approvals(&o.txn, &d.id, see_approval, &order, &err));
    EXPECT(order == 12);
    EXPECT_OK(office_approvals_drop(&o.txn, &d.id, &err));
    order = 0;
    EXPECT_OK(office_approvals(&o.txn, &d.id, see_approval, &order, &err));
    EXPECT(order == 0);
    office_close(&o);
}

TEST(a_draft_is_filled_once_a_ref_given_once_and_signed_once)
{
    struct err err = {0};
    struct office o;
    struct office_fill got;
    size_t count = 0;
    office_open(&o);
    struct office_draft one = draft(ID_ONE, 1);
    struct office_draft two = draft(ID_TWO, 1);
    EXPECT_OK(office_draft_add(&o.txn, &one, &err));
    EXPECT_OK(office_draft_add(&o.txn, &two, &err));
    struct office_fill f = {.draft = one.id,
                            .ref = STR("XA/XB-2026-0001"),
                            .at = {5},
                            .sealed = str_bytes(STR("full text"))};
    EXPECT_OK(office_fill_add(&o.txn, &f, &err));
    EXPECT_ERR(office_fill_add(&o.txn, &f, &err), ERR_CONFLICT);
    f.draft = two.id;
    EXPECT_ERR(office_fill_add(&o.txn, &f, &err), ERR_CONFLICT); // the ref is taken
    f.ref = STR("XA/XB-2026-0002");
    EXPECT_OK(office_fill_add(&o.txn, &f, &err));
    EXPECT_OK(office_fill_sign(&o.txn, &one.id, str_bytes(STR("sealed note")), &err));
    EXPECT_ERR(office_fill_sign(&o.txn, &one.id, str_bytes(STR("another")), &err), ERR_CONFLICT);
    EXPECT_OK(office_fill_get(&o.txn, &one.id, &o.arena, &got, &err));
    EXPECT(bytes_eq(got.note, str_bytes(STR("sealed note"))) && got.at.s == 5);
    EXPECT_OK(office_fills(&o.txn, see_fill, &count, &err));
    EXPECT(count == 2);
    EXPECT_OK(office_draft_erase(&o.txn, &one.id, &err));
    EXPECT_ERR(office_fill_get(&o.txn, &one.id, &o.arena, &got, &err), ERR_NOT_FOUND);
    EXPECT_OK(office_fill_drop(&o.txn, &two.id, &err));
    count = 0;
    EXPECT_OK(office_fills(&o.txn, see_fill, &count, &err));
    EXPECT(count == 0);
    office_close(&o);
}
