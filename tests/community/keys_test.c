#include "tests/community/made.h"

static struct keys_record fresh(struct arena *a)
{
    crypto_start();
    arena_init(a, MADE_ARENA_BYTES);
    return made_keys(a, "xa.example/demo", "XA", 1, NULL);
}

static struct str written(struct arena *a, const struct keys_record *k)
{
    struct err err = {0};
    struct str text;
    EXPECT_OK(keys_record_write(k, a, &text, &err));
    return text;
}

TEST(a_manifest_reads_back_as_it_was_written)
{
    struct err err = {0};
    struct arena a;
    struct keys_record again, k = fresh(&a);
    struct str text = written(&a, &k);
    struct str twice;
    EXPECT_OK(keys_record_read(text, &again, &err));
    EXPECT_OK(keys_record_write(&again, &a, &twice, &err));
    EXPECT(str_eq(text, twice));
    EXPECT(again.version == 1 && again.roots_count == MADE_ROOTS && !again.demo);
    EXPECT(str_eq(again.state, STR("XA")));
    EXPECT(note_key_eq(&again.keys[KEYS_JUDICIAL], &k.keys[KEYS_JUDICIAL]));
    arena_release(&a);
}

TEST(the_first_line_of_a_manifest_is_that_of_a_record)
{
    struct arena a;
    struct keys_record k = fresh(&a);
    struct str text = written(&a, &k);
    EXPECT(str_starts(text, STR("elchi record v1\nlog xa.example/demo\ntype keys\nfrom XA\n"
                                "time 2026-07-14T04:01:06Z\nversion 1\nprevious none\ndemo no\n"
                                "threshold 2\nroot xa.example/demo/root+")));
    arena_release(&a);
}

TEST(a_manifest_cut_short_anywhere_is_refused)
{
    struct err err = {0};
    struct arena a;
    struct keys_record again, k = fresh(&a);
    struct str text = written(&a, &k);
    for (size_t len = 0; len < text.len; len++) {
        struct err why = {0};
        EXPECT(!keys_record_read(str_slice(text, 0, len), &again, &why));
        EXPECT(why.kind != ERR_NONE);
    }
    EXPECT_OK(keys_record_read(text, &again, &err));
    arena_release(&a);
}

TEST(every_other_byte_reads_as_another_manifest_or_not_at_all)
{
    struct arena a;
    struct keys_record k = fresh(&a);
    struct str text = written(&a, &k);
    char *copy = arena_new(&a, char, text.len);
    for (size_t i = 0; i < text.len; i++) {
        struct err err = {0};
        struct keys_record other;
        struct arena scratch;
        struct str twice;
        memcpy(copy, text.ptr, text.len);
        copy[i] ^= 1;
        struct str changed = {copy, text.len};
        if (!keys_record_read(changed, &other, &err)) {
            EXPECT(err.kind != ERR_NONE);
            continue;
        }
        arena_init(&scratch, 1 << 20);
        EXPECT_OK(keys_record_write(&other, &scratch, &twice, &err));
        EXPECT(str_eq(changed, twice));
        arena_release(&scratch);
    }
    arena_release(&a);
}

TEST(a_desk_may_be_absent_but_no_other_role)
{
    struct err err = {0};
    struct arena a;
    struct str text;
    struct keys_record k = fresh(&a);
    k.present[KEYS_JUDICIAL] = false;
    EXPECT_OK(keys_record_write(&k, &a, &text, &err));
    k.present[KEYS_NODE] = false;
    EXPECT_ERR(keys_record_write(&k, &a, &text, &err), ERR_MALFORMED);
    arena_release(&a);
}

TEST(a_key_named_for_another_role_is_refused)
{
    struct err err = {0};
    struct arena a;
    struct str text;
    struct keys_record k = fresh(&a);
    for (int i = 0; i < KEYS_ROLE_COUNT; i++) {
        struct keys_record swapped = k;
        int other = i == KEYS_TECHNICAL ? KEYS_JUDICIAL : KEYS_TECHNICAL;
        swapped.keys[i] = k.keys[other];
        EXPECT_ERR(keys_record_write(&swapped, &a, &text, &err), ERR_MALFORMED);
    }
    struct keys_record foreign = k;
    foreign.roots[0] = made_root(&a, "xb.example/demo", 1, 0);
    EXPECT_ERR(keys_record_write(&foreign, &a, &text, &err), ERR_MALFORMED);
    arena_release(&a);
}

TEST(no_public_key_stands_twice_in_a_manifest)
{
    struct err err = {0};
    struct arena a;
    struct str text;
    struct keys_record k = fresh(&a);
    struct keys_record twice = k;
    twice.keys[KEYS_NODE] = made_key(k.keys[KEYS_NODE].name, NOTE_KEY_ED25519,
                                     made_role_label(&a, "xa.example/demo", KEYS_LOG, 1));
    EXPECT_ERR(keys_record_write(&twice, &a, &text, &err), ERR_DENIED);
    twice = k;
    twice.roots[1] = twice.roots[0];
    EXPECT_ERR(keys_record_write(&twice, &a, &text, &err), ERR_DENIED);
    twice = k;
    twice.next[1] = twice.next[0];
    EXPECT_ERR(keys_record_write(&twice, &a, &text, &err), ERR_MALFORMED);
    arena_release(&a);
}

TEST(a_small_order_key_is_not_enrolled)
{
    // The neutral element: 01 and 31 zero octets.
    struct err err = {0};
    struct arena a;
    struct str text;
    struct keys_record k = fresh(&a);
    memset(k.keys[KEYS_NODE].key.octets, 0, SIGN_PUBLIC_BYTES);
    k.keys[KEYS_NODE].key.octets[0] = 1;
    k.keys[KEYS_NODE].id = note_key_id(k.keys[KEYS_NODE].name, NOTE_KEY_ED25519,
                                       bytes_of(k.keys[KEYS_NODE].key.octets, SIGN_PUBLIC_BYTES));
    EXPECT_ERR(keys_record_write(&k, &a, &text, &err), ERR_DENIED);
    arena_release(&a);
}

TEST(a_threshold_is_at_least_one_and_at_most_all)
{
    struct err err = {0};
    struct arena a;
    struct str text;
    struct keys_record k = fresh(&a);
    const unsigned wrong[] = {0, MADE_ROOTS + 1};
    for (size_t i = 0; i < 2; i++) {
        struct keys_record bad = k;
        bad.threshold = wrong[i];
        EXPECT_ERR(keys_record_write(&bad, &a, &text, &err), ERR_MALFORMED);
        bad = k;
        bad.next_threshold = wrong[i];
        EXPECT_ERR(keys_record_write(&bad, &a, &text, &err), ERR_MALFORMED);
    }
    arena_release(&a);
}

TEST(only_version_one_has_no_previous)
{
    struct err err = {0};
    struct arena a;
    struct str text;
    struct keys_record k = fresh(&a);
    k.has_previous = true;
    EXPECT_ERR(keys_record_write(&k, &a, &text, &err), ERR_MALFORMED);
    k.has_previous = false;
    k.version = 2;
    EXPECT_ERR(keys_record_write(&k, &a, &text, &err), ERR_MALFORMED);
    arena_release(&a);
}

TEST(signature_lines_are_sorted_and_by_roots_only)
{
    struct err err = {0};
    struct arena a;
    struct note note;
    struct keys_record again, k = fresh(&a);
    struct bytes good = made_sign(&a, &k, (struct made_signer[]){{1, 2}, {1, 0}, {1, 1}}, 3);
    EXPECT_OK(keys_note_read(good, &note, &again, &err));
    EXPECT(note.signatures_count == 3);
    // The same lines the other way round are another encoding, and refused.
    struct buffer b;
    buffer_init(&b, &a, NOTE_BYTES_MAX);
    buffer_str(&b, note.text);
    buffer_str(&b, STR("\n"));
    for (size_t i = 3; i > 0; i--) {
        uint8_t line[512];
        struct writer w = writer_of(line, sizeof line);
        note_line_write(&note.signatures[i - 1], &w);
        buffer_put(&b, writer_bytes(&w));
    }
    EXPECT_ERR(keys_note_read(buffer_bytes(&b), &note, &again, &err), ERR_MALFORMED);
    arena_release(&a);
}

TEST(two_lines_of_one_root_are_not_put_into_a_note)
{
    struct err err = {0};
    struct arena a;
    struct note note;
    struct bytes out;
    struct keys_record again, k = fresh(&a);
    struct bytes good = made_sign(&a, &k, (struct made_signer[]){{1, 0}}, 1);
    EXPECT_OK(keys_note_read(good, &note, &again, &err));
    struct note_signature lines[] = {note.signatures[0], note.signatures[0]};
    EXPECT_ERR(keys_note_write(note.text, lines, 2, &a, &out, &err), ERR_CONFLICT);
    arena_release(&a);
}

TEST(the_registry_reads_and_writes_the_same_lines)
{
    struct err err = {0};
    struct arena a;
    struct record record;
    struct str again;
    struct keys_record k = fresh(&a);
    struct str text = written(&a, &k);
    EXPECT_OK(record_read(&a, str_bytes(text), &record, &err));
    EXPECT(record.type == &record_type_keys);
    EXPECT_OK(record_write(&a, &record, &again, &err));
    EXPECT(str_eq(text, again));
    arena_release(&a);
}
