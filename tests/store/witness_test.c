// Source of what is asked: DESIGN 5.4 and 5.5; FORMATS section 2 (another manifest of a version is
// evidence).
#include "store/exchange_witness.h"

#include "store/exchange_peer.h"
#include "tests/store/support.h"

struct lines {
    struct exchange_cosig row[300];
    size_t count;
};
static bool see(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct lines *l = context;
    (void)err;
    EXPECT(l->count < 300);
    l->row[l->count++] = *row; // texts are gone after this call; numbers stay
    return true;
}

static struct exchange_cosig line_of(struct log_id log, uint64_t size, struct str name,
                                     uint64_t time_s)
{
    return (struct exchange_cosig){.log = log,
                                   .size = {size},
                                   .key_name = name,
                                   .key_id = 0xfedcba98,
                                   .time_s = time_s,
                                   .line = str_bytes(STR("a signature line"))};
}

static size_t count_at(struct fixture *f, struct log_id log, uint64_t size)
{
    struct err err = {0};
    struct lines l = {.count = 0};
    EXPECT_OK(exchange_cosigs(&f->txn, log, (struct tree_size){size}, see, &l, &err));
    return l.count;
}

TEST(of_one_key_at_one_size_the_earliest_time_stays)
{
    struct err err = {0};
    struct fixture f;
    bool new = false;
    struct lines l = {.count = 0};
    fixture_open(&f);
    struct exchange_cosig row = line_of(f.log, 7, STR("xb.example/demo/witness"), 500);
    EXPECT_OK(exchange_cosig_put(&f.txn, &row, &new, &err));
    EXPECT(new);
    row.time_s = 600;
    EXPECT_OK(exchange_cosig_put(&f.txn, &row, &new, &err));
    EXPECT(!new);
    row.time_s = 400;
    EXPECT_OK(exchange_cosig_put(&f.txn, &row, &new, &err));
    EXPECT(!new);
    EXPECT_OK(exchange_cosigs(&f.txn, f.log, row.size, see, &l, &err));
    EXPECT(l.count == 1 && l.row[0].time_s == 400 && l.row[0].key_id == 0xfedcba98);
    row.key_id = 1; // another key of the same name counts for itself
    EXPECT_OK(exchange_cosig_put(&f.txn, &row, &new, &err));
    EXPECT(new &&count_at(&f, f.log, 7) == 2);
    fixture_close(&f);
}

TEST(of_a_peers_log_the_newest_sizes_stay_and_each_keys_last_line)
{
    struct err err = {0};
    struct fixture f;
    struct log_id own;
    struct tree_size size = {0};
    struct lines l = {.count = 0};
    fixture_open(&f);
    EXPECT_OK(exchange_log_add(&f.txn, STR("xb.example/demo"), true, &own, &err));
    struct exchange_cosig rare = line_of(f.log, 1, STR("xc.example/demo/witness"), 1);
    EXPECT_OK(exchange_cosig_put(&f.txn, &rare, NULL, &err));
    for (uint64_t n = 1; n <= 100; n++) {
        struct exchange_cosig row = line_of(f.log, n, STR("xb.example/demo/witness"), n);
        EXPECT_OK(exchange_cosig_put(&f.txn, &row, NULL, &err));
        row.log = own;
        EXPECT_OK(exchange_cosig_put(&f.txn, &row, NULL, &err));
    }
    EXPECT(count_at(&f, f.log, 1) == 1); // the only line of XC's key
    EXPECT(count_at(&f, f.log, 2) == 0);
    EXPECT(count_at(&f, f.log, 36) == 0);
    EXPECT(count_at(&f, f.log, 37) == 1);
    EXPECT(count_at(&f, f.log, 100) == 1);
    EXPECT(count_at(&f, own, 1) == 1); // of our own log all stay
    EXPECT_OK(exchange_cosig_size(&f.txn, f.log, (struct tree_size){2}, &size, &err));
    EXPECT(size.n == 37);
    EXPECT_ERR(exchange_cosig_size(&f.txn, f.log, (struct tree_size){101}, &size, &err),
               ERR_NOT_FOUND);
    EXPECT_OK(exchange_cosigs_newest(&f.txn, f.log, see, &l, &err));
    EXPECT(l.count == 2 && l.row[0].size.n == 100 && l.row[1].size.n == 1);
    fixture_close(&f);
}

TEST(lines_are_numbered_for_sending_and_no_number_comes_twice)
{
    struct err err = {0};
    struct fixture f;
    struct lines l = {.count = 0};
    fixture_open(&f);
    for (uint64_t n = 1; n <= 70; n++) {
        struct exchange_cosig row = line_of(f.log, 200 - n, STR("xb.example/demo/witness"), n);
        EXPECT_OK(exchange_cosig_put(&f.txn, &row, NULL, &err)); // the oldest size goes at once
    }
    struct exchange_cosig last = line_of(f.log, 500, STR("xb.example/demo/witness"), 99);
    EXPECT_OK(exchange_cosigs_since(&f.txn, f.log, 60, UINT64_MAX, see, &l, &err));
    for (size_t i = 1; i < l.count; i++)
        EXPECT(l.row[i].number > l.row[i - 1].number);
    EXPECT_OK(exchange_cosig_put(&f.txn, &last, NULL, &err));
    l.count = 0;
    EXPECT_OK(exchange_cosigs_since(&f.txn, f.log, 70, 10, see, &l, &err));
    EXPECT(l.count == 1 && l.row[0].size.n == 500 && l.row[0].number > 70);
    fixture_close(&f);
}

struct chain {
    uint64_t version[8], at[8];
    bool logged[8];
    size_t count;
};
static bool see_manifest(void *context, const struct exchange_manifest *row, struct err *err)
{
    struct chain *c = context;
    (void)err;
    c->version[c->count] = row->version;
    c->logged[c->count] = row->logged;
    c->at[c->count++] = row->at.n;
    return true;
}

TEST(a_manifest_known_out_of_band_gets_its_index_and_another_is_a_conflict)
{
    struct err err = {0};
    struct fixture f;
    struct chain c = {.count = 0};
    uint64_t newest = 9;
    fixture_open(&f);
    EXPECT_OK(exchange_manifest_newest(&f.txn, f.log, &newest, &err));
    EXPECT(newest == 0);
    struct exchange_manifest m = {.log = f.log, .version = 1, .note = str_bytes(STR("one"))};
    EXPECT_OK(exchange_manifest_put(&f.txn, &m, &err));
    m.logged = true;
    EXPECT_OK(exchange_manifest_put(&f.txn, &m, &err)); // at index 0
    m.logged = false;
    EXPECT_OK(exchange_manifest_put(&f.txn, &m, &err)); // the index stays
    struct exchange_manifest other = {
        .log = f.log, .version = 1, .logged = true, .at = {3}, .note = str_bytes(STR("one"))};
    EXPECT_ERR(exchange_manifest_put(&f.txn, &other, &err), ERR_CONFLICT);
    other.at.n = 0;
    other.note = str_bytes(STR("two"));
    EXPECT_ERR(exchange_manifest_put(&f.txn, &other, &err), ERR_CONFLICT);
    other.version = 2;
    other.at.n = 41;
    EXPECT_OK(exchange_manifest_put(&f.txn, &other, &err));
    other.version = 0;
    EXPECT_ERR(exchange_manifest_put(&f.txn, &other, &err), ERR_LIMIT);
    EXPECT_OK(exchange_manifests(&f.txn, f.log, 0, 9, see_manifest, &c, &err));
    EXPECT(c.count == 2 && c.logged[0] && c.at[0] == 0 && c.version[1] == 2 && c.at[1] == 41);
    c.count = 0;
    EXPECT_OK(exchange_manifests(&f.txn, f.log, 1, 9, see_manifest, &c, &err));
    EXPECT(c.count == 1);
    EXPECT_OK(exchange_manifest_newest(&f.txn, f.log, &newest, &err));
    EXPECT(newest == 2);
    fixture_close(&f);
}

static bool count_evidence(void *context, const struct exchange_evidence *row, struct err *err)
{
    (void)err;
    *(size_t *)context += row->octets.len;
    return true;
}

TEST(evidence_is_kept_once_and_under_its_own_hash)
{
    struct err err = {0};
    struct fixture f;
    bool new = false;
    size_t octets = 0;
    fixture_open(&f);
    struct exchange_evidence e = {.origin = STR("xb.example/demo"),
                                  .octets = str_bytes(STR("two roots")),
                                  .found = {1784000000}};
    EXPECT_ERR(exchange_evidence_put(&f.txn, &e, &new, &err), ERR_TAMPERED);
    e.digest = digest_of(e.octets);
    EXPECT_OK(exchange_evidence_put(&f.txn, &e, &new, &err));
    EXPECT(new);
    EXPECT_OK(exchange_evidence_put(&f.txn, &e, &new, &err));
    EXPECT(!new);
    EXPECT_OK(exchange_evidences(&f.txn, NULL, 9, count_evidence, &octets, &err));
    EXPECT(octets == 9);
    EXPECT_OK(exchange_evidences(&f.txn, &e.digest, 9, count_evidence, &octets, &err));
    EXPECT(octets == 9); // nothing above it
    fixture_close(&f);
}

static bool count_peer(void *context, const struct exchange_peer *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)context;
    return true;
}
static bool count_head(void *context, const struct exchange_head *row, struct err *err)
{
    (void)err;
    *(uint64_t *)context += row->size.n;
    return true;
}

TEST(a_peer_keeps_its_history_when_functions_change_and_heads_go_with_it)
{
    struct err err = {0};
    struct fixture f;
    struct exchange_peer p;
    struct exchange_head h;
    size_t count = 0;
    uint64_t sizes = 0;
    struct str xb = STR("xb.example/demo");
    fixture_open(&f);
    EXPECT_ERR(exchange_peer_get(&f.txn, xb, &f.arena, &p, &err), ERR_NOT_FOUND);
    EXPECT_ERR(exchange_peer_called(&f.txn, xb, true, 1, 2, &err), ERR_NOT_FOUND);
    EXPECT_OK(exchange_peer_put(&f.txn, xb, STR("witness"), STR(""), &err));
    EXPECT_OK(exchange_peer_called(&f.txn, xb, true, 1000, 2000, &err));
    EXPECT_OK(exchange_peer_called(&f.txn, xb, false, 3000, 4000, &err));
    EXPECT_OK(exchange_peer_called(&f.txn, xb, false, 5000, 6000, &err));
    EXPECT_OK(exchange_peer_put(&f.txn, xb, STR("witness mirror"), STR("192.0.2.1:4400"), &err));
    EXPECT_OK(exchange_peer_get(&f.txn, xb, &f.arena, &p, &err));
    EXPECT(p.contact_ms == 1000 && p.failures == 2 && p.next_try_ms == 6000);
    EXPECT(str_eq(p.functions, STR("witness mirror")));
    EXPECT_OK(exchange_peer_called(&f.txn, xb, true, 7000, 8000, &err));
    EXPECT_OK(exchange_peer_get(&f.txn, xb, &f.arena, &p, &err));
    EXPECT(p.failures == 0);
    EXPECT_OK(exchange_head_get(&f.txn, xb, f.log, &f.arena, &h, &err));
    EXPECT(h.size.n == 0 && h.cosigs_sent == 0 && h.root_prefix.len == 0);
    h = (struct exchange_head){f.log, {12}, str_bytes(STR("12345678")), 9};
    EXPECT_OK(exchange_head_put(&f.txn, xb, &h, &err));
    h.size.n = 13;
    EXPECT_OK(exchange_head_put(&f.txn, xb, &h, &err));
    EXPECT_OK(exchange_heads(&f.txn, xb, count_head, &sizes, &err));
    EXPECT(sizes == 13);
    EXPECT_OK(exchange_peers(&f.txn, count_peer, &count, &err));
    EXPECT(count == 1);
    EXPECT_OK(exchange_peer_drop(&f.txn, xb, &err));
    EXPECT_OK(exchange_heads(&f.txn, xb, count_head, &sizes, &err));
    EXPECT(sizes == 13);
    fixture_close(&f);
}
