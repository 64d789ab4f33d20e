// record/type/withdraw.c - reading and writing withdrawals.
#include "record/type/withdraw.h"

#include "record/fields.h"

static const char clause[] = "DESIGN 7";

static const char *const reason_words[WITHDRAW_REASON_COUNT] = {
    "", "error", "overtaken", "replaced", "handling", "authority", "request", "unspecified"};
const char *withdraw_reason_word(enum withdraw_reason reason)
{
    CHECK(reason < WITHDRAW_REASON_COUNT);
    return reason_words[reason];
}
bool withdraw_reason_read(struct str word, enum withdraw_reason *ret)
{
    for (int i = WITHDRAW_ERROR; i < WITHDRAW_REASON_COUNT; i++)
        if (str_eq(word, str_of(reason_words[i]))) {
            *ret = (enum withdraw_reason)i;
            return true;
        }
    return false;
}

static bool withdraw_read(struct arena *a, struct lines *l, const void **ret, struct err *err)
{
    struct withdraw *w = arena_new(a, struct withdraw, 1);
    (void)err; // the lines hold the same one
    if (!w)
        return lines_full(l);
    w->of = lines_named_record(l, STR("of"));
    struct str reason = lines_value(l, STR("reason"));
    if (!l->failed && !withdraw_reason_read(reason, &w->reason))
        (void)lines_fail(l, clause, "unknown reason");
    *ret = w;
    return !l->failed;
}
static void withdraw_write(const void *payload, struct buffer *out)
{
    const struct withdraw *w = payload;
    put_named_record(out, "of", &w->of);
    buffer_fmt(out, "reason %s\n", withdraw_reason_word(w->reason));
}
// Only one's own word can be taken back, before those who heard it.
static bool withdraw_check(const struct record *r, struct err *err)
{
    const struct withdraw *w = r->payload;
    if (!state_code_eq(&w->of.ref.from, &r->from.state) ||
        !state_code_eq(&w->of.ref.to, &r->to.state))
        return err_set(err, ERR_MALFORMED, clause, "it takes back a record of another series");
    if (r->filled && ref_same_serial(&w->of.ref, &r->ref))
        return err_set(err, ERR_MALFORMED, clause, "it takes back itself");
    return true;
}

const struct record_type record_type_withdraw = {
    .name = "withdraw",
    .summary = "Takes back a record with a reason; receivers keep both.",
    .source = "DESIGN 7",
    .signer = RECORD_BY_ISSUER,
    .reach = RECORD_OPEN_OR_SEALED,
    .as_it_is = false,
    .text_bytes_max = RECORD_TEXT_BYTES_MAX,
    .attachments_max = 0,
    .lifecycle = NULL,
    .read = withdraw_read,
    .write = withdraw_write,
    .check = withdraw_check,
};
