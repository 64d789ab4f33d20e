#include "access/register_check.h"
#include "tests/community/made.h"

#define NOW (MADE_TIME + 100)
static const char origin[] = "xa.example/demo";

enum who { ANNA, BORIS, CHEN, DANA, WHO_COUNT };
static const char *const names[WHO_COUNT] = {"anna", "boris", "chen", "dana"};

struct desk_of_tests {
    struct arena a;
    struct officer officers[WHO_COUNT];
    struct release_rule rules[3];
    struct approver_register filled; // to be written
    struct approver_register r;
    struct bytes text; // of the record, in the form officers approve
    struct digest hash;
    struct draft_id draft;
};

static struct str label_of(struct arena *a, enum who who)
{
    return made_fmt(a, "officer %s", names[who]);
}

static void fill(struct desk_of_tests *t)
{
    const unsigned technical = 1U << DESK_TECHNICAL;
    const unsigned diplomatic = 1U << DESK_DIPLOMATIC;
    const unsigned drafter = 1U << OFFICER_DRAFTER;
    const unsigned releaser = 1U << OFFICER_RELEASER;
    const unsigned export = 1U << OFFICER_EXPORT;
    const unsigned administrator = 1U << OFFICER_ADMINISTRATOR;
    const struct officer officers[WHO_COUNT] = {
        {.desks = technical, .roles = drafter | releaser | export},
        {.desks = technical | diplomatic, .roles = releaser | export | administrator},
        {.desks = diplomatic, .roles = releaser | export},
        {.desks = 0, .roles = administrator},
    };
    for (int i = 0; i < WHO_COUNT; i++) {
        t->officers[i] = officers[i];
        t->officers[i].name = str_of(names[i]);
        t->officers[i].key = made_key(made_fmt(&t->a, "%s/officer/%s", origin, names[i]),
                                      NOTE_KEY_ED25519, label_of(&t->a, (enum who)i));
    }
    t->rules[0] =
        (struct release_rule){.tlp = TLP_RED, .precedence = PRECEDENCE_COUNT, .approvals = 2};
    t->rules[1] = (struct release_rule){
        .type = STR("message"), .to = STR("XB"), .precedence = PRECEDENCE_FLASH, .approvals = 1};
    t->rules[2] = (struct release_rule){.precedence = PRECEDENCE_COUNT, .approvals = 2};
    t->filled = (struct approver_register){.log = str_of(origin),
                                           .version = 1,
                                           .change = 2,
                                           .officers = t->officers,
                                           .officers_count = WHO_COUNT,
                                           .rules = t->rules,
                                           .rules_count = 3};
}

static struct bytes record_text(struct arena *a, const char *desk, const char *to,
                                const char *precedence, const char *tlp, const char *filled)
{
    struct digest book = digest_of(str_bytes(STR("a codebook")));
    char hash[DIGEST_TEXT_CHARS + 1];
    struct buffer b;
    digest_write(&book, hash);
    buffer_init(&b, a, RECORD_BYTES_MAX);
    buffer_fmt(&b,
               "elchi record v1\nlog xa.example/demo\ntype message\nfrom XA/%s\nto %s\n%s"
               "precedence %s\ntlp %s\nexercise no\ncodebook 1 %s\n01 C01\n",
               desk, to, filled, precedence, tlp, hash);
    return buffer_bytes(&b);
}

static void use_text(struct desk_of_tests *t, struct bytes text)
{
    struct err err = {0};
    t->text = text;
    EXPECT_OK(record_approved_digest(&t->a, text, &t->hash, &err));
}

static void begin(struct desk_of_tests *t)
{
    struct err err = {0};
    struct bytes text;
    memset(t, 0, sizeof *t);
    crypto_start();
    arena_init(&t->a, MADE_ARENA_BYTES);
    fill(t);
    EXPECT_OK(register_write(&t->filled, &t->a, &text, &err));
    EXPECT_OK(register_read(&t->a, text, &t->r, &err));
    memset(t->draft.octets, 7, sizeof t->draft.octets);
    // An ordinary record: the last rule, two officers.
    use_text(t, record_text(&t->a, "technical", "XB/technical", "ROUTINE", "GREEN", ""));
}

static struct approval usual(struct desk_of_tests *t, enum who who)
{
    return (struct approval){.log = str_of(origin),
                             .draft = t->draft,
                             .text = t->hash,
                             .decision = DECISION_RELEASE,
                             .officer = str_of(names[who]),
                             .until = {NOW + 3600}};
}

// Signed by `signer`, whatever officer the text names.
static struct bytes sign(struct desk_of_tests *t, const struct approval *approval, enum who signer)
{
    struct err err = {0};
    struct str text;
    struct secret seed;
    struct writer w = writer_of(arena_new(&t->a, uint8_t, 4096), 4096);
    EXPECT_OK(approval_write(approval, &t->a, &text, &err));
    made_seed(label_of(&t->a, signer), &seed);
    note_sign(text, &t->officers[signer].key, &seed, &w);
    secret_release(&seed);
    EXPECT(!w.full);
    return writer_bytes(&w);
}

static bool release(struct desk_of_tests *t, const struct bytes *approvals, size_t count,
                    struct err *err)
{
    struct decision_case how = {t->draft, approvals, count, {NOW}};
    return register_check_release(&t->r, t->text, &how, &t->a, err);
}

static bool release_by(struct desk_of_tests *t, struct approval first, struct err *err)
{
    struct approval second = usual(t, BORIS);
    struct bytes notes[] = {sign(t, &first, ANNA), sign(t, &second, BORIS)};
    return release(t, notes, 2, err);
}

// -- the register ---------------------------------------------------------------------------------

TEST(a_register_reads_back_as_it_was_written)
{
    struct err err = {0};
    struct desk_of_tests t;
    struct bytes again;
    begin(&t);
    EXPECT_OK(register_write(&t.r, &t.a, &again, &err));
    EXPECT(bytes_eq(again, str_bytes(t.r.text)));
    EXPECT(str_starts(t.r.text, STR("elchi register v1\nlog xa.example/demo\nversion 1\n"
                                    "previous none\nchange 2\nofficer anna xa.example/demo/"
                                    "officer/anna+")));
    const struct officer *boris = register_officer(&t.r, STR("boris"));
    EXPECT(boris != NULL && officer_has_desk(boris, DESK_DIPLOMATIC));
    EXPECT(!officer_has_desk(boris, DESK_NONE) && !officer_has_role(boris, OFFICER_DRAFTER));
    EXPECT(register_officer(&t.r, STR("eve")) == NULL);
    arena_release(&t.a);
}

TEST(a_changed_or_cut_register_is_refused_or_another_one)
{
    struct desk_of_tests t;
    begin(&t);
    struct str text = t.r.text;
    char *copy = arena_new(&t.a, char, text.len);
    for (size_t i = 0; i < 2 * text.len; i++) {
        struct err err = {0};
        struct arena scratch;
        struct approver_register r;
        struct bytes again, sent = {(const uint8_t *)text.ptr, i};
        arena_init(&scratch, 1 << 20);
        if (i >= text.len) {
            memcpy(copy, text.ptr, text.len);
            copy[i - text.len] ^= 1;
            sent = bytes_of(copy, text.len);
        }
        if (!register_read(&scratch, sent, &r, &err)) {
            EXPECT(err.kind != ERR_NONE);
        } else {
            EXPECT_OK(register_write(&r, &scratch, &again, &err));
            EXPECT(bytes_eq(again, sent));
        }
        arena_release(&scratch);
    }
    arena_release(&t.a);
}

TEST(a_register_that_could_never_be_changed_or_used_is_refused)
{
    struct err err = {0};
    struct desk_of_tests t;
    struct bytes text;
    begin(&t);
    t.filled.change = 3; // of two administrators
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_DENIED);
    fill(&t);
    t.rules[0].desk = DESK_JUDICIAL; // nobody sits there
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_DENIED);
    fill(&t);
    t.rules[2].tlp = TLP_GREEN; // a record that no rule fits
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_MALFORMED);
    fill(&t);
    t.rules[0].tlp = TLP_NONE; // rules that could never be reached
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_MALFORMED);
    fill(&t);
    t.filled.rules_count = 0;
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_MALFORMED);
    fill(&t);
    t.rules[1].approvals = 3;
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_MALFORMED);
    arena_release(&t.a);
}

TEST(officers_are_ascending_each_with_his_own_key)
{
    struct err err = {0};
    struct desk_of_tests t;
    struct bytes text;
    begin(&t);
    struct officer anna = t.officers[ANNA];
    t.officers[ANNA] = t.officers[BORIS];
    t.officers[BORIS] = anna;
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_MALFORMED);
    fill(&t);
    t.officers[BORIS].key = t.officers[ANNA].key; // named for anna
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_MALFORMED);
    fill(&t);
    t.officers[BORIS].key =
        made_key(t.officers[BORIS].key.name, NOTE_KEY_ED25519, label_of(&t.a, ANNA));
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_DENIED);
    fill(&t);
    t.officers[BORIS].roles = 0;
    EXPECT_ERR(register_write(&t.filled, &t.a, &text, &err), ERR_MALFORMED);
    arena_release(&t.a);
}

TEST(hostile_registers_are_refused)
{
    static const char *const files[] = {
        "no-catch-all",     "two-catch-alls", "roles-out-of-order", "desk-twice",
        "previous-missing", "zero-approvals", "key-of-other",       "nul"};
    struct arena a;
    crypto_start();
    arena_init(&a, 1 << 24);
    struct err err = {0};
    struct approver_register r;
    EXPECT_OK(register_read(&a, test_file(&a, "tests/golden/access/minimal.register"), &r, &err));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "tests/hostile/access/%s.register", files[i]);
        struct bytes sent = test_file(&a, path);
        err = (struct err){0};
        if (register_read(&a, sent, &r, &err))
            fail_msg("accepted: %s", path);
        EXPECT(err.kind != ERR_NONE);
    }
    arena_release(&a);
}

TEST(the_first_rule_that_fits_decides)
{
    static const struct {
        const char *to, *precedence, *tlp;
        unsigned approvals;
    } rows[] = {
        {"XB/technical", "FLASH", "GREEN", 1}, {"XB/technical", "FLASH", "RED", 2},
        {"XC/technical", "FLASH", "GREEN", 2}, {"XB/technical", "ROUTINE", "GREEN", 2},
        {"all", "FLASH", "CLEAR", 2},
    };
    struct desk_of_tests t;
    begin(&t);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        struct record record;
        struct bytes text =
            record_text(&t.a, "technical", rows[i].to, rows[i].precedence, rows[i].tlp, "");
        EXPECT_OK(record_read_approved(&t.a, text, &record, &err));
        EXPECT(register_rule_for(&t.r, &record)->approvals == rows[i].approvals);
    }
    arena_release(&t.a);
}

// -- release --------------------------------------------------------------------------------------

TEST(two_officers_release_what_takes_two)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    EXPECT_OK(release_by(&t, usual(&t, ANNA), &err));
    // The same approvals hold for the whole text that the clerk made of it.
    t.text = record_text(&t.a, "technical", "XB/technical", "ROUTINE", "GREEN",
                         "ref XA/XB-2026-0012\ntime 2026-07-14T04:01:05Z\n");
    EXPECT_OK(release_by(&t, usual(&t, ANNA), &err));
    arena_release(&t.a);
}

TEST(one_officer_does_not_release_what_takes_two)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    struct approval approval = usual(&t, ANNA);
    struct bytes once = sign(&t, &approval, ANNA);
    EXPECT_ERR(release(&t, NULL, 0, &err), ERR_DENIED);
    EXPECT_ERR(release(&t, &once, 1, &err), ERR_DENIED);
    struct bytes twice[] = {once, once};
    EXPECT_ERR(release(&t, twice, 2, &err), ERR_DENIED);
    approval.until.s += 60; // another note by the same officer is still the same officer
    struct bytes again[] = {once, sign(&t, &approval, ANNA)};
    EXPECT_ERR(release(&t, again, 2, &err), ERR_DENIED);
    arena_release(&t.a);
}

TEST(the_drafter_alone_may_release_under_a_one_officer_rule)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    use_text(&t, record_text(&t.a, "technical", "XB/technical", "FLASH", "GREEN", ""));
    struct approval approval = usual(&t, ANNA); // anna is a drafter too
    struct bytes once = sign(&t, &approval, ANNA);
    EXPECT_OK(release(&t, &once, 1, &err));
    arena_release(&t.a);
}

TEST(any_refusal_blocks)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    struct approval anna = usual(&t, ANNA), boris = usual(&t, BORIS), refusal = usual(&t, BORIS);
    refusal.decision = DECISION_REFUSE;
    struct bytes notes[] = {sign(&t, &anna, ANNA), sign(&t, &boris, BORIS),
                            sign(&t, &refusal, BORIS)};
    EXPECT_ERR(release(&t, notes, 3, &err), ERR_DENIED);
    EXPECT(strstr(err.text, "refused") != NULL);
    arena_release(&t.a);
}

TEST(an_approval_of_anything_else_is_refused)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    struct approval other = usual(&t, ANNA);
    other.text.octets[0] ^= 1;
    EXPECT_ERR(release_by(&t, other, &err), ERR_DENIED);
    other = usual(&t, ANNA);
    other.draft.octets[15] ^= 1;
    EXPECT_ERR(release_by(&t, other, &err), ERR_DENIED);
    other = usual(&t, ANNA);
    other.log = STR("xb.example/demo");
    EXPECT_ERR(release_by(&t, other, &err), ERR_DENIED);
    other = usual(&t, ANNA);
    other.decision = DECISION_EXPORT;
    EXPECT_ERR(release_by(&t, other, &err), ERR_DENIED);
    other = usual(&t, ANNA);
    other.officer = STR("eve");
    EXPECT_ERR(release_by(&t, other, &err), ERR_NOT_FOUND);
    arena_release(&t.a);
}

TEST(other_bytes_than_were_approved_are_not_released)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    t.text = record_text(&t.a, "technical", "XB/technical", "PRIORITY", "GREEN", "");
    EXPECT_ERR(release_by(&t, usual(&t, ANNA), &err), ERR_DENIED);
    arena_release(&t.a);
}

TEST(an_approval_holds_until_its_time_and_at_most_seven_days)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    struct approval approval = usual(&t, ANNA);
    approval.until.s = NOW;
    EXPECT_OK(release_by(&t, approval, &err));
    approval.until.s = NOW - 1;
    EXPECT_ERR(release_by(&t, approval, &err), ERR_DENIED);
    approval.until.s = NOW + APPROVAL_AHEAD_S_MAX;
    EXPECT_OK(release_by(&t, approval, &err));
    approval.until.s++;
    EXPECT_ERR(release_by(&t, approval, &err), ERR_DENIED);
    arena_release(&t.a);
}

TEST(an_approval_is_signed_by_the_officer_it_names)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    struct approval boris = usual(&t, BORIS), anna = usual(&t, ANNA);
    struct bytes notes[] = {sign(&t, &boris, ANNA), sign(&t, &anna, ANNA)};
    EXPECT_ERR(release(&t, notes, 2, &err), ERR_TAMPERED);
    struct bytes good = sign(&t, &anna, ANNA);
    uint8_t *copy = arena_new(&t.a, uint8_t, good.len);
    for (size_t i = 0; i < good.len; i++) {
        struct bytes changed = bytes_of(copy, good.len);
        memcpy(copy, good.ptr, good.len);
        copy[i] ^= 1;
        struct bytes both[] = {sign(&t, &boris, BORIS), changed};
        err = (struct err){0};
        EXPECT(!release(&t, both, 2, &err));
        EXPECT(err.kind != ERR_NONE);
    }
    arena_release(&t.a);
}

TEST(an_officer_releases_for_his_own_desk_only)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    struct approval chen = usual(&t, CHEN), boris = usual(&t, BORIS), dana = usual(&t, DANA);
    struct bytes notes[] = {sign(&t, &boris, BORIS), sign(&t, &chen, CHEN)};
    EXPECT_ERR(release(&t, notes, 2, &err), ERR_DENIED); // chen is a diplomat
    struct bytes with_dana[] = {sign(&t, &boris, BORIS), sign(&t, &dana, DANA)};
    EXPECT_ERR(release(&t, with_dana, 2, &err), ERR_DENIED); // dana releases nothing
    use_text(&t, record_text(&t.a, "diplomatic", "XB/diplomatic", "ROUTINE", "GREEN", ""));
    chen = usual(&t, CHEN);
    boris = usual(&t, BORIS);
    struct bytes diplomats[] = {sign(&t, &boris, BORIS), sign(&t, &chen, CHEN)};
    EXPECT_OK(release(&t, diplomats, 2, &err));
    arena_release(&t.a);
}

TEST(a_record_of_another_log_is_not_released_here)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    t.r.log = STR("xb.example/demo");
    EXPECT_ERR(release_by(&t, usual(&t, ANNA), &err), ERR_DENIED);
    arena_release(&t.a);
}

TEST(more_approvals_than_the_bound_are_refused)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    struct bytes notes[REGISTER_APPROVALS_MAX + 1] = {{0}};
    EXPECT_ERR(release(&t, notes, REGISTER_APPROVALS_MAX + 1, &err), ERR_LIMIT);
    arena_release(&t.a);
}

// -- export and change ----------------------------------------------------------------------------

TEST(a_disclosure_takes_two_officers_with_the_right_to_export)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    struct bytes note = str_bytes(STR("the note to be disclosed\n"));
    t.hash = digest_of(note);
    struct approval anna = usual(&t, ANNA), boris = usual(&t, BORIS);
    anna.decision = DECISION_EXPORT;
    boris.decision = DECISION_EXPORT;
    struct bytes notes[] = {sign(&t, &anna, ANNA), sign(&t, &boris, BORIS)};
    struct decision_case how = {t.draft, notes, 2, {NOW}};
    EXPECT_OK(register_check_export(&t.r, note, DESK_TECHNICAL, &how, &err));
    EXPECT_ERR(register_check_export(&t.r, note, DESK_DIPLOMATIC, &how, &err), ERR_DENIED);
    how.approvals_count = 1;
    EXPECT_ERR(register_check_export(&t.r, note, DESK_TECHNICAL, &how, &err), ERR_DENIED);
    how.approvals_count = 2;
    EXPECT_ERR(register_check_export(&t.r, str_bytes(STR("another\n")), DESK_TECHNICAL, &how, &err),
               ERR_DENIED);
    arena_release(&t.a);
}

// The next register, whose text both administrators of the old one approve.
static bool change(struct desk_of_tests *t, size_t approvals, struct err *err)
{
    struct bytes text;
    struct approver_register next;
    struct err why = {0};
    if (!register_write(&t->filled, &t->a, &text, &why) || !register_read(&t->a, text, &next, &why))
        fail_msg("%s", why.text);
    t->hash = next.hash;
    struct approval boris = usual(t, BORIS), dana = usual(t, DANA);
    boris.decision = DECISION_REGISTER;
    dana.decision = DECISION_REGISTER;
    struct bytes notes[] = {sign(t, &boris, BORIS), sign(t, &dana, DANA)};
    struct decision_case how = {t->draft, notes, approvals, {NOW}};
    return register_check_change(&t->r, &next, &how, err);
}

TEST(a_register_changes_by_the_approvals_the_present_one_asks_for)
{
    struct err err = {0};
    struct desk_of_tests t;
    begin(&t);
    t.filled.version = 2;
    t.filled.has_previous = true;
    t.filled.previous = t.r.hash;
    t.filled.change = 1; // the new one would ask for less: that does not help it
    EXPECT_OK(change(&t, 2, &err));
    EXPECT_ERR(change(&t, 1, &err), ERR_DENIED);
    t.filled.previous.octets[0] ^= 1;
    EXPECT_ERR(change(&t, 2, &err), ERR_CONFLICT);
    t.filled.previous = t.r.hash;
    t.filled.version = 3;
    EXPECT_ERR(change(&t, 2, &err), ERR_CONFLICT);
    arena_release(&t.a);
}
