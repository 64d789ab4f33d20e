// Source: C2SP tlog-policy: its example, its rules for names, members, k, quorum, characters.
#include "tests/log/made.h"

#define TIME UINT64_C(1784000000)

static struct arena arena;
static char text[400000];

static const char *vkey(const char *name, enum note_key_type type, uint8_t number)
{
    static char texts[8][256];
    static size_t next;
    char *ret = texts[next++ % 8];
    struct made_key made = made_key(name, type, number);
    struct writer w = writer_of(ret, 255);
    note_key_write(&made.key, &w);
    ret[w.len] = '\0';
    secret_release(&made.seed);
    return ret;
}
static bool reads(const char *policy, struct policy *ret, struct err *err)
{
    *err = (struct err){0};
    return policy_read(bytes_of(policy, strlen(policy)), &arena, ret, err);
}
// The example of the specification, with keys.
static const char *example(void)
{
    size_t len = (size_t)snprintf(text, sizeof text, "log %s\n\n",
                                  vkey("xa.example/demo", NOTE_KEY_ED25519, 1));
    static const char *const names[6] = {"X1", "X2", "X3", "Y1", "Y2", "Y3"};
    for (size_t i = 0; i < 6; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "witness %s %s\n", names[i],
                                vkey(names[i], NOTE_KEY_COSIGNER, (uint8_t)(i + 10)));
    (void)snprintf(text + len, sizeof text - len,
                   "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n"
                   "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n");
    return text;
}
static void begin(void)
{
    arena_init(&arena, 64U << 20);
    crypto_start();
}

TEST(the_example_asks_for_two_of_x_and_one_of_y)
{
    struct policy policy;
    struct err err;
    begin();
    EXPECT_OK(reads(example(), &policy, &err));
    EXPECT(policy.logs_count == 1 && policy.witnesses_count == 6 && policy.groups_count == 3);
    for (unsigned set = 0; set < 64; set++) {
        bool cosigned[6], met = false;
        for (size_t i = 0; i < 6; i++)
            cosigned[i] = set >> i & 1;
        unsigned x = set & 7, y = set >> 3;
        EXPECT_OK(policy_met(&policy, cosigned, &arena, &met, &err));
        EXPECT(met == (__builtin_popcount(x) >= 2 && y != 0));
    }
    arena_release(&arena);
}

TEST(a_policy_written_reads_back_as_itself)
{
    static uint8_t one[8192], two[8192];
    struct policy policy, back;
    struct err err;
    begin();
    EXPECT_OK(reads(example(), &policy, &err));
    struct writer a = writer_of(one, sizeof one), b = writer_of(two, sizeof two);
    policy_write(&policy, &a);
    EXPECT(!a.full);
    EXPECT_OK(policy_read(writer_bytes(&a), &arena, &back, &err));
    policy_write(&back, &b);
    EXPECT(bytes_eq(writer_bytes(&a), writer_bytes(&b)));
    arena_release(&arena);
}

TEST(a_checkpoint_is_opened_by_log_and_quorum_together)
{
    struct policy policy;
    struct err err;
    struct checkpoint head;
    begin();
    EXPECT_OK(reads(example(), &policy, &err));
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct made_key x1 = made_key("X1", NOTE_KEY_COSIGNER, 10),
                    x2 = made_key("X2", NOTE_KEY_COSIGNER, 11);
    struct made_key y1 = made_key("Y1", NOTE_KEY_COSIGNER, 13);
    struct digest *leaves = made_leaves(&arena, 5, 5);
    struct bytes sent = made_note(&arena, &log, leaves, 5);
    EXPECT_ERR(policy_open(&policy, sent, &arena, &head, &err), ERR_DENIED);
    sent = made_cosigned(&arena, sent, TIME, &x1);
    sent = made_cosigned(&arena, sent, TIME, &y1);
    EXPECT_ERR(policy_open(&policy, sent, &arena, &head, &err), ERR_DENIED);
    struct bytes good = made_cosigned(&arena, sent, TIME, &x2);
    EXPECT_OK(policy_open(&policy, good, &arena, &head, &err));
    EXPECT(head.size.n == 5);
    // cosignatures without the log's own signature, and another log's name, count for nothing
    struct made_key thief = made_key("xa.example/demo", NOTE_KEY_ED25519, 99);
    struct bytes stolen = made_note(&arena, &thief, leaves, 5);
    stolen = made_cosigned(
        &arena, made_cosigned(&arena, made_cosigned(&arena, stolen, TIME, &x1), TIME, &x2), TIME,
        &y1);
    EXPECT_ERR(policy_open(&policy, stolen, &arena, &head, &err), ERR_TAMPERED);
    struct made_key other = made_key("xb.example/demo", NOTE_KEY_ED25519, 1);
    EXPECT_ERR(policy_open(&policy, made_note(&arena, &other, leaves, 5), &arena, &head, &err),
               ERR_DENIED);
    // a known witness's failing line condemns the note, whether or not the quorum stands without it
    struct made_key x3 = made_key("X3", NOTE_KEY_COSIGNER, 12);
    struct note small;
    struct bytes other_size = made_note(&arena, &log, leaves, 4);
    uint8_t octets[4096];
    struct writer w = writer_of(octets, sizeof octets);
    EXPECT_OK(note_read(other_size, &small, &err));
    writer_put(&w, good);
    cosign_sign(small.text, TIME, &x3.key, &x3.seed, &w);
    EXPECT_ERR(policy_open(&policy, writer_bytes(&w), &arena, &head, &err), ERR_TAMPERED);
    arena_release(&arena);
}

TEST(quorum_none_asks_for_the_log_alone_and_a_witness_may_be_the_quorum)
{
    struct policy policy;
    struct err err;
    struct checkpoint head;
    begin();
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1),
                    w1 = made_key("w", NOTE_KEY_COSIGNER, 2);
    struct digest *leaves = made_leaves(&arena, 5, 5);
    struct bytes sent = made_note(&arena, &log, leaves, 5);
    (void)snprintf(text, sizeof text,
                   " \t# a comment with \xFF\n\tlog  %s\t https://xa.example/ \n\n quorum none ",
                   vkey("xa.example/demo", NOTE_KEY_ED25519, 1));
    EXPECT(!reads(text, &policy, &err)); // no final line feed
    text[strlen(text) + 1] = '\0';
    text[strlen(text)] = '\n';
    EXPECT_OK(reads(text, &policy, &err));
    EXPECT(str_eq(policy.logs[0].url, STR("https://xa.example/")));
    EXPECT_OK(policy_open(&policy, sent, &arena, &head, &err));
    (void)snprintf(text, sizeof text, "log %s\nwitness w %s\nquorum w\n",
                   vkey("xa.example/demo", NOTE_KEY_ED25519, 1), vkey("w", NOTE_KEY_COSIGNER, 2));
    EXPECT_OK(reads(text, &policy, &err));
    EXPECT_ERR(policy_open(&policy, sent, &arena, &head, &err), ERR_DENIED);
    EXPECT_OK(policy_open(&policy, made_cosigned(&arena, sent, TIME, &w1), &arena, &head, &err));
    arena_release(&arena);
}

// 'A', 'B' and 'L' stand for keys.
static const char *const broken[] = {
    "",
    "\n",
    "quorum none",
    "# only\n",
    "quorum\n",
    "quorum a\n",
    "quorum none none\n",
    "quorum none\nquorum none\n",
    "Quorum none\n",
    "quorum none\r\n",
    "quorum none\v\n",
    "quorum none\x7F\n",
    "log\nquorum none\n",
    "log x\nquorum none\n",
    "log A\nquorum none\n",
    "log L url more\nquorum none\n",
    "log L\nlog L\nquorum none\n",
    "witness a\nquorum none\n",
    "witness a L\nquorum a\n",
    "witness A\nquorum none\n",
    "witness none A\nquorum none\n",
    "witness a A\nwitness a B\nquorum a\n",
    "witness a A\nwitness b A\nquorum a\n",
    "quorum a\nwitness a A\n",
    "group g any\nquorum g\n",
    "group g any a\nquorum g\n",
    "group g all g\nquorum g\n",
    "witness a A\ngroup g 0 a\nquorum g\n",
    "witness a A\ngroup g 2 a\nquorum g\n",
    "witness a A\ngroup g 01 a\nquorum g\n",
    "witness a A\ngroup g some a\nquorum g\n",
    "witness a A\ngroup g any a a\nquorum g\n",
    "witness a A\ngroup a any a\nquorum a\n",
    "witness a A\ngroup none any a\nquorum none\n",
    "witness a A\ngroup g any a none\nquorum g\n",
    "witness a A\ngroup g any a\ngroup h any a\nquorum g\n",
    "witness a A\ngroup g any a\ngroup h any g\ngroup i any g\nquorum h\n",
    "witness \xFF A\nquorum none\n",
};

TEST(what_breaks_a_rule_of_the_policy_file_is_refused)
{
    char a[256], b[256], l[256];
    struct policy policy;
    struct err err;
    begin();
    (void)snprintf(a, sizeof a, "%s", vkey("a", NOTE_KEY_COSIGNER, 1));
    (void)snprintf(b, sizeof b, "%s", vkey("b", NOTE_KEY_COSIGNER, 2));
    (void)snprintf(l, sizeof l, "%s", vkey("l", NOTE_KEY_ED25519, 3));
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        size_t len = 0;
        for (const char *c = broken[i]; *c != '\0'; c++) {
            const char *put = *c == 'A' ? a : *c == 'B' ? b : *c == 'L' ? l : NULL;
            len += put != NULL ? (size_t)snprintf(text + len, sizeof text - len, "%s", put)
                               : (size_t)snprintf(text + len, sizeof text - len, "%c", *c);
        }
        text[len] = '\0';
        if (reads(text, &policy, &err))
            fail_msg("taken: %s", broken[i]);
        EXPECT(err.kind != ERR_NONE);
    }
    arena_release(&arena);
}

TEST(a_policy_of_32_of_each_is_taken_and_one_of_200_and_none_above_the_bound)
{
    struct policy policy;
    struct err err;
    begin();
    static const size_t counts[] = {32, 200};
    for (size_t c = 0; c < 2; c++) {
        size_t n = counts[c], len = 0;
        for (size_t i = 0; i < n; i++) {
            char name[32];
            (void)snprintf(name, sizeof name, "n%zu", i);
            len += (size_t)snprintf(text + len, sizeof text - len, "log %s\nwitness %s %s\n",
                                    vkey(name, NOTE_KEY_ED25519, (uint8_t)i), name,
                                    vkey(name, NOTE_KEY_COSIGNER, (uint8_t)i));
            len += (size_t)snprintf(text + len, sizeof text - len, "group g%zu any n%zu\n", i, i);
        }
        len += (size_t)snprintf(text + len, sizeof text - len, "group q 2");
        for (size_t i = 0; i < n; i++)
            len += (size_t)snprintf(text + len, sizeof text - len, " g%zu", i);
        (void)snprintf(text + len, sizeof text - len, "\nquorum q\n");
        EXPECT_OK(reads(text, &policy, &err));
        EXPECT(policy.logs_count == n && policy.witnesses_count == n &&
               policy.groups_count == n + 1);
    }
    // above the bound it is the bound that refuses
    size_t len = 0;
    for (size_t i = 0; i <= POLICY_ITEMS_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "log x\n");
    EXPECT(!reads(text, &policy, &err));
    EXPECT(err.kind == ERR_LIMIT);
    arena_release(&arena);
}
