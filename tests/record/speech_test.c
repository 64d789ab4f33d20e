// Messages held against the embedded codebook.
#include "codebook/embedded.h"
#include "record/speech.h"
#include "tests/record/made.h"

enum { ROOM = 16 << 20 };

static bool has_state(const void *who, struct str state)
{
    (void)who;
    return str_eq(state, STR("XA")) || str_eq(state, STR("XB")) || str_eq(state, STR("XC"));
}
static const struct electorate states = {.has = has_state};

struct stage {
    struct arena a;
    struct codebook books;
    const struct book *book;
};
static void stage_init(struct stage *s)
{
    struct err err = {0};
    arena_init(&s->a, ROOM);
    EXPECT_OK(codebook_embedded(&s->a, &s->books, &err));
    s->book = s->books.shelf.books[0];
}
// A message with these numbered lines, naming the stage's book.
static const char *text_with(struct stage *s, const char *from, const char *to, const char *links,
                             const char *lines)
{
    struct err err = {0};
    struct str text;
    char hash[DIGEST_TEXT_CHARS + 1];
    digest_write(&s->book->hash, hash);
    EXPECT_OK(arena_fmt(&s->a, &text, &err,
                        "elchi record v1\nlog x%c.example/demo\ntype message\n"
                        "from %s/technical\nto %s/technical\nref %s/%s-2026-0007\n"
                        "time 2026-07-14T04:00:00Z\nprecedence PRIORITY\ntlp AMBER\nexercise no\n"
                        "codebook %u %s\n%s%s",
                        from[1] + 32, from, to, from, to, (unsigned)s->book->version, hash, links,
                        lines));
    return text.ptr;
}
static struct record read_message(struct stage *s, const char *text)
{
    struct err err = {0};
    struct record r;
    EXPECT_OK(record_read(&s->a, octets(text), &r, &err));
    return r;
}
#define ASKED                                                                                   \
    "01 N02 class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z prefix=198.51.100.0/24\n" \
    "02 R01 by=2026-07-14T12:00:00Z\n"                                                          \
    "03 C01\n"

TEST(a_message_of_known_phrases_may_be_sent)
{
    struct stage s;
    struct err err = {0};
    stage_init(&s);
    struct record r = read_message(&s, text_with(&s, "XA", "XB", "", ASKED));
    EXPECT_OK(speech_check(&r, s.book, &states, &err));
    arena_release(&s.a);
}
TEST(what_the_book_does_not_hold_is_not_sent)
{
    static const struct {
        const char *lines;
        enum err_kind kind;
    } bad[] = {
        {"01 Z99\n", ERR_NOT_FOUND},
        {"01 R01\n", ERR_MALFORMED},             // lacks `by`
        {"01 R01 by=tomorrow\n", ERR_MALFORMED}, //
        {"01 C01 strange=1\n", ERR_MALFORMED},   //
        {"01 N02 class=weather when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z "
         "prefix=198.51.100.0/24\n",
         ERR_NOT_FOUND}, // not in the table
    };
    struct stage s;
    struct err err;
    stage_init(&s);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct record r = read_message(&s, text_with(&s, "XA", "XB", "", bad[i].lines));
        EXPECT_ERR(speech_check(&r, s.book, &states, &err), bad[i].kind);
    }
    struct record r = read_message(&s, MADE_OPEN_MESSAGE);
    EXPECT_ERR(speech_check(&r, s.book, &states, &err), ERR_CONFLICT);
    arena_release(&s.a);
}
TEST(desk_and_precedence_are_the_phrases_own)
{
    struct stage s;
    struct err err;
    stage_init(&s);
    const char *text = text_with(&s, "XA", "XB", "", "01 R01 by=2026-07-14T12:00:00Z\n");
    text = with(&s.a, text, "from XA/technical", "from XA/judicial"); // not a judicial phrase
    struct record r = read_message(&s, text);
    EXPECT_ERR(speech_check(&r, s.book, &states, &err), ERR_DENIED);
    text = text_with(&s, "XA", "XB", "", "01 P15\n");
    text = with(&s.a, text, "precedence PRIORITY", "precedence FLASH");
    r = read_message(&s, text);
    EXPECT_ERR(speech_check(&r, s.book, &states, &err), ERR_DENIED);
    arena_release(&s.a);
}
TEST(lines_that_ask_have_deadlines_of_their_own_or_of_their_phrase)
{
    struct stage s;
    struct expectation e[EXPECTATIONS_MAX];
    struct moment noon;
    stage_init(&s);
    EXPECT(moment_read(STR("2026-07-14T12:00:00Z"), &noon));
    struct record r = read_message(&s, text_with(&s, "XA", "XB", "", ASKED));
    EXPECT(speech_expectations(r.payload, s.book, r.time, e) == 2);
    EXPECT(e[0].line == 1 && e[0].acknowledge_suffices && e[0].stand_by_allowed);
    EXPECT(e[0].has_deadline && e[0].respond_by.s == r.time.s + 4 * 3600); // PT4H
    EXPECT(e[1].line == 2 && !e[1].acknowledge_suffices);
    EXPECT(e[1].has_deadline && e[1].respond_by.s == noon.s); // by=
    r = read_message(&s, text_with(&s, "XA", "XB", "", "01 Z99\n02 C01\n"));
    EXPECT(speech_expectations(r.payload, s.book, r.time, e) == 0);
    arena_release(&s.a);
}

// The whole way: asked, answered, folded.
static struct record_state answered(struct stage *s, const char *lines, enum party by, int64_t now)
{
    struct expectation e[EXPECTATIONS_MAX];
    struct fact facts[PHRASE_LINES_MAX + 1];
    struct record_state state;
    struct record asked = read_message(s, text_with(s, "XA", "XB", "", ASKED));
    struct record reply =
        read_message(s, text_with(s, "XB", "XA", "answers XA/XB-2026-0007 " HASH_A "\n", lines));
    struct record_subject subject = {.begins = DELIVERY_LOGGED, .expectations = e};
    subject.expectations_count = speech_expectations(asked.payload, s->book, asked.time, e);
    size_t count = speech_facts(reply.payload, asked.payload, s->book, by,
                                (struct moment){asked.time.s + 60}, facts);
    record_state_at(&subject, facts, count, (struct moment){asked.time.s + now}, &state);
    return state;
}
TEST(answers_settle_what_the_book_lets_them_settle)
{
    struct stage s;
    stage_init(&s);
    struct record_state r = answered(&s, "01 E01 line=01\n02 E05 line=02\n", PARTY_ADDRESSEE, 100);
    EXPECT(r.delivery == DELIVERY_ANSWERED && r.dialogue == DIALOGUE_ANSWERED);
    r = answered(&s, "01 E01\n", PARTY_ADDRESSEE, 30); // before it was received
    EXPECT(r.delivery == DELIVERY_LOGGED);
    r = answered(&s, "01 E01 line=01\n", PARTY_ADDRESSEE, 100);
    EXPECT(r.delivery == DELIVERY_ACKNOWLEDGED && r.lines[0].state == DIALOGUE_ANSWERED);
    EXPECT(r.lines[1].state == DIALOGUE_OPEN);
    r = answered(&s, "01 E02 line=02 until=2026-07-15T00:00:00Z\n", PARTY_ADDRESSEE, 100);
    EXPECT(r.lines[1].state == DIALOGUE_STANDING_BY);
    r = answered(&s, "01 E03 line=02\n", PARTY_ADDRESSEE, 100); // "yes" is no answer to a request
    EXPECT(r.delivery == DELIVERY_LOGGED && r.dialogue == DIALOGUE_OPEN);
    r = answered(&s, "01 P10 line=02\n", PARTY_ADDRESSEE, 100); // say again
    EXPECT(r.dialogue == DIALOGUE_OPEN);
    r = answered(&s, "01 E01 line=01\n02 E05 line=02\n", PARTY_AUTHOR, 100);
    EXPECT(r.delivery == DELIVERY_LOGGED && r.dialogue == DIALOGUE_OPEN);
    arena_release(&s.a);
}
TEST(the_closing_phrase_closes)
{
    struct stage s;
    stage_init(&s);
    const struct phrase *closing = book_phrase(s.book, STR(SPEECH_CLOSING_PHRASE));
    EXPECT(closing != NULL); // the code means what this room takes it to mean
    EXPECT(str_starts(closing->meaning, STR("We regard this dialogue as closed")));
    struct record_state r = answered(&s, "01 P15\n", PARTY_AUTHOR, 100);
    EXPECT(r.dialogue == DIALOGUE_CLOSED && r.delivery == DELIVERY_CLOSED);
    r = answered(&s, "01 P15\n", PARTY_ADDRESSEE, 100);
    EXPECT(r.dialogue == DIALOGUE_OPEN);
    r = answered(&s, "01 E01 line=01\n02 E05 line=02\n03 P15\n", PARTY_ADDRESSEE, 100);
    EXPECT(r.dialogue == DIALOGUE_CLOSED && r.delivery == DELIVERY_CLOSED);
    arena_release(&s.a);
}
TEST(an_answer_names_what_it_answers_and_keeps_exercise_apart)
{
    struct stage s;
    struct err err = {0};
    struct verified_record asked;
    char hash[DIGEST_TEXT_CHARS + 1];
    struct str links;
    stage_init(&s);
    struct bytes note =
        made_note(&s.a, text_with(&s, "XA", "XB", "", ASKED), "xa.example/demo", "technical", 7);
    EXPECT_OK(record_open(&s.a, note, &made_keys, made_place("xa.example/demo", 7), &asked, &err));
    digest_write(&asked.note_hash, hash);
    EXPECT_OK(arena_fmt(&s.a, &links, &err, "answers XA/XB-2026-0007 %s\n", hash));
    struct record r = read_message(&s, text_with(&s, "XB", "XA", links.ptr, "01 E05 line=02\n"));
    EXPECT_OK(speech_check_answer(&r, &asked, s.book, &err));
    r = read_message(&s, text_with(&s, "XB", "XA", links.ptr, "01 E03 line=02\n"));
    EXPECT_ERR(speech_check_answer(&r, &asked, s.book, &err), ERR_DENIED);
    r = read_message(&s, text_with(&s, "XB", "XA", links.ptr, "01 E05 line=09\n"));
    EXPECT_ERR(speech_check_answer(&r, &asked, s.book, &err), ERR_DENIED);
    const char *text = text_with(&s, "XB", "XA", links.ptr, "01 E05 line=02\n");
    r = read_message(&s, with(&s.a, text, "exercise no", "exercise yes"));
    EXPECT_ERR(speech_check_answer(&r, &asked, s.book, &err), ERR_DENIED);
    text = text_with(&s, "XB", "XA", "answers XA/XB-2026-0007 " HASH_A "\n", "01 E05 line=02\n");
    r = read_message(&s, text);
    EXPECT_ERR(speech_check_answer(&r, &asked, s.book, &err), ERR_CONFLICT);
    arena_release(&s.a);
}

// -- one record about another ------------------------------------------------------------------
static struct verified_record opened(struct stage *s, const char *text, const char *origin,
                                     const char *role, uint64_t index)
{
    struct err err = {0};
    struct verified_record v;
    struct bytes note = made_note(&s->a, text, origin, role, index);
    EXPECT_OK(record_open(&s->a, note, &made_keys, made_place(origin, index), &v, &err));
    return v;
}
// `text` with the first HASH_A replaced by the hash of the record's note.
static const char *naming(struct stage *s, const char *text, const struct verified_record *about)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    digest_write(&about->note_hash, hash);
    return with(&s->a, text, HASH_A, hash);
}
TEST(a_receipt_is_about_exactly_the_record_and_entry_it_names)
{
    struct stage s;
    struct fact facts[SPEECH_FACTS_MAX];
    struct moment at = {5};
    stage_init(&s);
    struct verified_record about = opened(&s, MADE_MESSAGE, "xa.example/demo", "technical", 47);
    const char *text = with(&s.a, naming(&s, MADE_RECEIPT, &about), " 4711 ", " 47 ");
    struct verified_record held = opened(&s, text, "xb.example/demo", "node", 3);
    EXPECT(speech_facts_about(&about, &held, NULL, at, facts) == 1);
    EXPECT(facts[0].act == ACT_HOLD && facts[0].by == PARTY_ADDRESSEE_NODE);
    EXPECT(facts[0].attachments_held == 1 && facts[0].at.s == 5);
    held = opened(&s, with(&s.a, text, " 47 ", " 48 "), "xb.example/demo", "node", 3);
    EXPECT(speech_facts_about(&about, &held, NULL, at, facts) == 0); // another entry
    text = with(&s.a, MADE_RECEIPT, " 4711 ", " 47 ");
    held = opened(&s, text, "xb.example/demo", "node", 3);
    EXPECT(speech_facts_about(&about, &held, NULL, at, facts) == 0); // another note
    text = with(&s.a, MADE_UNREADABLE, "demo 0 ", "demo 47 ");
    held = opened(&s, text, "xb.example/demo", "node", 3);
    EXPECT(speech_facts_about(&about, &held, NULL, at, facts) == 1);
    EXPECT(facts[0].act == ACT_REPORT_UNREADABLE);
    text = with(&s.a, MADE_MISSING, "XA/XB-2026-0013", "XA/XB-2026-0012");
    held = opened(&s, text, "xb.example/demo", "node", 3);
    EXPECT(speech_facts_about(&about, &held, NULL, at, facts) == 1);
    EXPECT(facts[0].act == ACT_REPORT_MISSING);
    arena_release(&s.a);
}
TEST(only_the_author_takes_back_or_replaces)
{
    struct stage s;
    struct fact facts[SPEECH_FACTS_MAX];
    struct moment at = {5};
    stage_init(&s);
    struct verified_record about = opened(&s, MADE_MESSAGE, "xa.example/demo", "technical", 47);
    const char *text = naming(&s, MADE_WITHDRAW, &about);
    struct verified_record w = opened(&s, text, "xa.example/demo", "technical", 48);
    EXPECT(speech_facts_about(&about, &w, NULL, at, facts) == 1);
    EXPECT(facts[0].act == ACT_WITHDRAW && facts[0].by == PARTY_AUTHOR);
    w = opened(&s, MADE_WITHDRAW, "xa.example/demo", "technical", 48);
    EXPECT(speech_facts_about(&about, &w, NULL, at, facts) == 0); // another note
    char hash[DIGEST_TEXT_CHARS + 1];
    struct str line;
    struct err err = {0};
    digest_write(&about.note_hash, hash);
    EXPECT_OK(arena_fmt(&s.a, &line, &err, "replaces XA/XB-2026-0012 %s\n01 C01\n", hash));
    text = with(&s.a, text_with(&s, "XA", "XB", "", line.ptr), "2026-0007", "2026-0013");
    w = opened(&s, text, "xa.example/demo", "technical", 48);
    EXPECT(speech_facts_about(&about, &w, s.book, at, facts) == 1);
    EXPECT(facts[0].act == ACT_REPLACE && facts[0].by == PARTY_AUTHOR);
    arena_release(&s.a);
}
TEST(an_answer_is_a_fact_about_what_it_names_under_its_own_book)
{
    struct stage s;
    struct fact facts[SPEECH_FACTS_MAX];
    struct moment at = {5};
    stage_init(&s);
    struct verified_record about =
        opened(&s, text_with(&s, "XA", "XB", "", ASKED), "xa.example/demo", "technical", 47);
    const char *text =
        text_with(&s, "XB", "XA", "answers XA/XB-2026-0007 " HASH_A "\n", "01 E05 line=02\n");
    struct verified_record reply =
        opened(&s, naming(&s, text, &about), "xb.example/demo", "technical", 3);
    EXPECT(speech_facts_about(&about, &reply, s.book, at, facts) == 1);
    EXPECT(facts[0].act == ACT_ANSWER && facts[0].line == 2 && facts[0].by == PARTY_ADDRESSEE);
    EXPECT(speech_facts_about(&about, &reply, NULL, at, facts) == 0); // a book nobody here holds
    reply = opened(&s, text, "xb.example/demo", "technical", 3);
    EXPECT(speech_facts_about(&about, &reply, s.book, at, facts) == 0); // another note
    arena_release(&s.a);
}
