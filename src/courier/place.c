#include "courier/place.h"

#include "base/encode.h"
#include "store/exchange_peer.h"

static bool endpoint_of(struct view *v, struct str origin, struct arena *a, struct str *ret,
                        struct err *err)
{
    struct txn txn = {0};
    struct exchange_peer row;
    struct err why = {0};
    const struct community_state *s =
        v->held->has_community ? community_by_origin(&v->held->community, origin) : NULL;
    bool done = db_begin(v->exchange, &txn, err);
    bool ours = done && exchange_peer_get(&txn, origin, a, &row, &why) && row.endpoint.len > 0;
    txn_release(&txn);
    if (!done)
        return false;
    if (ours)
        *ret = row.endpoint;
    else if (s != NULL && s->endpoints_count > 0)
        *ret = s->endpoints[0];
    else
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "%.*s has no address", STR_ARG(origin));
    return true;
}

// "https://HOST:PORT", HOST in brackets when it is IPv6.
static bool split(struct str endpoint, struct place *ret, struct err *err)
{
    struct str prefix = STR("https://");
    uint64_t port = 0;
    size_t colon = endpoint.len;
    if (str_starts(endpoint, prefix)) {
        while (colon > prefix.len && endpoint.ptr[colon - 1] != ':')
            colon--;
        struct str name =
            str_slice(endpoint, prefix.len, colon > prefix.len ? colon - 1 : prefix.len);
        if (name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
            name = str_slice(name, 1, name.len - 1);
        struct str number = str_slice(endpoint, colon, endpoint.len);
        if (name.len > 0 && name.len < sizeof ret->host &&
            decimal_read(number, UINT16_MAX, &port)) {
            memcpy(ret->host, name.ptr, name.len);
            ret->host[name.len] = '\0';
            ret->port = (uint16_t)port;
            return true;
        }
    }
    return err_set(err, ERR_MALFORMED, "DESIGN 5.6", "%.*s is no https://HOST:PORT",
                   STR_ARG(endpoint));
}

bool place_of(struct view *v, struct str origin, struct place *ret, struct err *err)
{
    struct arena a;
    struct str endpoint = {0};
    arena_init(&a, 65536);
    bool done = endpoint_of(v, origin, &a, &endpoint, err) && split(endpoint, ret, err);
    arena_release(&a);
    return done;
}

bool place_is_known(struct view *v, struct str origin)
{
    struct place at;
    struct err why = {0};
    return place_of(v, origin, &at, &why);
}
