// The golden dialogues: what officers need to say, from first notice to closing, said in code.
#include "base/world.h"
#include "codebook/render_form.h"
#include "record/voice.h"
#include "tests/codebook/spoken_exhaust.h"
#include "tests/record/told.h"

enum { ROOM = 64 << 20 };

struct stage {
    struct arena a;
    struct codebook books;
    struct str files[TOLD_FILES_MAX];
    size_t files_count;
    struct told told;
};
static void stage_init(struct stage *s)
{
    struct err err = {0};
    arena_init(&s->a, ROOM);
    EXPECT_OK(codebook_embedded(&s->a, &s->books, &err));
    s->files_count = told_files(&s->a, s->files);
    EXPECT(s->files_count >= 30);
}

TEST(every_line_of_every_dialogue_may_be_said_by_its_desk_and_answers_what_it_may)
{
    static struct stage s;
    stage_init(&s);
    size_t lines = 0;
    for (size_t f = 0; f < s.files_count; f++) {
        told_read(&s.a, s.files[f], s.books.current, &s.told);
        EXPECT(s.told.count >= 2);
        for (size_t n = 1; n <= s.told.count; n++) {
            const struct told_message *m = &s.told.messages[n];
            const struct message *said = m->record.payload;
            struct answer answers[PHRASE_LINES_MAX];
            struct err err = {0};
            if (!speech_check(&m->record, s.books.current, &told_states, &err))
                fail_msg("%.*s %zu: %s (%s)", STR_ARG(s.files[f]), n, err.text, err.clause);
            lines += said->lines_count;
            if (m->answers == 0)
                continue;
            const struct message *asked = told_message(&s.told, m->answers);
            if (!codebook_answers_check(s.books.current, asked->lines, asked->lines_count,
                                        said->lines, said->lines_count, answers, &err))
                fail_msg("%.*s %zu: %s (%s)", STR_ARG(s.files[f]), n, err.text, err.clause);
        }
    }
    print_message("%zu dialogues, %zu lines\n", s.files_count, lines);
    arena_release(&s.a);
}

// The first message of the dialogue: what an answer answers, and that one, and so on.
static size_t root_of(const struct told *t, size_t n)
{
    while (t->messages[n].answers > 0)
        n = t->messages[n].answers;
    return n;
}

// All that follows message n, folded at the time of the last one.
static struct record_state fared(const struct stage *s, size_t n)
{
    const struct told *t = &s->told;
    struct expectation e[EXPECTATIONS_MAX];
    static struct fact facts[TOLD_MESSAGES_MAX * (PHRASE_LINES_MAX + 1)];
    struct record_state folded;
    const struct told_message *about = &t->messages[n];
    struct record_subject subject = {.begins = DELIVERY_LOGGED, .expectations = e};
    size_t count = 0;
    subject.expectations_count =
        speech_expectations(about->record.payload, s->books.current, about->record.time, e);
    for (size_t i = n; i <= t->count; i++) {
        const struct told_message *m = &t->messages[i];
        const struct message *said = m->record.payload;
        bool own = m->from.ptr[1] == about->from.ptr[1];
        if (m->answers == n)
            count +=
                speech_facts(said, about->record.payload, s->books.current,
                             own ? PARTY_AUTHOR : PARTY_ADDRESSEE, m->record.time, facts + count);
        if (m->replaces == n)
            facts[count++] =
                (struct fact){.act = ACT_REPLACE, .by = PARTY_AUTHOR, .at = m->record.time};
        if (speech_closes(said) && root_of(t, i) == root_of(t, n))
            facts[count++] = (struct fact){
                .act = ACT_CLOSE, .by = own ? PARTY_AUTHOR : PARTY_ADDRESSEE, .at = m->record.time};
    }
    record_state_at(&subject, facts, count, t->messages[t->count].record.time, &folded);
    return folded;
}

TEST(every_dialogue_ends_as_it_says)
{
    static struct stage s;
    stage_init(&s);
    for (size_t f = 0; f < s.files_count; f++) {
        told_read(&s.a, s.files[f], s.books.current, &s.told);
        EXPECT(s.told.ends_count >= 1);
        for (size_t i = 0; i < s.told.ends_count; i++) {
            const struct told_end *end = &s.told.ends[i];
            struct record_state got = fared(&s, end->message);
            if (!str_eq(str_of(dialogue_state_word(got.dialogue)), end->state))
                fail_msg("%.*s: message %zu is %s, not %.*s", STR_ARG(s.files[f]), end->message,
                         dialogue_state_word(got.dialogue), STR_ARG(end->state));
        }
    }
    arena_release(&s.a);
}

// What no situation needs does not belong in a small book; what stands in it has been tried.
TEST(the_dialogues_use_every_phrase_of_the_book)
{
    static struct stage s;
    bool used[BOOK_PHRASES_MAX] = {false};
    stage_init(&s);
    const struct book *book = s.books.current;
    for (size_t f = 0; f < s.files_count; f++) {
        told_read(&s.a, s.files[f], book, &s.told);
        for (size_t n = 1; n <= s.told.count; n++) {
            const struct message *said = told_message(&s.told, n);
            for (size_t i = 0; i < said->lines_count; i++)
                used[book_phrase(book, said->lines[i].code) - book->phrases] = true;
        }
    }
    for (size_t p = 0; p < book->phrases_count; p++)
        if (!used[p])
            fail_msg("no dialogue says %.*s", STR_ARG(book->phrases[p].code));
    arena_release(&s.a);
}

// -- in every language ----------------------------------------------------------------------------

static void put_message(struct stage *s, const struct render_with *base, size_t n,
                        struct buffer *to)
{
    const struct told_message *m = &s->told.messages[n];
    const struct message *said = m->record.payload;
    struct render_with with = *base;
    struct err err = {0};
    struct rendered rendered;
    struct str text;
    with.exercise = m->exercise;
    EXPECT_OK(codebook_render(&with, said->lines, said->lines_count, &s->a, &rendered, &err));
    for (size_t i = 0; i < rendered.lines_count; i++)
        if (rendered.lines[i].flags & (RENDERED_UNKNOWN | RENDERED_INVALID | RENDERED_UNTRANSLATED))
            fail_msg("message %zu line %zu is not whole in %.*s: %.*s", n, i + 1,
                     STR_ARG(rendered.language), STR_ARG(rendered.lines[i].text));
    EXPECT_OK(codebook_render_plain(&with, &rendered, &s->a, &text, &err));
    buffer_fmt(to, "\n(%zu) %.*s %.*s > %.*s %.*s TLP:%.*s\n", n, STR_ARG(m->time),
               STR_ARG(m->from), STR_ARG(m->to), STR_ARG(m->precedence), STR_ARG(m->tlp));
    buffer_str(to, text);
}

static void check_language(struct stage *s, const struct rendering *language)
{
    struct buffer to;
    struct bytes text;
    struct err err = {0};
    struct str path;
    struct render_with with = {.book = s->books.current, .states = &told_states};
    with.language = language;
    buffer_init(&to, &s->a, 1 << 20);
    for (size_t f = 0; f < s->files_count; f++) {
        told_read(&s->a, s->files[f], s->books.current, &s->told);
        buffer_fmt(&to, "%s== %.*s\n", f == 0 ? "" : "\n", STR_ARG(s->files[f]));
        for (size_t n = 1; n <= s->told.count; n++)
            put_message(s, &with, n, &to);
    }
    EXPECT_OK(buffer_take(&to, &text, &err));
    EXPECT_OK(arena_fmt(&s->a, &path, &err, "tests/golden/dialogues/in-%.*s.txt",
                        STR_ARG(language->language)));
    if (getenv("GOLDEN_WRITE") != NULL)
        EXPECT_OK(world_write_file(world_real(), path.ptr, text, 0644, &err));
    if (!bytes_eq(test_file(&s->a, path.ptr), text))
        fail_msg("%s differs; GOLDEN_WRITE=1 writes it anew", path.ptr);
}

TEST(every_dialogue_reads_in_every_language_as_its_golden_file_says)
{
    static struct stage s;
    stage_init(&s);
    EXPECT(s.books.renderings_count > 0);
    for (size_t i = 0; i < s.books.renderings_count; i++)
        check_language(&s, &s.books.renderings[i]);
    print_message("%zu languages\n", s.books.renderings_count);
    arena_release(&s.a);
}

// -- by voice -------------------------------------------------------------------------------------

// The same line, value by value, byte by byte.
static void same_lines(struct stage *s, const struct message *said, const struct heard *heard)
{
    EXPECT(heard->lines_count == said->lines_count);
    for (size_t i = 0; i < said->lines_count; i++) {
        struct buffer one, other;
        struct err err = {0};
        buffer_init(&one, &s->a, 2 * PHRASE_LINE_BYTES_MAX);
        buffer_init(&other, &s->a, 2 * PHRASE_LINE_BYTES_MAX);
        EXPECT_OK(phrase_line_write(&said->lines[i], &one, &err));
        EXPECT_OK(phrase_line_write(&heard->lines[i], &other, &err));
        EXPECT(bytes_eq(buffer_bytes(&one), buffer_bytes(&other)));
    }
}

static struct spoken speak(struct stage *s, size_t n)
{
    const struct told_message *m = &s->told.messages[n];
    struct hash h;
    struct spoken spoken;
    struct heard heard;
    struct err err = {0};
    hash_init(&h);
    hash_put(&h, str_bytes(m->time)); // any hash will do: its groups are spoken
    struct digest note = hash_end(&h);
    EXPECT_OK(record_speak(&m->record, &note, s->books.current, &s->a, &spoken, &err));
    struct bytes text = exhaust_text(spoken.blocks, spoken.count, SIZE_MAX, &s->a);
    EXPECT_OK(spoken_hear(&s->books.shelf, text, &s->a, &heard, &err));
    EXPECT(heard.whole);
    same_lines(s, m->record.payload, &heard);
    EXPECT_OK(record_is_heard(&m->record, &note, s->books.current, &heard, &s->a, &err));
    note.octets[0] ^= 1;
    EXPECT_ERR(record_is_heard(&m->record, &note, s->books.current, &heard, &s->a, &err),
               ERR_CONFLICT);
    return spoken;
}

// Under the sanitizers one message of each dialogue is enough: they look for other faults.
static bool every_message(void)
{
#ifdef __SANITIZE_ADDRESS__
    return false;
#else
    return true;
#endif
}

TEST(every_message_spoken_comes_back_and_every_slip_of_the_tongue_is_found)
{
    static struct stage s;
    size_t hearings = 0, messages = 0;
    stage_init(&s);
    for (size_t f = 0; f < s.files_count; f++) {
        told_read(&s.a, s.files[f], s.books.current, &s.told);
        for (size_t n = 1; n <= s.told.count; n++) {
            struct spoken spoken = speak(&s, n);
            messages++;
            if (every_message() || n == 2)
                hearings += spoken_exhaust(&s.books.shelf, &spoken);
        }
    }
    print_message("%zu messages, %zu spoiled hearings found out\n", messages, hearings);
    arena_release(&s.a);
}
