// store/exchange_waiting.c - offers and wants: the second half of exchange_blob.h.
#include "store/exchange_blob.h"
#include "store/exchange_stage.h"
#include "store/stmt.h"

enum { PRECEDENCE_MAX = 3 };                       // FLASH
enum { ERASED_KEY_CHARS = DIGEST_TEXT_CHARS + 7 }; // after "erased/"

static bool waiting_check(uint64_t size, unsigned precedence, struct leaf_index at, struct err *err)
{
    if (size == 0 || size > BLOB_BYTES_MAX || precedence > PRECEDENCE_MAX || at.n > TREE_SIZE_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a blob's size, precedence or index is out of bounds");
    return true;
}

// -- offers -----------------------------------------------------------------------------------
bool exchange_offer_put(struct txn *txn, const struct exchange_offer *row, struct err *err)
{
    if (!waiting_check(row->size, row->precedence, row->at, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_OFFER_PUT);
    stmt_bind_str(&s, 1, row->reader);
    stmt_bind_digest(&s, 2, &row->hash);
    stmt_bind_int(&s, 3, row->log.n);
    stmt_bind_count(&s, 4, row->at.n);
    stmt_bind_count(&s, 5, row->size);
    stmt_bind_count(&s, 6, row->precedence);
    return stmt_run(&s, err);
}

bool exchange_offer_drop(struct txn *txn, struct str reader, const struct digest *hash,
                         struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_OFFER_DROP);
    stmt_bind_str(&s, 1, reader);
    stmt_bind_digest(&s, 2, hash);
    return stmt_run(&s, err);
}

struct offer_list {
    exchange_offer_each *each;
    void *context;
};
static bool offer_row(struct stmt *s, void *context, struct err *err)
{
    const struct offer_list *list = context;
    struct exchange_offer row = {
        .reader = stmt_str(s, 0),
        .hash = stmt_digest(s, 1),
        .log = {stmt_int(s, 2)},
        .at = {stmt_count(s, 3)},
        .size = stmt_count(s, 4),
        .precedence = stmt_small(s, 5, PRECEDENCE_MAX),
    };
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool exchange_offers(struct txn *txn, struct str reader, uint64_t count_max,
                     exchange_offer_each *each, void *context, struct err *err)
{
    struct offer_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_OFFER_LIST);
    stmt_bind_str(&s, 1, reader);
    stmt_bind_limit(&s, 2, count_max);
    return stmt_each(&s, offer_row, &list, err);
}

struct offer_found {
    struct exchange_offer *offer;
    bool found;
};
static bool keep_offer(void *context, const struct exchange_offer *row, struct err *err)
{
    struct offer_found *f = context;
    (void)err;
    *f->offer = *row;
    f->found = true;
    return true;
}

bool exchange_offer_get(struct txn *txn, struct str reader, const struct digest *hash,
                        struct exchange_offer *ret, struct err *err)
{
    struct exchange_offer offer;
    struct offer_found found = {&offer, false};
    struct offer_list list = {keep_offer, &found};
    struct stmt s = txn_stmt(txn, SQL_OFFER_GET);
    stmt_bind_str(&s, 1, reader);
    stmt_bind_digest(&s, 2, hash);
    if (!stmt_each(&s, offer_row, &list, err))
        return false;
    if (!found.found)
        return err_set(err, ERR_NOT_FOUND, NULL, "nothing waits under this hash");
    offer.reader = reader; // the statement's own text is over
    *ret = offer;
    return true;
}

static bool one_number(struct stmt *s, uint64_t *ret, struct err *err)
{
    if (!stmt_run_one(s, err))
        return false;
    *ret = stmt_count(s, 0);
    return stmt_done(s, err);
}

bool exchange_offer_count(struct txn *txn, const struct digest *hash, uint64_t *ret,
                          struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_OFFER_COUNT);
    stmt_bind_digest(&s, 1, hash);
    return one_number(&s, ret, err);
}

bool exchange_offer_bytes(struct txn *txn, struct log_id log, uint64_t *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_OFFER_BYTES);
    stmt_bind_int(&s, 1, log.n);
    return one_number(&s, ret, err);
}

// -- what was destroyed here ------------------------------------------------------------------
static void erased_key(const struct digest *hash, char ret[ERASED_KEY_CHARS + 1])
{
    memcpy(ret, "erased/", sizeof "erased/" - 1);
    digest_write(hash, ret + sizeof "erased/" - 1);
}

bool exchange_erased_put(struct txn *txn, const struct digest *hash, struct moment at,
                         struct err *err)
{
    char key[ERASED_KEY_CHARS + 1];
    uint8_t octets[8];
    struct writer w = writer_of(octets, sizeof octets);
    CHECK(at.s > 0); // 0 says "never"
    writer_u64(&w, (uint64_t)at.s);
    erased_key(hash, key);
    return exchange_setting_put(txn, str_of(key), writer_bytes(&w), err);
}

bool exchange_erased_get(struct txn *txn, const struct digest *hash, struct moment *ret_at,
                         struct err *err)
{
    char key[ERASED_KEY_CHARS + 1];
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_SETTING_GET);
    erased_key(hash, key);
    stmt_bind_str(&s, 1, str_of(key));
    if (!stmt_find(&s, &found, err))
        return false;
    struct reader r = reader_of(found ? stmt_bytes(&s, 0) : (struct bytes){0});
    ret_at->s = found ? (int64_t)reader_u64(&r) : 0;
    return !found || stmt_done(&s, err);
}

// -- wants ------------------------------------------------------------------------------------
bool exchange_want_put(struct txn *txn, const struct exchange_want *row, struct err *err)
{
    struct moment erased = {0};
    if (!waiting_check(row->size, row->precedence, row->at, err) ||
        !exchange_erased_get(txn, &row->hash, &erased, err))
        return false;
    if (erased.s != 0)
        return true; // destroyed here, and never fetched again
    struct stmt s = txn_stmt(txn, SQL_WANT_PUT);
    stmt_bind_digest(&s, 1, &row->hash);
    stmt_bind_int(&s, 2, row->log.n);
    stmt_bind_count(&s, 3, row->at.n);
    stmt_bind_count(&s, 4, row->size);
    stmt_bind_count(&s, 5, row->precedence);
    stmt_bind_int(&s, 6, row->from_author);
    return stmt_run(&s, err);
}

static bool want_by_hash(struct txn *txn, enum sql what, const struct digest *hash, struct err *err)
{
    struct stmt s = txn_stmt(txn, what);
    stmt_bind_digest(&s, 1, hash);
    return stmt_run(&s, err);
}

bool exchange_want_tried(struct txn *txn, const struct digest *hash, struct err *err)
{
    return want_by_hash(txn, SQL_WANT_TRIED, hash, err);
}

bool exchange_want_drop(struct txn *txn, const struct digest *hash, struct err *err)
{
    return want_by_hash(txn, SQL_WANT_DROP, hash, err);
}

struct want_list {
    exchange_want_each *each;
    void *context;
};
static bool want_row(struct stmt *s, void *context, struct err *err)
{
    const struct want_list *list = context;
    struct exchange_want row = {
        .hash = stmt_digest(s, 0),
        .log = {stmt_int(s, 1)},
        .at = {stmt_count(s, 2)},
        .size = stmt_count(s, 3),
        .precedence = stmt_small(s, 4, PRECEDENCE_MAX),
        .from_author = stmt_small(s, 5, 1) == 1,
        .tries = stmt_count(s, 6),
    };
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool exchange_wants(struct txn *txn, uint64_t count_max, exchange_want_each *each, void *context,
                    struct err *err)
{
    struct want_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_WANT_LIST);
    stmt_bind_limit(&s, 1, count_max);
    return stmt_each(&s, want_row, &list, err);
}

bool exchange_wants_of(struct txn *txn, struct log_id log, struct leaf_index at,
                       exchange_want_each *each, void *context, struct err *err)
{
    struct want_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_WANT_OF);
    stmt_bind_int(&s, 1, log.n);
    stmt_bind_limit(&s, 2, at.n);
    return stmt_each(&s, want_row, &list, err);
}

bool exchange_wants_for(struct txn *txn, const struct digest *hash, exchange_want_each *each,
                        void *context, struct err *err)
{
    struct want_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_WANT_BY_HASH);
    stmt_bind_digest(&s, 1, hash);
    return stmt_each(&s, want_row, &list, err);
}

bool exchange_wants_in(struct txn *txn, struct log_id log, bool from_author, uint64_t count_max,
                       exchange_want_each *each, void *context, struct err *err)
{
    struct want_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_WANT_IN);
    stmt_bind_int(&s, 1, log.n);
    stmt_bind_int(&s, 2, from_author ? 1 : 0);
    stmt_bind_limit(&s, 3, count_max);
    return stmt_each(&s, want_row, &list, err);
}
