#include "cli/order.h"

#include "base/encode.h"
#include "base/lines.h"
#include "record/address.h"
#include "record/keys.h"

// -- the request ---------------------------------------------------------------------------------
static bool fields_right(struct str challenge, struct str size, struct str root, struct order *ret)
{
    size_t octets = 0;
    return hex_read(challenge, ret->challenge.octets, DRAFT_ID_BYTES) &&
           decimal_read(size, TREE_SIZE_MAX, &ret->size) &&
           base64_read(root, BASE64_PADDED, ret->root.octets, DIGEST_BYTES, &octets) &&
           octets == DIGEST_BYTES;
}

bool order_request_read(struct bytes sent, struct order_request *ret, struct err *err)
{
    struct order_request r = {0};
    struct lines l;
    struct str text;
    if (sent.len > ORDER_REQUEST_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "cli/order.h", "an order request of %zu octets", sent.len);
    if (!text_check(sent, &text, err))
        return false;
    lines_init(&l, "order request", text, err);
    lines_exact(&l, STR("elchi order request v1"));
    r.asked.log = lines_value(&l, STR("log"));
    struct str challenge = lines_value(&l, STR("challenge"));
    struct str size = lines_value(&l, STR("size"));
    struct str root = lines_value(&l, STR("root"));
    r.lock = lines_value(&l, STR("lock"));
    if (!lines_done(&l) || !note_name_check(r.asked.log, err))
        return false;
    if (!fields_right(challenge, size, root, &r.asked))
        return err_set(err, ERR_MALFORMED, "cli/order.h",
                       "order request: a challenge of 32 hex digits, a size and a root are needed");
    *ret = r;
    return true;
}

bool order_request_write(const struct order_request *r, struct arena *a, struct bytes *ret,
                         struct err *err)
{
    struct buffer b;
    char challenge[2 * DRAFT_ID_BYTES + 1];
    char root[BASE64_CHARS(DIGEST_BYTES) + 1];
    const struct order *o = &r->asked;
    hex_write(bytes_of(o->challenge.octets, DRAFT_ID_BYTES), challenge);
    (void)base64_write(bytes_of(o->root.octets, DIGEST_BYTES), BASE64_PADDED, root);
    buffer_init(&b, a, ORDER_REQUEST_BYTES_MAX);
    buffer_fmt(&b,
               "elchi order request v1\nlog %.*s\nchallenge %s\nsize %llu\nroot %s\nlock %.*s\n",
               STR_ARG(o->log), challenge, (unsigned long long)o->size, root, STR_ARG(r->lock));
    return buffer_take(&b, ret, err);
}

// -- the sheet that goes round -------------------------------------------------------------------
bool order_sheet_read(struct bytes sent, struct order_sheet *ret, struct err *err)
{
    struct order_request asked;
    struct err why = {0};
    *ret = (struct order_sheet){0};
    if (note_read(sent, &ret->note, &why))
        return order_read(ret->note.text, &ret->order, err);
    ret->note.signatures_count = 0;
    if (!order_request_read(sent, &asked, err))
        return false;
    ret->order = asked.asked;
    ret->lock = asked.lock;
    return true;
}

static bool check_root(const struct order *o, const struct keyfile *root, struct arena *a,
                       struct err *err)
{
    struct str name;
    if (!key_name_of(o->log, "root", a, &name, err))
        return false;
    return str_eq(name, root->name) ||
           err_set(err, ERR_DENIED, "FORMATS 5", "the key %.*s is no root's of %.*s",
                   STR_ARG(root->name), STR_ARG(o->log));
}

bool order_sign(const struct order_sheet *s, const struct keyfile *root, struct arena *a,
                struct bytes *ret, size_t *ret_signatures, struct err *err)
{
    struct str text;
    struct note_signature all[NOTE_SIGNATURES_MAX];
    struct note *own = arena_new(a, struct note, 1);
    uint8_t *room = arena_new(a, uint8_t, NOTE_BYTES_MAX);
    size_t count = 0;
    CHECK(s->order.act != ORDER_NONE);
    if (own == NULL || room == NULL || s->note.signatures_count + 1 > NOTE_SIGNATURES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many signature lines");
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    if (!check_root(&s->order, root, a, err) || !order_write(&s->order, a, &text, err))
        return false;
    note_sign(text, &root->key, &root->seed, &w);
    CHECK(!w.full);
    if (!note_read(writer_bytes(&w), own, err))
        return false;
    for (size_t i = 0; i < s->note.signatures_count; i++)
        if (s->note.signatures[i].id != own->signatures[0].id)
            all[count++] = s->note.signatures[i];
    all[count++] = own->signatures[0];
    *ret_signatures = count;
    return keys_note_write(text, all, count, a, ret, err);
}
