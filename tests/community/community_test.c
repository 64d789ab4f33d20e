#include "base/encode.h"
#include "community/optin.h"
#include "tests/community/made.h"

TEST(a_community_reads_back_as_it_was_written)
{
    struct err err = {0};
    struct made m;
    struct bytes again;
    made_init(&m, 2, "group north 1 XB XC\n");
    EXPECT_OK(community_write(&m.community, &m.arena, &again, &err));
    EXPECT(bytes_eq(m.file, again));
    struct digest hash = digest_of(m.file);
    EXPECT(digest_eq(&m.community.hash, &hash));
    EXPECT(m.community.states_count == MADE_STATES && m.community.quorum == 2);
    EXPECT(m.community.states[3].role == ROLE_OBSERVER);
    EXPECT(m.community.durations_s[DURATION_RECEIPT] == 7200);
    made_release(&m);
}

TEST(states_are_found_by_code_origin_and_hash)
{
    struct made m;
    char path[65];
    made_init(&m, 2, "");
    const struct community_state *xb = community_by_code(&m.community, STR("XB"));
    EXPECT(xb != NULL && str_eq(xb->origin, STR("xb.example/demo")));
    EXPECT(community_by_origin(&m.community, STR("xb.example/demo")) == xb);
    struct digest hash = digest_of(str_bytes(STR("xb.example/demo")));
    EXPECT(community_by_hash(&m.community, &hash) == xb);
    EXPECT(community_by_code(&m.community, STR("XE")) == NULL);
    EXPECT(community_by_origin(&m.community, STR("xb.example/dem")) == NULL);
    origin_path(STR("xb.example/demo"), path);
    char want[65];
    hex_write(bytes_of(hash.octets, sizeof hash.octets), want);
    assert_string_equal(path, want);
    made_release(&m);
}

TEST(names_come_from_the_file_or_are_the_code)
{
    struct made m;
    made_init(&m, 2, "");
    const struct community *c = &m.community;
    EXPECT(str_eq(community_state_name(c, STR("XB"), STR("en"), NAME_SHORT), STR("XB-land")));
    EXPECT(str_eq(community_state_name(c, STR("XB"), STR("en-GB"), NAME_SHORT), STR("XB-land")));
    EXPECT(str_eq(community_state_name(c, STR("XB"), STR("en"), NAME_LONG), STR("State of XB")));
    EXPECT(str_eq(community_state_name(c, STR("XB"), STR("zh-Hant-TW"), NAME_SHORT), STR("甲1")));
    EXPECT(str_eq(community_state_name(c, STR("XB"), STR("kk"), NAME_SHORT), STR("XB")));
    EXPECT(str_eq(community_state_name(c, STR("XZ"), STR("en"), NAME_LONG), STR("XZ")));
    EXPECT(str_eq(community_title(c, STR("ru")), STR("Учебное сообщество")));
    EXPECT(str_eq(community_title(c, STR("kk")), STR("Demonstration community")));
    made_release(&m);
}

TEST(xk_is_a_code_like_any_other)
{
    struct err err = {0};
    struct made m;
    struct community c;
    made_init(&m, 2, "");
    char *copy = arena_new(&m.arena, char, m.file.len + 1);
    memcpy(copy, m.file.ptr, m.file.len);
    char *at = strstr(copy, "state XB");
    EXPECT(at != NULL);
    at[7] = 'K';
    EXPECT_OK(community_read(&m.arena, bytes_of(copy, m.file.len), &c, &err));
    EXPECT(community_by_code(&c, STR("XK")) != NULL);
    made_release(&m);
}

// The made file with the first `from` replaced by `to`.
static bool reads_with(struct made *m, const char *from, const char *to, struct err *err)
{
    struct buffer b;
    struct community c;
    const char *text = (const char *)m->file.ptr;
    struct str whole = {text, m->file.len};
    size_t at = 0;
    while (!str_starts(str_slice(whole, at, whole.len), str_of(from))) {
        at++;
        EXPECT(at < whole.len);
    }
    buffer_init(&b, &m->arena, COMMUNITY_BYTES_MAX);
    buffer_str(&b, str_slice(whole, 0, at));
    buffer_str(&b, str_of(to));
    buffer_str(&b, str_slice(whole, at + strlen(from), whole.len));
    if (!community_read(&m->arena, buffer_bytes(&b), &c, err))
        return false;
    struct bytes again;
    EXPECT(community_write(&c, &m->arena, &again, err));
    EXPECT(bytes_eq(again, buffer_bytes(&b)));
    return true;
}

TEST(what_contradicts_the_rules_is_refused)
{
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"elchi community v1", "elchi community v2"},
        {"elchi community v1\n", "elchi community v1\n\n"},
        {"name en Demonstration community\n", ""}, // then ru alone: fine, so both are cut below
        {"name en", "name zz-x"},
        {"name en", "name sv"}, // languages out of order
        {"name ru", "name en"}, // twice
        {"name en Dem", "name en  Dem"},
        {"codebook 1 ", "codebook 01 "},
        {"codebook 1 ", "codebook 0 "},
        {"codebook 1 sha256:", "codebook 1 SHA256:"},
        {"duration silence 3600\n", ""},
        {"duration silence 3600", "duration silence 0"},
        {"duration silence 3600", "duration silence +3600"},
        {"duration silence 3600", "duration silence 315360001"},
        {"duration silence", "duration receipt"},
        {"quorum 2", "quorum 0"},
        {"quorum 2", "quorum 4"}, // of four States three are others
        {"quorum 2", "quorum 2 "},
        {"quorum 2", "group q 1 XA\nquorum 2"},
        {"quorum 2", "group g 1\nquorum 2"},
        {"quorum 2", "group g 2 XA\nquorum 2"},
        {"quorum 2", "group g 1 XE\nquorum 2"},
        {"quorum 2", "group g 1 XB XA\nquorum 2"},
        {"quorum 2", "group g 1 XA XA\nquorum 2"},
        {"quorum 2", "group g 1 XA\ngroup h 1 XA\nquorum 2"},
        {"quorum 2", "group g 1 XA\ngroup g 1 XB\nquorum 2"},
        {"quorum 2", "group g 1 XA XB XC XD\nquorum 2"}, // one voice in all
        {"state XB", "state XA"},
        {"state XB", "state xb"},
        {"state XB", "state X"},
        {"role observer", "role guest"},
        {"origin xb.example/demo", "origin xa.example/demo"},
        {"origin xb.example/demo", "origin xa.example/demo/xb"}, // inside XA's key names
        {"origin xb.example/demo", "origin xb.example demo"},
        {"origin xb.example/demo", "origin xb.example+demo"},
        {"genesis sha256:", "genesis "},
        {"endpoint https://127", "endpoint http://127"},
        {"endpoint https://127.0.0.1:4400", "endpoint https://"},
        {"endpoint https://127.0.0.1:4400", "endpoint https://127.0.0.1:4400 "},
        {"long en State of XA", "long en State of XA "},
        {"short en", "short en\xe2\x80\xae"}, // a bidi override
    };
    struct made m;
    made_init(&m, 2, "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        if (i == 2)
            continue;
        if (reads_with(&m, rows[i].from, rows[i].to, &err))
            fail_msg("accepted: %s -> %s", rows[i].from, rows[i].to);
        EXPECT(err.kind != ERR_NONE);
    }
    struct err err = {0};
    EXPECT_OK(reads_with(&m, "name en Demonstration community\n", "", &err));
    EXPECT_OK(reads_with(&m, "endpoint https://127.0.0.1:4400\n", "", &err));
    EXPECT_OK(reads_with(&m, "quorum 2", "quorum 3", &err));
    made_release(&m);
}

TEST(a_community_cut_short_is_refused_or_a_smaller_one)
{
    struct made m;
    made_init(&m, 2, "");
    for (size_t len = 0; len < m.file.len; len++) {
        struct err err = {0};
        struct arena scratch;
        struct community c;
        struct bytes again;
        arena_init(&scratch, 1 << 20);
        if (community_read(&scratch, bytes_of(m.file.ptr, len), &c, &err)) {
            EXPECT_OK(community_write(&c, &scratch, &again, &err));
            EXPECT(bytes_eq(again, bytes_of(m.file.ptr, len)));
        } else {
            EXPECT(err.kind != ERR_NONE);
        }
        arena_release(&scratch);
    }
    made_release(&m);
}

TEST(hostile_community_files_are_refused)
{
    static const char *const names[] = {"no-state",
                                        "no-name",
                                        "crlf",
                                        "tab",
                                        "no-final-line",
                                        "quorum-two",
                                        "two-states-one-genesis",
                                        "bidi-name",
                                        "nul"};
    struct arena a;
    crypto_start();
    arena_init(&a, 1 << 24);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct err err = {0};
        struct community c;
        char path[128];
        (void)snprintf(path, sizeof path, "tests/hostile/community/%s.community", names[i]);
        struct bytes sent = test_file(&a, path);
        if (community_read(&a, sent, &c, &err))
            fail_msg("accepted: %s", path);
        EXPECT(err.kind != ERR_NONE);
    }
    arena_release(&a);
}

TEST(too_large_a_community_is_refused_before_it_is_read)
{
    struct err err = {0};
    struct arena a;
    struct community c;
    arena_init(&a, 4 << 20);
    uint8_t *zeros = arena_new(&a, uint8_t, COMMUNITY_BYTES_MAX + 1);
    EXPECT_ERR(community_read(&a, bytes_of(zeros, COMMUNITY_BYTES_MAX + 1), &c, &err), ERR_LIMIT);
    arena_release(&a);
}

TEST(voices_leave_out_the_author_and_count_a_group_once)
{
    struct made m;
    made_init(&m, 2, "group pair 1 XC XD\n");
    const struct community *c = &m.community;
    EXPECT(community_voices(c, &c->states[0]) == 2); // XB, pair
    EXPECT(community_voices(c, &c->states[2]) == 3); // XA, XB, and XD for the pair
    made_release(&m);
}

// -- opt-in

TEST(everything_is_off_at_first)
{
    struct optin o;
    optin_init(&o);
    for (int f = 0; f < OPTIN_FUNCTION_COUNT; f++)
        EXPECT(!optin_is_on(&o, STR("XB"), (enum optin_function)f));
}

TEST(opting_in_is_per_partner_and_per_function)
{
    struct err err = {0};
    struct arena a;
    struct optin o, again;
    struct bytes text, twice;
    arena_init(&a, 1 << 20);
    optin_init(&o);
    EXPECT_OK(optin_set(&o, STR("XC"), OPTIN_WITNESS, true, &err));
    EXPECT_OK(optin_set(&o, STR("XB"), OPTIN_RECEIPTS, true, &err));
    EXPECT_OK(optin_set(&o, STR("XB"), OPTIN_EXCHANGE, true, &err));
    EXPECT(optin_is_on(&o, STR("XB"), OPTIN_RECEIPTS));
    EXPECT(!optin_is_on(&o, STR("XB"), OPTIN_WITNESS));
    EXPECT(!optin_is_on(&o, STR("XC"), OPTIN_RECEIPTS));
    EXPECT_OK(optin_write(&o, &a, &text, &err));
    EXPECT(bytes_eq(text, str_bytes(STR("elchi optin v1\npartner XB exchange receipts\n"
                                        "partner XC witness\n"))));
    EXPECT_OK(optin_read(text, &again, &err));
    EXPECT_OK(optin_write(&again, &a, &twice, &err));
    EXPECT(bytes_eq(text, twice));
    EXPECT_OK(optin_set(&o, STR("XC"), OPTIN_WITNESS, false, &err));
    EXPECT(o.count == 1); // nothing shows that XC ever had a row
    arena_release(&a);
}

TEST(hostile_opt_in_tables_are_refused)
{
    static const char *const rows[] = {
        "",
        "elchi optin v2\n",
        "elchi optin v1",
        "elchi optin v1\n\n",
        "elchi optin v1\npartner XB\n",
        "elchi optin v1\npartner XB \n",
        "elchi optin v1\npartner XB everything\n",
        "elchi optin v1\npartner XB exchange exchange\n",
        "elchi optin v1\npartner XB witness exchange\n",
        "elchi optin v1\npartner XB exchange \n",
        "elchi optin v1\npartner XC exchange\npartner XB exchange\n",
        "elchi optin v1\npartner XB exchange\npartner XB witness\n",
        "elchi optin v1\npartner xb exchange\n",
        "elchi optin v1\npartner  XB exchange\n",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        struct optin o;
        EXPECT_ERR(optin_read(str_bytes(str_of(rows[i])), &o, &err), ERR_MALFORMED);
    }
}

TEST(the_file_the_hostile_ones_were_made_from_is_accepted)
{
    struct err err = {0};
    struct arena a;
    struct community c;
    struct bytes again;
    arena_init(&a, 1 << 22);
    struct bytes sent = test_file(&a, "tests/golden/community/minimal.community");
    EXPECT_OK(community_read(&a, sent, &c, &err));
    EXPECT_OK(community_write(&c, &a, &again, &err));
    EXPECT(bytes_eq(again, sent));
    arena_release(&a);
}
