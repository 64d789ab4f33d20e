// Courier's files that say what they should not, each signed by XA's own node unless the signature
// is the case: refused by name, and the reader holds what it held before.
#include "tests/courier/bundle_made.h"

static struct parcel *honest(struct road *r)
{
    return parcel_open(r, bundle_from(r, XA));
}

// -- the signature -------------------------------------------------------------------------------
TEST(an_index_signed_by_another_key_is_refused)
{
    struct road *r = road_new(1);
    struct err err = {0};
    struct parcel *p = honest(r);
    struct str text;
    struct note_signature line;
    struct secret other = {0};
    EXPECT_OK(sign_seed_new(r->all.world, &other, &err));
    EXPECT_OK(bundle_note_read(p->parts[0].octets, &text, &line, &err));
    sign_text(r, p, text, &other);
    expect_refused(r, parcel_write(r, p), ERR_TAMPERED, "signature of the index");
    secret_release(&other);
    // A key of XA that is not its node's is no better.
    sign_text(r, p, text, &r->all.at[XA].log_seed);
    expect_refused(r, parcel_write(r, p), ERR_TAMPERED, "signature of the index");
    road_end(r);
}

TEST(an_index_with_two_signature_lines_or_none_is_refused)
{
    struct road *r = road_new(1);
    struct err err = {0};
    struct parcel *p = honest(r);
    struct bytes whole = p->parts[0].octets;
    struct str text;
    struct note_signature line;
    EXPECT_OK(bundle_note_read(whole, &text, &line, &err));
    p->parts[0].octets = bytes_of(whole.ptr, text.len);
    expect_refused(r, parcel_write(r, p), ERR_MALFORMED, "the index is not signed");
    struct buffer twice = state_columns(&r->all);
    buffer_put(&twice, whole);
    buffer_put(&twice, bytes_of(whole.ptr + text.len + 1, whole.len - text.len - 1));
    p->parts[0].octets = buffer_bytes(&twice);
    struct reading_done out = road_read(r, XB, parcel_write(r, p));
    EXPECT(!out.done && (out.err.kind == ERR_MALFORMED || out.err.kind == ERR_LIMIT));
    EXPECT(held_of(r, XB, XA) == 0);
    road_end(r);
}

TEST(an_honest_index_put_on_another_file_is_refused)
{
    struct road *r = road_new(1);
    struct parcel *early = honest(r);
    say_from(r, XA);
    struct parcel *later = honest(r);
    later->parts[0].octets = early->parts[0].octets;
    struct reading_done out = road_read(r, XB, parcel_write(r, later));
    EXPECT(!out.done);
    EXPECT(out.err.kind == ERR_MALFORMED || out.err.kind == ERR_TAMPERED);
    EXPECT(held_of(r, XB, XA) == 0);
    road_end(r);
}

TEST(a_writer_who_is_no_state_of_the_community_is_refused)
{
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    struct forged f = forged_of(r, p);
    f.index.origin = STR("xz.example/demo");
    sign_index(r, p, &f);
    expect_refused(r, parcel_write(r, p), ERR_DENIED, "no State of this community");
    f.index.origin = r->all.at[XB].origin; // our own name, in another's hand
    sign_index(r, p, &f);
    expect_refused(r, parcel_write(r, p), ERR_DENIED, "switched off");
    f.index.origin = r->all.at[2].origin; // another member's
    sign_index(r, p, &f);
    expect_refused(r, parcel_write(r, p), ERR_TAMPERED, "signature of the index");
    road_end(r);
}

// -- members against the index -------------------------------------------------------------------
TEST(a_member_that_is_missing_or_too_many_is_refused)
{
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    struct parcel whole = *p;
    EXPECT(whole.count >= 5);
    for (size_t i = 0; i < whole.count; i++) {
        *p = whole;
        drop_part(p, i);
        expect_refused(r, parcel_write(r, p), ERR_MALFORMED, "stand");
    }
    *p = whole;
    p->parts[p->count++] = (struct part){.name = "evidence/0", .octets = str_bytes(STR("more"))};
    expect_refused(r, parcel_write(r, p), ERR_MALFORMED,
                   "a member stands there that the index lacks");
    *p = whole;
    p->parts[p->count++] = whole.parts[1]; // twice
    expect_refused(r, parcel_write(r, p), ERR_MALFORMED,
                   "a member stands there that the index lacks");
    road_end(r);
}

TEST(members_out_of_order_are_refused_in_the_file_and_in_the_index)
{
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    struct parcel whole = *p;
    for (size_t i = 0; i + 1 < whole.count; i++) {
        *p = whole;
        p->parts[i] = whole.parts[i + 1];
        p->parts[i + 1] = whole.parts[i];
        expect_refused(r, parcel_write(r, p), ERR_MALFORMED, "another member stands where");
    }
    *p = whole;
    struct forged f = forged_of(r, p);
    struct bundle_member first = f.members[0];
    f.members[0] = f.members[1];
    f.members[1] = first;
    sign_index(r, p, &f);
    expect_refused(r, parcel_write(r, p), ERR_MALFORMED, "do not ascend");
    road_end(r);
}

TEST(a_member_of_another_size_or_another_hash_is_refused)
{
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    struct parcel whole = *p;
    for (size_t i = 1; i < whole.count; i++) {
        struct bytes octets = copy_of(r, whole.parts[i].octets);
        *p = whole;
        p->parts[i].octets.len--;
        expect_refused(r, parcel_write(r, p), ERR_MALFORMED, "has another size");
        uint8_t *changed = arena_new(&r->all.arena, uint8_t, octets.len);
        memcpy(changed, octets.ptr, octets.len);
        changed[octets.len / 2] ^= 1;
        p->parts[i].octets = bytes_of(changed, octets.len);
        expect_refused(r, parcel_write(r, p), ERR_TAMPERED, "is not the one the index names");
    }
    road_end(r);
}

static void refuse_text(struct road *r, struct parcel *p, const char *old, const char *new,
                        const char *says)
{
    struct err err = {0};
    struct str text;
    struct str made;
    struct note_signature line;
    struct parcel whole = *p;
    EXPECT_OK(bundle_note_read(p->parts[0].octets, &text, &line, &err));
    EXPECT_OK(arena_str(&r->all.arena, text, &text, &err));
    const char *at = strstr(text.ptr, old);
    EXPECT(at != NULL);
    size_t before = (size_t)(at - text.ptr);
    size_t after = before + strlen(old);
    EXPECT_OK(arena_fmt(&r->all.arena, &made, &err, "%.*s%s%.*s", (int)before, text.ptr, new,
                        (int)(text.len - after), text.ptr + after));
    sign_text(r, p, made, &r->forger);
    expect_refused(r, parcel_write(r, p), ERR_MALFORMED, says);
    *p = whole;
}

TEST(an_index_that_names_a_path_is_refused_whatever_the_path)
{
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    const char *name = p->parts[1].name;
    static const char *const paths[] = {"../keeper/keyring",
                                        "/etc/passwd",
                                        "keys/../exchange.db",
                                        "./index",
                                        "keys//x",
                                        "keys/",
                                        "blob",
                                        "keys/\\..\\x"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        refuse_text(r, p, name, paths[i], "not SIZE HASH NAME");
    refuse_text(r, p, "elchi bundle v1", "elchi bundle v2", "bundle");
    refuse_text(r, p, "\nto ", "\nto  ", "line");
    refuse_text(r, p, "member ", "member 0", "not SIZE HASH NAME");
    refuse_text(r, p, "waiting ", "awaiting ", "line");
    road_end(r);
}

// -- members that say what the clerk does not take -----------------------------------------------
TEST(a_package_with_a_gap_before_it_is_told_and_nothing_is_taken)
{
    struct road *r = road_new(2);
    struct parcel *p = honest(r);
    struct forged f = forged_of(r, p);
    size_t at = part_named(p, "entries/");
    struct bytes octets = p->parts[at].octets;
    size_t first = 2 + (size_t)(octets.ptr[0] << 8 | octets.ptr[1]);
    char name[BUNDLE_NAME_CHARS + 1];
    p->parts[at].octets = bytes_of(octets.ptr + first, octets.len - first);
    f.members[at - 1].number = 1;
    f.members[at - 1].size = octets.len - first;
    f.members[at - 1].hash = digest_of(p->parts[at].octets);
    bundle_name_write(&f.members[at - 1], name);
    p->parts[at].name = name;
    f.index.have_count = 0; // which codebooks the writer holds is a thing of its own
    sign_index(r, p, &f);
    struct digest before = road_digest(r, XB);
    struct reading_done out = road_read(r, XB, parcel_write(r, p));
    EXPECT(out.done);
    EXPECT(out.sum.entries == 0 && out.sum.bodies == 0);
    EXPECT(out.sum.gaps_count == 1);
    EXPECT(out.sum.gaps[0].from == 0);
    EXPECT(str_eq(out.sum.gaps[0].origin, r->all.at[XA].origin));
    EXPECT(held_of(r, XB, XA) == 0);
    struct digest after = road_digest(r, XB);
    EXPECT(digest_eq(&before, &after));
    road_end(r);
}

TEST(entries_that_do_not_lead_to_the_checkpoint_are_refused_by_name)
{
    struct road *r = road_new(2);
    struct parcel *p = honest(r);
    size_t at = part_named(p, "entries/");
    uint8_t *changed = arena_new(&r->all.arena, uint8_t, p->parts[at].octets.len);
    memcpy(changed, p->parts[at].octets.ptr, p->parts[at].octets.len);
    changed[p->parts[at].octets.len - 2] ^= 1;
    replace_part(r, p, at, bytes_of(changed, p->parts[at].octets.len));
    struct reading_done out = road_read(r, XB, parcel_write(r, p));
    EXPECT(out.done);
    EXPECT(out.sum.refused_count >= 1);
    EXPECT(str_starts(out.sum.refused[0].name, STR("entries/")));
    EXPECT(out.sum.refused[0].why.kind == ERR_TAMPERED);
    EXPECT(out.sum.entries == 0);
    EXPECT(held_of(r, XB, XA) == 0);
    road_end(r);
}

TEST(an_entries_member_that_is_no_package_is_refused_by_name)
{
    static const char *const packages[] = {"x",
                                           "\x00\x05"
                                           "abc",
                                           "\xff\xff"
                                           "abc"};
    struct road *r = road_new(1);
    for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++) {
        struct parcel *p = honest(r);
        size_t size = i == 0 ? 1 : 5;
        replace_part(r, p, part_named(p, "entries/"), bytes_of(packages[i], size));
        struct reading_done out = road_read(r, XB, parcel_write(r, p));
        EXPECT(out.done);
        EXPECT(out.sum.refused_count >= 1);
        EXPECT(out.sum.refused[0].why.kind == ERR_MALFORMED);
        EXPECT(held_of(r, XB, XA) == 0);
    }
    road_end(r);
}

TEST(keys_checkpoints_and_evidence_of_any_octets_are_refused_by_name)
{
    static const char *const kinds[] = {"keys/", "checkpoint/"};
    struct road *r = road_new(1);
    for (size_t i = 0; i < 2; i++) {
        struct parcel *p = honest(r);
        replace_part(r, p, part_named(p, kinds[i]), str_bytes(STR("any octets")));
        struct reading_done out = road_read(r, XB, parcel_write(r, p));
        EXPECT(out.done);
        EXPECT(out.sum.refused_count >= 1);
        EXPECT(str_starts(out.sum.refused[0].name, str_of(kinds[i])));
        EXPECT(out.sum.refused[0].why.kind == ERR_MALFORMED);
    }
    road_end(r);
}

TEST(a_blob_that_nobody_waits_for_is_skipped_and_not_kept)
{
    struct road *r = road_new(1);
    struct parcel *p = honest(r);
    struct forged f = forged_of(r, p);
    size_t at = part_named(p, "blob/");
    char name[BUNDLE_NAME_CHARS + 1];
    struct bytes other = str_bytes(STR("a body of no record"));
    p->parts[at].octets = other;
    f.members[at - 1] = (struct bundle_member){.kind = BUNDLE_BLOB,
                                               .named = digest_of(other),
                                               .size = other.len,
                                               .hash = digest_of(other)};
    bundle_name_write(&f.members[at - 1], name);
    p->parts[at].name = name;
    f.index.have_count = 0; // which codebooks the writer holds is a thing of its own
    sign_index(r, p, &f);
    struct reading_done out = road_read(r, XB, parcel_write(r, p));
    EXPECT(out.done);
    EXPECT(out.sum.bodies == 0);
    EXPECT(out.sum.skipped == 1);
    road_end(r);
}
