// store/exchange_setting.c - community file and settings: the last part of
// exchange_stage.h.
#include "store/exchange_stage.h"
#include "store/stmt.h"

enum { SETTING_KEY_BYTES_MAX = 255, SETTING_BYTES_MAX = 1048576 };

// -- the community file -----------------------------------------------------------------------
static bool community_number(struct txn *txn, int64_t *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_COMMUNITY_NEW);
    if (!stmt_run_one(&s, err))
        return false;
    *ret = stmt_int(&s, 0);
    return stmt_done(&s, err);
}

bool exchange_community_apply(struct txn *txn, struct bytes text, struct moment at, struct err *err)
{
    int64_t number = 0;
    struct digest hash = digest_of(text);
    if (text.len == 0 || text.len > COMMUNITY_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a community file has 1 to %d octets",
                       COMMUNITY_BYTES_MAX);
    if (!community_number(txn, &number, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_COMMUNITY_PUT);
    stmt_bind_int(&s, 1, number);
    stmt_bind_digest(&s, 2, &hash);
    stmt_bind_int(&s, 3, at.s);
    stmt_bind_bytes(&s, 4, text);
    return stmt_run(&s, err);
}

static void read_community(struct stmt *s, struct exchange_community *ret)
{
    *ret = (struct exchange_community){
        .hash = stmt_digest(s, 0), .applied = {stmt_int(s, 1)}, .text = stmt_bytes(s, 2)};
}

bool exchange_community_get(struct txn *txn, struct arena *a, struct exchange_community *ret,
                            struct err *err)
{
    bool found = false;
    struct exchange_community row;
    struct stmt s = txn_stmt(txn, SQL_COMMUNITY_LIST);
    stmt_bind_int(&s, 1, 1);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no community file is applied here");
    read_community(&s, &row);
    bool done = stmt_fits(&s, err) && arena_copy(a, row.text, &row.text, err);
    stmt_stop(&s);
    if (done)
        *ret = row;
    return done;
}

struct community_list {
    exchange_community_each *each;
    void *context;
};
static bool community_row(struct stmt *s, void *context, struct err *err)
{
    const struct community_list *list = context;
    struct exchange_community row;
    read_community(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool exchange_communities(struct txn *txn, exchange_community_each *each, void *context,
                          struct err *err)
{
    struct community_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_COMMUNITY_LIST);
    stmt_bind_int(&s, 1, INT64_MAX);
    return stmt_each(&s, community_row, &list, err);
}

// -- settings ---------------------------------------------------------------------------------
// The one column of the one row of a look-up, into the arena.
static bool fetch(struct stmt *s, struct arena *a, struct bytes *ret, struct err *err)
{
    bool found = false;
    if (!stmt_find(s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such setting is held here");
    struct bytes octets = stmt_bytes(s, 0);
    bool done = stmt_fits(s, err) && arena_copy(a, octets, ret, err);
    stmt_stop(s);
    return done;
}

bool exchange_setting_put(struct txn *txn, struct str key, struct bytes value, struct err *err)
{
    if (key.len == 0 || key.len > SETTING_KEY_BYTES_MAX || value.len > SETTING_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a setting's key or value is empty or too long");
    struct stmt s = txn_stmt(txn, SQL_SETTING_PUT);
    stmt_bind_str(&s, 1, key);
    stmt_bind_bytes(&s, 2, value);
    return stmt_run(&s, err);
}

bool exchange_setting_get(struct txn *txn, struct str key, struct arena *a, struct bytes *ret,
                          struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_SETTING_GET);
    stmt_bind_str(&s, 1, key);
    return fetch(&s, a, ret, err);
}

bool exchange_setting_drop(struct txn *txn, struct str key, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_SETTING_DROP);
    stmt_bind_str(&s, 1, key);
    return stmt_run(&s, err);
}

struct setting_list {
    exchange_setting_each *each;
    void *context;
};
static bool setting_row(struct stmt *s, void *context, struct err *err)
{
    const struct setting_list *list = context;
    struct str key = stmt_str(s, 0);
    struct bytes value = stmt_bytes(s, 1);
    return stmt_fits(s, err) && list->each(list->context, key, value, err);
}

bool exchange_settings(struct txn *txn, struct str prefix, exchange_setting_each *each,
                       void *context, struct err *err)
{
    struct setting_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_SETTING_LIST);
    stmt_bind_str(&s, 1, prefix);
    return stmt_each(&s, setting_row, &list, err);
}
