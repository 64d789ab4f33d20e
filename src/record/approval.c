// record/approval.c - the texts of approvals and of the roots' orders.
#include "record/approval.h"

#include "base/encode.h"
#include "base/limits.h"
#include "record/fields.h"

static const char clause[] = "FORMATS 5";

static const char *const decision_words[DECISION_COUNT] = {"", "release", "refuse", "export",
                                                           "register"};
const char *decision_word(enum decision decision)
{
    CHECK(decision < DECISION_COUNT);
    return decision_words[decision];
}
bool decision_read(struct str word, enum decision *ret)
{
    for (int i = DECISION_RELEASE; i < DECISION_COUNT; i++)
        if (str_eq(word, str_of(decision_words[i]))) {
            *ret = (enum decision)i;
            return true;
        }
    return false;
}

static void lines_hex32(struct lines *l, struct str key, uint8_t ret_octets[DRAFT_ID_BYTES])
{
    struct str value = lines_value(l, key);
    if (!l->failed && !hex_read(value, ret_octets, DRAFT_ID_BYTES))
        (void)lines_fail(l, clause, "\"%.*s\" is not 32 hex digits", STR_ARG(key));
}
static bool begin(struct lines *l, const char *what, struct str text, struct err *err)
{
    struct str checked;
    if (text.len > APPROVAL_TEXT_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "%s: above %d octets", what,
                       APPROVAL_TEXT_BYTES_MAX);
    // whoever calls may hold text by another proof; reading it again costs nothing
    if (!text_check(str_bytes(text), &checked, err))
        return err_wrap(err, "%s", what);
    lines_init(l, what, checked, err);
    return true;
}

bool approval_read(struct str text, struct approval *ret, struct err *err)
{
    struct approval p = {0};
    struct lines l;
    if (!begin(&l, "approval", text, err))
        return false;
    lines_exact(&l, STR("elchi approval v1"));
    p.log = lines_origin(&l, STR("log"));
    lines_hex32(&l, STR("draft"), p.draft.octets);
    p.text = lines_digest(&l, STR("text"));
    struct str decision = lines_value(&l, STR("decision"));
    if (!l.failed && !decision_read(decision, &p.decision))
        (void)lines_fail(&l, clause, "unknown decision");
    p.officer = lines_value(&l, STR("officer"));
    if (!l.failed && !text_is_file_name(p.officer))
        (void)lines_fail(&l, clause, "an officer's name has 1 to 64 of [a-z0-9._-]");
    p.until = lines_moment(&l, STR("until"));
    if (!lines_done(&l))
        return false;
    *ret = p;
    return true;
}

bool approval_write(const struct approval *approval, struct arena *a, struct str *ret,
                    struct err *err)
{
    struct buffer out;
    struct str text;
    struct approval again;
    char draft[2 * DRAFT_ID_BYTES + 1];
    buffer_init(&out, a, APPROVAL_TEXT_BYTES_MAX);
    hex_write(bytes_of(approval->draft.octets, DRAFT_ID_BYTES), draft);
    buffer_fmt(&out, "elchi approval v1\nlog %.*s\ndraft %s\n", STR_ARG(approval->log), draft);
    put_digest(&out, "text", &approval->text);
    buffer_fmt(&out, "decision %s\nofficer %.*s\n", decision_word(approval->decision),
               STR_ARG(approval->officer));
    put_moment(&out, "until", approval->until);
    if (!buffer_take_str(&out, &text, err))
        return err_wrap(err, "approval");
    // what no reader accepts is never given to an officer to sign
    if (!approval_read(text, &again, err))
        return false;
    *ret = text;
    return true;
}

struct digest approval_digest(struct str text)
{
    return digest_of(str_bytes(text));
}

bool approval_key_name(const struct approval *approval, struct arena *a, struct str *ret,
                       struct err *err)
{
    return arena_fmt(a, ret, err, "%.*s/officer/%.*s", STR_ARG(approval->log),
                     STR_ARG(approval->officer));
}

// -- orders ------------------------------------------------------------------------------------
static const char *const act_words[ORDER_ACT_COUNT] = {"", "resume", "adopt", "retire"};
const char *order_act_word(enum order_act act)
{
    CHECK(act < ORDER_ACT_COUNT);
    return act_words[act];
}
bool order_act_read(struct str word, enum order_act *ret)
{
    for (int i = ORDER_RESUME; i < ORDER_ACT_COUNT; i++)
        if (str_eq(word, str_of(act_words[i]))) {
            *ret = (enum order_act)i;
            return true;
        }
    return false;
}

static void lines_root(struct lines *l, struct digest *ret)
{
    size_t size = 0;
    struct str value = lines_value(l, STR("root"));
    if (!l->failed && (!base64_read(value, BASE64_PADDED, ret->octets, DIGEST_BYTES, &size) ||
                       size != DIGEST_BYTES))
        (void)lines_fail(l, clause, "\"root\" is not the base64 of a hash");
}

bool order_read(struct str text, struct order *ret, struct err *err)
{
    struct order o = {0};
    struct lines l;
    if (!begin(&l, "order", text, err))
        return false;
    lines_exact(&l, STR("elchi order v1"));
    o.log = lines_origin(&l, STR("log"));
    lines_hex32(&l, STR("challenge"), o.challenge.octets);
    struct str act = lines_value(&l, STR("act"));
    if (!l.failed && !order_act_read(act, &o.act))
        (void)lines_fail(&l, clause, "unknown act");
    o.size = lines_decimal(&l, STR("size"), TREE_SIZE_MAX);
    lines_root(&l, &o.root);
    if (!lines_done(&l))
        return false;
    *ret = o;
    return true;
}

bool order_write(const struct order *order, struct arena *a, struct str *ret, struct err *err)
{
    struct buffer out;
    struct str text;
    struct order again;
    char challenge[2 * DRAFT_ID_BYTES + 1], root[BASE64_CHARS(DIGEST_BYTES) + 1];
    buffer_init(&out, a, APPROVAL_TEXT_BYTES_MAX);
    hex_write(bytes_of(order->challenge.octets, DRAFT_ID_BYTES), challenge);
    (void)base64_write(bytes_of(order->root.octets, DIGEST_BYTES), BASE64_PADDED, root);
    buffer_fmt(&out, "elchi order v1\nlog %.*s\nchallenge %s\nact %s\nsize %llu\nroot %s\n",
               STR_ARG(order->log), challenge, order_act_word(order->act),
               (unsigned long long)order->size, root);
    if (!buffer_take_str(&out, &text, err))
        return err_wrap(err, "order");
    if (!order_read(text, &again, err))
        return false;
    *ret = text;
    return true;
}
