// `keys` in the envelope: signed by roots, approved by nobody, judged by the chain.
#include "record/keys.h"
#include "record/void.h"
#include "tests/record/made.h"

enum { ROOM = 8 << 20 };
#define ORIGIN "xa.example/demo"

static struct bytes manifest(struct arena *a)
{
    return test_file(a, "fuzz/corpus/record/keys");
}
static enum ref_use no_ref(void *context, struct str origin, struct leaf_index index,
                           const struct ref *ref)
{
    (void)context, (void)origin, (void)index, (void)ref;
    fail_msg("a manifest has no reference");
    return REF_FREE;
}
static const struct record_log chain = {.keys = &made_keys, .ref_use = no_ref};

static enum void_rule judged(struct arena *a, struct bytes entry, const char *origin,
                             uint64_t index)
{
    struct err err = {0};
    struct verified_record v;
    enum void_rule rule = VOID_RULE_COUNT;
    struct record_found found = {.entry = entry, .our_origin = {"", 0}};
    EXPECT_OK(record_judge(a, &chain, made_place(origin, index), &found, &rule, &v, &err));
    return rule;
}
TEST(a_manifest_reads_and_writes_back_through_the_envelope)
{
    struct arena a;
    struct err err = {0};
    struct record r;
    struct str again;
    arena_init(&a, ROOM);
    struct bytes text = manifest(&a);
    EXPECT_OK(record_read(&a, text, &r, &err));
    EXPECT(r.type == &record_type_keys && r.open && r.filled);
    EXPECT_OK(record_write(&a, &r, &again, &err));
    EXPECT(bytes_eq(str_bytes(again), text));
    for (size_t n = 0; n < text.len; n++)
        EXPECT(!record_read(&a, bytes_of(text.ptr, n), &r, &err));
    arena_release(&a);
}
TEST(no_officer_approves_a_manifest)
{
    struct arena a;
    struct err err;
    struct record r;
    struct str approved;
    struct digest hash;
    arena_init(&a, ROOM);
    struct bytes text = manifest(&a);
    EXPECT_ERR(record_read_approved(&a, text, &r, &err), ERR_MALFORMED);
    EXPECT_ERR(record_text_approved(&a, text, &approved, &err), ERR_DENIED);
    EXPECT_ERR(record_approved_digest(&a, text, &hash, &err), ERR_DENIED);
    EXPECT_ERR(record_same_but_filled(&a, text, text, &err), ERR_DENIED);
    arena_release(&a);
}
TEST(a_manifest_counts_where_the_chain_says_so_and_stands_as_it_is)
{
    struct arena a;
    struct err err = {0};
    struct bytes committed;
    const char *text;
    arena_init(&a, ROOM);
    EXPECT_OK(arena_cstr(&a, (struct str){(const char *)manifest(&a).ptr, manifest(&a).len}, &text,
                         &err));
    struct bytes note = made_note(&a, text, ORIGIN, "root", 0);
    EXPECT(judged(&a, note, ORIGIN, 0) == VOID_NOT);
    EXPECT(judged(&a, note, ORIGIN, 5) == VOID_KEY); // the chain does not know this one
    EXPECT(judged(&a, note, "xb.example/demo", 0) == VOID_LOG);
    // hidden in a body it is no manifest
    struct blind blind = {{9}};
    struct open_body body = {.blind = blind, .note = note};
    struct verified_record v;
    enum void_rule rule = VOID_RULE_COUNT;
    struct bytes blob;
    EXPECT_OK(open_body_write(&body, &a, &blob, &err));
    struct entry e = entry_of(ENTRY_OPEN, blob, &blind, note);
    EXPECT_OK(entry_write(&e, &a, &committed, &err));
    struct record_found found = {.entry = committed, .blob = blob, .our_origin = {"", 0}};
    EXPECT_OK(record_judge(&a, &chain, made_place(ORIGIN, 0), &found, &rule, &v, &err));
    EXPECT(rule == VOID_KIND);
    arena_release(&a);
}
