// record/type/receipt.c - reading and writing receipts.
#include "record/type/receipt.h"

#include "base/limits.h"
#include "log/checkpoint.h"
#include "record/fields.h"

static const char clause[] = "FORMATS 1";

static const char *const state_words[RECEIPT_STATE_COUNT] = {"", "held", "unreadable", "missing"};
const char *receipt_state_word(enum receipt_state state)
{
    CHECK(state < RECEIPT_STATE_COUNT);
    return state_words[state];
}
static void read_state(struct lines *l, struct receipt *r)
{
    struct str word = lines_value(l, STR("state"));
    for (int i = RECEIPT_HELD; i < RECEIPT_STATE_COUNT; i++)
        if (str_eq(word, str_of(state_words[i])))
            r->state = (enum receipt_state)i;
    if (!l->failed && r->state == RECEIPT_NONE)
        (void)lines_fail(l, clause, "a receipt says held, unreadable or missing");
}

// "REF sha256:NOTE", "unknown" or "REF unknown".
static void read_of(struct lines *l, struct receipt *r)
{
    struct str value = lines_value(l, STR("of"));
    if (l->failed || str_eq(value, STR("unknown")))
        return;
    struct fields f = fields_of(value);
    struct str ref = field_next(&f), note = field_rest(&f);
    r->has_ref = ref_read(ref, &r->of);
    r->has_note = digest_read(note, &r->note);
    if (f.failed || !r->has_ref || (!r->has_note && !str_eq(note, STR("unknown"))))
        (void)lines_fail(l, clause, "\"of\" names neither a record nor \"unknown\"");
}
static void read_at(struct lines *l, struct receipt *r)
{
    struct fields f = fields_of(lines_value(l, STR("at")));
    struct err unused = {0};
    if (l->failed)
        return;
    r->at_origin = field_next(&f);
    // an index is below a size, and a size below 2^63
    if (!field_decimal(&f, TREE_SIZE_MAX - 1, &r->at_index) || !field_digest(&f, &r->at_leaf) ||
        !fields_done(&f) || !checkpoint_origin_check(r->at_origin, &unused))
        (void)lines_fail(l, clause, "\"at\" is not origin, index and leaf");
}
static void read_attachments(struct lines *l, struct receipt *r)
{
    uint64_t held = 0, all = 0;
    struct fields f = fields_of(lines_value(l, STR("attachments")));
    if (l->failed)
        return;
    bool sound = field_decimal(&f, ATTACHMENT_COUNT_MAX, &held);
    sound = str_eq(field_next(&f), STR("of")) && sound;
    sound = sound && field_decimal(&f, ATTACHMENT_COUNT_MAX, &all) && fields_done(&f);
    if (!sound || held > all)
        (void)lines_fail(l, clause, "\"attachments\" is not HELD of ALL");
    r->attachments_held = (uint32_t)held;
    r->attachments_all = (uint32_t)all;
}

static bool receipt_read(struct arena *a, struct lines *l, const void **ret, struct err *err)
{
    struct receipt *r = arena_new(a, struct receipt, 1);
    (void)err; // the lines hold the same one
    if (!r)
        return lines_full(l);
    read_of(l, r);
    bool at = lines_next_is(l, STR("at"));
    if (at)
        read_at(l, r);
    read_state(l, r);
    if (r->state == RECEIPT_MISSING)
        r->since = lines_moment(l, STR("since"));
    read_attachments(l, r);
    if (l->failed)
        return false;
    if (at == (r->state == RECEIPT_MISSING))
        return lines_fail(l, clause, "\"at\" stands in every receipt but a missing one's");
    *ret = r;
    return true;
}

static void receipt_write(const void *payload, struct buffer *out)
{
    const struct receipt *r = payload;
    char ref[REF_CHARS_MAX + 1], hash[DIGEST_TEXT_CHARS + 1];
    if (r->has_ref) {
        ref_write(&r->of, ref);
        digest_write(&r->note, hash);
        buffer_fmt(out, "of %s %s\n", ref, r->has_note ? hash : "unknown");
    } else {
        buffer_str(out, STR("of unknown\n"));
    }
    if (r->state != RECEIPT_MISSING) {
        digest_write(&r->at_leaf, hash);
        buffer_fmt(out, "at %.*s %llu %s\n", STR_ARG(r->at_origin), (unsigned long long)r->at_index,
                   hash);
    }
    buffer_fmt(out, "state %s\n", receipt_state_word(r->state));
    if (r->state == RECEIPT_MISSING)
        put_moment(out, "since", r->since);
    buffer_fmt(out, "attachments %u of %u\n", (unsigned)r->attachments_held,
               (unsigned)r->attachments_all);
}

static bool check_names(const struct receipt *p, struct err *err)
{
    if (p->state == RECEIPT_HELD && !p->has_note)
        return err_set(err, ERR_MALFORMED, clause, "\"held\" names a record and its hash");
    if (p->state == RECEIPT_UNREADABLE && p->has_ref != p->has_note)
        return err_set(err, ERR_MALFORMED, clause,
                       "\"unreadable\" names a record and its hash, or \"unknown\"");
    if (p->state == RECEIPT_MISSING && (!p->has_ref || p->has_note))
        return err_set(err, ERR_MALFORMED, clause, "\"missing\" names a ref whose note is unknown");
    if (!p->has_note && p->attachments_all != 0)
        return err_set(err, ERR_MALFORMED, clause, "attachments of a note nobody read");
    return true;
}
// It speaks of what the State it goes to sealed to the State it comes from.
static bool receipt_check(const struct record *r, struct err *err)
{
    const struct receipt *p = r->payload;
    if (!check_names(p, err))
        return false;
    if (p->has_ref &&
        (!state_code_eq(&p->of.from, &r->to.state) || !state_code_eq(&p->of.to, &r->from.state)))
        return err_set(err, ERR_MALFORMED, clause, "a receipt goes to the author of what it is of");
    if (p->state != RECEIPT_MISSING && str_eq(p->at_origin, r->log))
        return err_set(err, ERR_MALFORMED, clause, "a receipt is of an entry in another log");
    return true;
}

const struct record_type record_type_receipt = {
    .name = "receipt",
    .summary = "The addressee's node says what it holds, cannot read or misses.",
    .source = "DESIGN 7; FORMATS 1",
    .signer = RECORD_BY_NODE,
    .reach = RECORD_SEALED_ONLY,
    .as_it_is = false,
    .text_bytes_max = RECEIPT_TEXT_BYTES_MAX,
    .attachments_max = 0,
    .lifecycle = NULL,
    .read = receipt_read,
    .write = receipt_write,
    .check = receipt_check,
};
