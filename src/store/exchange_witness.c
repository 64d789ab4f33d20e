// store/exchange_witness.c - see exchange_witness.h.
#include "store/exchange_witness.h"

#include "store/stmt.h"

enum { COSIG_LINE_BYTES_MAX = 8192 }; // an ML-DSA-44 line is 3.5 KiB

// -- cosignatures -----------------------------------------------------------------------------
struct cosig_list {
    exchange_cosig_each *each;
    void *context;
};
static bool cosig_row(struct stmt *s, void *context, struct err *err)
{
    const struct cosig_list *list = context;
    struct exchange_cosig row = {
        .number = stmt_int(s, 0),
        .log = {stmt_int(s, 1)},
        .size = {stmt_count(s, 2)},
        .key_name = stmt_str(s, 3),
        .key_id = stmt_small(s, 4, UINT32_MAX),
        .time_s = stmt_count(s, 5),
        .line = stmt_bytes(s, 6),
    };
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

static bool cosig_check(const struct exchange_cosig *row, struct err *err)
{
    if (row->key_name.len == 0 || row->key_name.len > KEY_NAME_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a key name has 1 to %d octets", KEY_NAME_BYTES_MAX);
    if (row->line.len == 0 || row->line.len > COSIG_LINE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a cosignature line has 1 to %d octets",
                       COSIG_LINE_BYTES_MAX);
    if (row->time_s > INT64_MAX || row->size.n > TREE_SIZE_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a cosignature's time or size is beyond 2^63-1");
    return true;
}

// *ret_number is 0 when this key has no line at this size.
static bool cosig_find(struct txn *txn, const struct exchange_cosig *row, int64_t *ret_number,
                       uint64_t *ret_time, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_COSIG_FIND);
    stmt_bind_int(&s, 1, row->log.n);
    stmt_bind_count(&s, 2, row->size.n);
    stmt_bind_str(&s, 3, row->key_name);
    stmt_bind_count(&s, 4, row->key_id);
    if (!stmt_find(&s, &found, err))
        return false;
    *ret_number = found ? stmt_int(&s, 0) : 0;
    *ret_time = found ? stmt_count(&s, 1) : 0;
    return stmt_done(&s, err);
}

static bool cosig_earlier(struct txn *txn, int64_t number, const struct exchange_cosig *row,
                          struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_COSIG_EARLIER);
    stmt_bind_int(&s, 1, number);
    stmt_bind_count(&s, 2, row->time_s);
    stmt_bind_bytes(&s, 3, row->line);
    return stmt_run(&s, err);
}

static bool cosig_thin(struct txn *txn, struct log_id log, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_LOG_GET);
    stmt_bind_int(&s, 1, log.n);
    if (!stmt_run_one(&s, err))
        return false;
    bool own = stmt_small(&s, 2, 1) == 1;
    if (!stmt_done(&s, err) || own)
        return own;
    struct stmt thin = txn_stmt(txn, SQL_COSIG_THIN);
    stmt_bind_int(&thin, 1, log.n);
    stmt_bind_int(&thin, 2, COSIG_SIZES_KEPT);
    return stmt_run(&thin, err);
}

static bool cosig_add(struct txn *txn, const struct exchange_cosig *row, struct err *err)
{
    int64_t number = 0;
    if (!store_counter_next(txn, STR("cosig"), &number, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_COSIG_ADD);
    stmt_bind_int(&s, 1, number);
    stmt_bind_int(&s, 2, row->log.n);
    stmt_bind_count(&s, 3, row->size.n);
    stmt_bind_str(&s, 4, row->key_name);
    stmt_bind_count(&s, 5, row->key_id);
    stmt_bind_count(&s, 6, row->time_s);
    stmt_bind_bytes(&s, 7, row->line);
    return stmt_run(&s, err) && cosig_thin(txn, row->log, err);
}

bool exchange_cosig_put(struct txn *txn, const struct exchange_cosig *row, bool *ret_new,
                        struct err *err)
{
    int64_t number = 0;
    uint64_t time_s = 0;
    if (!cosig_check(row, err) || !cosig_find(txn, row, &number, &time_s, err))
        return false;
    if (number == 0 && !cosig_add(txn, row, err))
        return false;
    if (number != 0 && row->time_s < time_s && !cosig_earlier(txn, number, row, err))
        return false;
    if (ret_new != NULL)
        *ret_new = number == 0;
    return true;
}

bool exchange_cosigs(struct txn *txn, struct log_id id, struct tree_size size,
                     exchange_cosig_each *each, void *context, struct err *err)
{
    struct cosig_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_COSIG_AT);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_count(&s, 2, size.n);
    return stmt_each(&s, cosig_row, &list, err);
}

bool exchange_cosig_size(struct txn *txn, struct log_id id, struct tree_size least,
                         struct tree_size *ret, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_COSIG_SIZE);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_count(&s, 2, least.n);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no cosigned size from %llu on",
                       (unsigned long long)least.n);
    ret->n = stmt_count(&s, 0);
    return stmt_done(&s, err);
}

bool exchange_cosigs_newest(struct txn *txn, struct log_id id, exchange_cosig_each *each,
                            void *context, struct err *err)
{
    struct cosig_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_COSIG_NEWEST);
    stmt_bind_int(&s, 1, id.n);
    return stmt_each(&s, cosig_row, &list, err);
}

bool exchange_cosigs_since(struct txn *txn, struct log_id id, int64_t number, uint64_t count_max,
                           exchange_cosig_each *each, void *context, struct err *err)
{
    struct cosig_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_COSIG_SINCE);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_int(&s, 2, number);
    stmt_bind_limit(&s, 3, count_max);
    return stmt_each(&s, cosig_row, &list, err);
}

// -- key manifests ----------------------------------------------------------------------------
struct manifest_list {
    exchange_manifest_each *each;
    void *context;
};
static void read_manifest(struct stmt *s, struct exchange_manifest *ret)
{
    *ret = (struct exchange_manifest){
        .log = {stmt_int(s, 0)}, .version = stmt_count(s, 1), .note = stmt_bytes(s, 3)};
    ret->logged = !stmt_is_null(s, 2);
    ret->at.n = ret->logged ? stmt_count(s, 2) : 0;
}

static bool manifest_row(struct stmt *s, void *context, struct err *err)
{
    const struct manifest_list *list = context;
    struct exchange_manifest row;
    read_manifest(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

static bool manifest_add(struct txn *txn, const struct exchange_manifest *row, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_MANIFEST_ADD);
    stmt_bind_int(&s, 1, row->log.n);
    stmt_bind_count(&s, 2, row->version);
    stmt_bind_null(&s, 3);
    if (row->logged)
        stmt_bind_count(&s, 3, row->at.n);
    stmt_bind_bytes(&s, 4, row->note);
    return stmt_run(&s, err);
}

static bool manifest_place(struct txn *txn, const struct exchange_manifest *row, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_MANIFEST_PLACE);
    stmt_bind_int(&s, 1, row->log.n);
    stmt_bind_count(&s, 2, row->version);
    stmt_bind_count(&s, 3, row->at.n);
    return stmt_run(&s, err);
}

bool exchange_manifest_put(struct txn *txn, const struct exchange_manifest *row, struct err *err)
{
    bool found = false;
    if (row->version == 0 || row->version > INT64_MAX || row->note.len == 0 ||
        row->note.len > CHAIN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a manifest has a version from 1 and a note");
    struct stmt s = txn_stmt(txn, SQL_MANIFEST_GET);
    stmt_bind_int(&s, 1, row->log.n);
    stmt_bind_count(&s, 2, row->version);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return manifest_add(txn, row, err);
    struct exchange_manifest held;
    read_manifest(&s, &held);
    bool same = bytes_eq(held.note, row->note);
    bool moved = held.logged && row->logged && held.at.n != row->at.n;
    if (!stmt_done(&s, err))
        return false;
    if (!same || moved)
        return err_set(err, ERR_CONFLICT, "DESIGN 5.5", "another manifest of version %llu is held",
                       (unsigned long long)row->version);
    return row->logged && !held.logged ? manifest_place(txn, row, err) : true;
}

bool exchange_manifest_forget(struct txn *txn, struct log_id id, uint64_t version, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_MANIFEST_FORGET);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_count(&s, 2, version);
    return stmt_run(&s, err);
}

bool exchange_manifests(struct txn *txn, struct log_id id, uint64_t after_version,
                        uint64_t count_max, exchange_manifest_each *each, void *context,
                        struct err *err)
{
    struct manifest_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_MANIFEST_LIST);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_limit(&s, 2, after_version);
    stmt_bind_limit(&s, 3, count_max);
    return stmt_each(&s, manifest_row, &list, err);
}

bool exchange_manifest_newest(struct txn *txn, struct log_id id, uint64_t *ret_version,
                              struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_MANIFEST_NEWEST);
    stmt_bind_int(&s, 1, id.n);
    if (!stmt_run_one(&s, err))
        return false;
    *ret_version = stmt_count(&s, 0);
    return stmt_done(&s, err);
}

// -- evidence ---------------------------------------------------------------------------------
struct evidence_list {
    exchange_evidence_each *each;
    void *context;
};
static bool evidence_row(struct stmt *s, void *context, struct err *err)
{
    const struct evidence_list *list = context;
    struct exchange_evidence row = {
        .digest = stmt_digest(s, 0),
        .origin = stmt_str(s, 1),
        .octets = stmt_bytes(s, 2),
        .found = {stmt_int(s, 3)},
    };
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool exchange_evidence_put(struct txn *txn, const struct exchange_evidence *row, bool *ret_new,
                           struct err *err)
{
    bool new = false;
    struct digest real = digest_of(row->octets);
    if (row->octets.len == 0 || row->octets.len > CHAIN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "evidence has 1 to %d octets", CHAIN_BYTES_MAX);
    if (!digest_eq(&real, &row->digest))
        return err_set(err, ERR_TAMPERED, NULL, "the evidence has another hash");
    struct stmt s = txn_stmt(txn, SQL_EVIDENCE_ADD);
    stmt_bind_digest(&s, 1, &row->digest);
    stmt_bind_str(&s, 2, row->origin);
    stmt_bind_bytes(&s, 3, row->octets);
    stmt_bind_int(&s, 4, row->found.s);
    if (!stmt_find(&s, &new, err) || !stmt_done(&s, err))
        return false;
    if (ret_new != NULL)
        *ret_new = new;
    return true;
}

bool exchange_evidences(struct txn *txn, const struct digest *after, uint64_t count_max,
                        exchange_evidence_each *each, void *context, struct err *err)
{
    struct evidence_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_EVIDENCE_LIST);
    if (after != NULL)
        stmt_bind_digest(&s, 1, after);
    else
        stmt_bind_bytes(&s, 1, (struct bytes){0});
    stmt_bind_limit(&s, 2, count_max);
    return stmt_each(&s, evidence_row, &list, err);
}
