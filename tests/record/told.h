// tests/record/told.h - dialogues as files: tests/golden/dialogues/NN-name.txt.
//
// A file is a title and messages; tests/golden/dialogues/README.md draws it. Times, desks and lines
// are as an officer would give them; references to earlier messages are written @N and become the
// pair's serials here, and real references over two real nodes (tests/e2e/dialogues.sh).
#ifndef TESTS_RECORD_TOLD_H
#define TESTS_RECORD_TOLD_H
#include "codebook/embedded.h"
#include "record/speech.h"
#include "tests/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOLD_MESSAGES_MAX = 16, TOLD_LINES_MAX = 16, TOLD_FILES_MAX = 99 };
struct told_message {
    struct str time, from, to, precedence, tlp;
    size_t answers, replaces; // number of the message; 0: none
    bool exercise, attach;
    unsigned serial; // of the pair
    struct str lines[TOLD_LINES_MAX];
    size_t lines_count;
    struct record record; // once told_read
};
struct told_end {
    size_t message;
    struct str state;
};
struct told {
    struct str title;
    struct told_message messages[TOLD_MESSAGES_MAX + 1]; // from 1
    size_t count;
    struct told_end ends[TOLD_MESSAGES_MAX];
    size_t ends_count;
};

static inline bool told_states_has(const void *who, struct str state)
{
    (void)who;
    return str_eq(state, STR("XA")) || str_eq(state, STR("XB")) || str_eq(state, STR("XC"));
}
static const struct electorate told_states = {.has = told_states_has};

// The files' names in order; they live in `a`.
static inline size_t told_files(struct arena *a, struct str ret[TOLD_FILES_MAX])
{
    struct dirent **found = NULL;
    size_t count = 0;
    int all = scandir("tests/golden/dialogues", &found, NULL, alphasort);
    EXPECT(all > 0);
    for (int i = 0; i < all; i++) {
        struct err err = {0};
        struct str name = str_of(found[i]->d_name);
        if (name.len > 7 && name.ptr[0] >= '0' && name.ptr[0] <= '9' && count < TOLD_FILES_MAX)
            EXPECT_OK(arena_str(a, name, &ret[count++], &err));
        free(found[i]);
    }
    free(found);
    return count;
}

static inline size_t told_number(struct str word)
{
    size_t n = 0;
    for (size_t i = 0; i < word.len; i++) {
        EXPECT(word.ptr[i] >= '0' && word.ptr[i] <= '9');
        n = 10 * n + (size_t)(word.ptr[i] - '0');
    }
    EXPECT(n >= 1 && n <= TOLD_MESSAGES_MAX);
    return n;
}

static inline struct str told_word(struct str *rest)
{
    struct str word = STR("");
    if (rest->len > 0)
        EXPECT(str_split(rest, ' ', &word) || word.len > 0);
    return word;
}

static inline void told_head(struct told *t, struct str row)
{
    struct told_message *m = &t->messages[t->count + 1];
    EXPECT(t->count < TOLD_MESSAGES_MAX);
    EXPECT(told_number(told_word(&row)) == t->count + 1);
    m->time = told_word(&row);
    m->from = told_word(&row);
    m->to = told_word(&row);
    m->precedence = told_word(&row);
    m->tlp = told_word(&row);
    while (row.len > 0) {
        struct str word = told_word(&row);
        if (str_eq(word, STR("answers")))
            m->answers = told_number(told_word(&row));
        else if (str_eq(word, STR("replaces")))
            m->replaces = told_number(told_word(&row));
        else if (str_eq(word, STR("exercise")))
            m->exercise = true;
        else if (str_eq(word, STR("attach")))
            m->attach = true;
        else
            fail_msg("\"%.*s\" is no word of a message's head", STR_ARG(word));
    }
    EXPECT(m->answers <= t->count && m->replaces <= t->count);
    m->serial = 1;
    for (size_t i = 1; i <= t->count; i++)
        m->serial += str_eq(str_slice(t->messages[i].from, 0, 2), str_slice(m->from, 0, 2));
    t->count++;
}

static inline void told_row(struct told *t, struct str row)
{
    if (row.len == 0)
        return;
    if (str_starts(row, STR("= "))) {
        struct str rest = str_slice(row, 2, row.len);
        struct told_end *end = &t->ends[t->ends_count++];
        EXPECT(t->ends_count <= TOLD_MESSAGES_MAX);
        end->message = told_number(told_word(&rest));
        end->state = rest;
        return;
    }
    bool line = row.len > 3 && row.ptr[2] == ' ' && row.ptr[3] >= 'A' && row.ptr[3] <= 'Z';
    if (!line && !str_starts(row, STR("text "))) {
        told_head(t, row);
        return;
    }
    struct told_message *m = &t->messages[t->count];
    EXPECT(t->count > 0 && m->lines_count < TOLD_LINES_MAX);
    m->lines[m->lines_count++] = row;
}

static inline void told_ref(const struct told *t, size_t n, char ret[32])
{
    const struct told_message *m = &t->messages[n];
    EXPECT(n >= 1 && n <= t->count);
    int len =
        snprintf(ret, 32, "%.2s/%.2s-%.4s-%04u", m->from.ptr, m->to.ptr, m->time.ptr, m->serial);
    EXPECT(len > 0 && len < 32);
}

// A row with each @N in place of the reference of message N.
static inline void told_put(const struct told *t, struct str row, struct buffer *to)
{
    for (size_t i = 0; i < row.len; i++) {
        char ref[32];
        size_t digits = 0;
        if (row.ptr[i] != '@') {
            buffer_str(to, str_slice(row, i, i + 1));
            continue;
        }
        while (i + 1 + digits < row.len && row.ptr[i + 1 + digits] >= '0' &&
               row.ptr[i + 1 + digits] <= '9')
            digits++;
        told_ref(t, told_number(str_slice(row, i + 1, i + 1 + digits)), ref);
        buffer_str(to, str_of(ref));
        i += digits;
    }
}

#define TOLD_HASH "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
// The message as the text of a record, naming `book`; read back.
static inline void told_make(struct told *t, size_t n, const struct book *book, struct arena *a)
{
    struct told_message *m = &t->messages[n];
    struct err err = {0};
    struct buffer to;
    struct bytes text;
    char hash[DIGEST_TEXT_CHARS + 1], ref[32], named[32];
    digest_write(&book->hash, hash);
    told_ref(t, n, ref);
    buffer_init(&to, a, 65536);
    buffer_fmt(&to, "elchi record v1\nlog x%c.example/demo\ntype message\nfrom %.*s\nto %.*s\n",
               m->from.ptr[1] + 32, STR_ARG(m->from), STR_ARG(m->to));
    buffer_fmt(&to, "ref %s\ntime %.*s\nprecedence %.*s\ntlp %.*s\nexercise %s\ncodebook %u %s\n",
               ref, STR_ARG(m->time), STR_ARG(m->precedence), STR_ARG(m->tlp),
               m->exercise ? "yes" : "no", (unsigned)book->version, hash);
    if (m->answers > 0) {
        told_ref(t, m->answers, named);
        buffer_fmt(&to, "answers %s " TOLD_HASH "\n", named);
    }
    if (m->replaces > 0) {
        told_ref(t, m->replaces, named);
        buffer_fmt(&to, "replaces %s " TOLD_HASH "\n", named);
    }
    for (size_t i = 0; i < m->lines_count; i++) {
        told_put(t, m->lines[i], &to);
        buffer_str(&to, STR("\n"));
    }
    EXPECT_OK(buffer_take(&to, &text, &err));
    EXPECT_OK(record_read(a, text, &m->record, &err));
}

static inline const struct message *told_message(const struct told *t, size_t n)
{
    return t->messages[n].record.payload;
}

static inline void told_read(struct arena *a, struct str name, const struct book *book,
                             struct told *ret)
{
    struct err err = {0};
    struct str path, row, rest;
    EXPECT_OK(arena_fmt(a, &path, &err, "tests/golden/dialogues/%.*s", STR_ARG(name)));
    struct bytes file = test_file(a, path.ptr);
    *ret = (struct told){.count = 0};
    EXPECT_OK(text_check(file, &rest, &err));
    EXPECT(str_split(&rest, '\n', &row) && str_starts(row, STR("# ")));
    ret->title = str_slice(row, 2, row.len);
    while (rest.len > 0 && str_split(&rest, '\n', &row))
        told_row(ret, row);
    for (size_t n = 1; n <= ret->count; n++)
        told_make(ret, n, book, a);
}
#endif
