// store/exchange_peer.c - see exchange_peer.h.
#include "store/exchange_peer.h"

#include "store/stmt.h"

// -- peers ------------------------------------------------------------------------------------
bool exchange_peer_put(struct txn *txn, struct str origin, struct str functions,
                       struct str endpoint, struct err *err)
{
    if (origin.len == 0 || origin.len > ORIGIN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "an origin has 1 to %d octets", ORIGIN_BYTES_MAX);
    if (functions.len > PEER_TEXT_BYTES_MAX || endpoint.len > PEER_TEXT_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a peer's functions or endpoint above %d octets",
                       PEER_TEXT_BYTES_MAX);
    struct stmt s = txn_stmt(txn, SQL_PEER_PUT);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_str(&s, 2, functions);
    stmt_bind_str(&s, 3, endpoint);
    return stmt_run(&s, err);
}

static void read_peer(struct stmt *s, struct exchange_peer *ret)
{
    *ret = (struct exchange_peer){
        .origin = stmt_str(s, 0),
        .functions = stmt_str(s, 1),
        .endpoint = stmt_str(s, 2),
        .contact_ms = stmt_int(s, 3),
        .failures = stmt_count(s, 4),
        .next_try_ms = stmt_int(s, 5),
    };
}

bool exchange_peer_get(struct txn *txn, struct str origin, struct arena *a,
                       struct exchange_peer *ret, struct err *err)
{
    bool found = false;
    struct exchange_peer row;
    struct stmt s = txn_stmt(txn, SQL_PEER_GET);
    stmt_bind_str(&s, 1, origin);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such peer");
    read_peer(&s, &row);
    bool done = stmt_fits(&s, err) && arena_str(a, row.origin, &row.origin, err) &&
                arena_str(a, row.functions, &row.functions, err) &&
                arena_str(a, row.endpoint, &row.endpoint, err);
    stmt_stop(&s);
    if (done)
        *ret = row;
    return done;
}

struct peer_list {
    exchange_peer_each *each;
    void *context;
};
static bool peer_row(struct stmt *s, void *context, struct err *err)
{
    const struct peer_list *list = context;
    struct exchange_peer row;
    read_peer(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool exchange_peers(struct txn *txn, exchange_peer_each *each, void *context, struct err *err)
{
    struct peer_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_PEER_LIST);
    return stmt_each(&s, peer_row, &list, err);
}

bool exchange_peer_drop(struct txn *txn, struct str origin, struct err *err)
{
    struct stmt heads = txn_stmt(txn, SQL_PEER_DROP_HEADS);
    stmt_bind_str(&heads, 1, origin);
    struct stmt peer = txn_stmt(txn, SQL_PEER_DROP);
    stmt_bind_str(&peer, 1, origin);
    return stmt_run(&heads, err) && stmt_run(&peer, err);
}

bool exchange_peer_called(struct txn *txn, struct str origin, bool well, int64_t now_ms,
                          int64_t next_try_ms, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, well ? SQL_PEER_REACHED : SQL_PEER_MISSED);
    stmt_bind_str(&s, 1, origin);
    if (well)
        stmt_bind_int(&s, 2, now_ms);
    stmt_bind_int(&s, well ? 3 : 2, next_try_ms);
    if (!stmt_find(&s, &found, err) || !stmt_done(&s, err))
        return false;
    return found ? true : err_set(err, ERR_NOT_FOUND, NULL, "no such peer");
}

// -- heads ------------------------------------------------------------------------------------
bool exchange_head_put(struct txn *txn, struct str origin, const struct exchange_head *row,
                       struct err *err)
{
    if (row->size.n > TREE_SIZE_MAX || row->root_prefix.len > ROOT_PREFIX_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a head's size or root prefix is out of bounds");
    struct stmt s = txn_stmt(txn, SQL_HEAD_PUT);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_int(&s, 2, row->log.n);
    stmt_bind_count(&s, 3, row->size.n);
    stmt_bind_bytes(&s, 4, row->root_prefix);
    stmt_bind_int(&s, 5, row->cosigs_sent);
    return stmt_run(&s, err);
}

static void read_head(struct stmt *s, struct exchange_head *ret)
{
    *ret = (struct exchange_head){
        .log = {stmt_int(s, 0)},
        .size = {stmt_count(s, 1)},
        .root_prefix = stmt_bytes(s, 2),
        .cosigs_sent = stmt_int(s, 3),
    };
}

bool exchange_head_get(struct txn *txn, struct str origin, struct log_id log, struct arena *a,
                       struct exchange_head *ret, struct err *err)
{
    bool found = false;
    struct exchange_head row = {.log = log};
    struct stmt s = txn_stmt(txn, SQL_HEAD_GET);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_int(&s, 2, log.n);
    if (!stmt_find(&s, &found, err))
        return false;
    if (found)
        read_head(&s, &row);
    bool done = stmt_fits(&s, err) && arena_copy(a, row.root_prefix, &row.root_prefix, err);
    stmt_stop(&s);
    if (done)
        *ret = row;
    return done;
}

struct head_list {
    exchange_head_each *each;
    void *context;
};
static bool head_row(struct stmt *s, void *context, struct err *err)
{
    const struct head_list *list = context;
    struct exchange_head row;
    read_head(s, &row);
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool exchange_heads(struct txn *txn, struct str origin, exchange_head_each *each, void *context,
                    struct err *err)
{
    struct head_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_HEAD_LIST);
    stmt_bind_str(&s, 1, origin);
    return stmt_each(&s, head_row, &list, err);
}
