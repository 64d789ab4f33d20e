// record/type/message.c - reading and writing messages.
#include "record/type/message.h"

#include "base/limits.h"
#include "record/fields.h"
#include "record/lifecycle.h"

#include <stdio.h>

static const char clause[] = "FORMATS 1";

// -- reading -----------------------------------------------------------------------------------
static void read_book(struct lines *l, struct message *m)
{
    uint64_t version = 0;
    struct fields f = fields_of(lines_value(l, STR("codebook")));
    if (l->failed)
        return;
    if (!field_decimal(&f, UINT32_MAX, &version) || version == 0 ||
        !field_digest(&f, &m->codebook) || !fields_done(&f))
        (void)lines_fail(l, clause, "\"codebook\" is not a version and a hash");
    m->codebook_version = (uint32_t)version;
}

static void read_links(struct lines *l, struct message *m)
{
    m->has_answers = lines_next_is(l, STR("answers"));
    if (m->has_answers)
        m->answers = lines_named_record(l, STR("answers"));
    m->has_replaces = lines_next_is(l, STR("replaces"));
    if (m->has_replaces)
        m->replaces = lines_named_record(l, STR("replaces"));
    m->has_circular = lines_next_is(l, STR("circular"));
    if (m->has_circular)
        m->circular = lines_digest(l, STR("circular"));
}

// Lines 01, 02, ... as far as they go; what stands after a gap is refused by whoever reads on.
static bool read_phrases(struct arena *a, struct lines *l, struct message *m, struct err *err)
{
    struct str texts[PHRASE_LINES_MAX];
    char number[8];
    size_t count = 0;
    for (; count < PHRASE_LINES_MAX; count++) {
        (void)snprintf(number, sizeof number, "%02zu", count + 1);
        if (!lines_next_is(l, str_of(number)))
            break;
        texts[count] = lines_any(l);
    }
    if (l->failed)
        return false;
    if (count == 0)
        return lines_fail(l, clause, "a message has a line 01");
    struct phrase_line *made = arena_new(a, struct phrase_line, count);
    if (!made)
        return lines_full(l);
    if (!phrase_lines_read(texts, count, made, err)) {
        l->failed = true;
        return err_wrap(err, "record");
    }
    m->lines = made;
    m->lines_count = count;
    return true;
}

static void read_text(struct lines *l, struct unofficial_text *ret)
{
    struct fields f = fields_of(lines_value(l, STR("text")));
    if (l->failed)
        return;
    ret->language = field_next(&f);
    ret->paragraph = field_rest(&f);
    if (f.failed || !language_is_tag(ret->language))
        (void)lines_fail(l, clause, "\"text\" is not a language and a paragraph");
    else if (ret->paragraph.ptr[0] == ' ' || ret->paragraph.ptr[ret->paragraph.len - 1] == ' ')
        (void)lines_fail(l, clause, "a paragraph begins or ends with a space");
}

static bool read_texts(struct arena *a, struct lines *l, struct message *m)
{
    size_t count = lines_count_of(l, STR("text"));
    if (count == 0)
        return !l->failed;
    if (count > MESSAGE_TEXTS_MAX)
        return lines_too_many(l, "text", MESSAGE_TEXTS_MAX);
    struct unofficial_text *made = arena_new(a, struct unofficial_text, count);
    if (!made)
        return lines_full(l);
    for (size_t i = 0; i < count && !l->failed; i++)
        read_text(l, &made[i]);
    m->texts = made;
    m->texts_count = count;
    return !l->failed;
}

static bool message_read(struct arena *a, struct lines *l, const void **ret, struct err *err)
{
    struct message *m = arena_new(a, struct message, 1);
    if (!m)
        return lines_full(l);
    read_book(l, m);
    read_links(l, m);
    if (l->failed || !read_phrases(a, l, m, err) || !read_texts(a, l, m))
        return false;
    *ret = m;
    return true;
}

// -- writing -----------------------------------------------------------------------------------
static void message_write(const void *payload, struct buffer *out)
{
    const struct message *m = payload;
    char hash[DIGEST_TEXT_CHARS + 1];
    struct err why = {0};
    digest_write(&m->codebook, hash);
    buffer_fmt(out, "codebook %u %s\n", (unsigned)m->codebook_version, hash);
    if (m->has_answers)
        put_named_record(out, "answers", &m->answers);
    if (m->has_replaces)
        put_named_record(out, "replaces", &m->replaces);
    if (m->has_circular)
        put_digest(out, "circular", &m->circular);
    for (size_t i = 0; i < m->lines_count; i++) {
        // a line no reader would take must not leave: a full buffer is refused by whoever takes it
        if (!phrase_line_write(&m->lines[i], out, &why))
            out->full = true;
        buffer_str(out, STR("\n"));
    }
    for (size_t i = 0; i < m->texts_count; i++)
        buffer_fmt(out, "text %.*s %.*s\n", STR_ARG(m->texts[i].language),
                   STR_ARG(m->texts[i].paragraph));
}

// -- rules -------------------------------------------------------------------------------------
// A dialogue stays between two States: what is sealed answers, or follows up, what stands between
// the same pair or is open and by one of them. An open record names no sealed one.
static bool check_answers(const struct record *r, const struct ref *asked, struct err *err)
{
    const struct state_code *from = &r->from.state, *to = &r->to.state;
    if (r->open)
        return ref_is_open(asked) ||
               err_set(err, ERR_MALFORMED, clause, "an open record answers a sealed one");
    bool theirs = state_code_eq(&asked->from, to), ours = state_code_eq(&asked->from, from);
    bool between = ref_is_open(asked) || state_code_eq(&asked->to, theirs ? from : to);
    if ((theirs || ours) && between)
        return true;
    return err_set(err, ERR_MALFORMED, clause, "it answers a record between other States");
}
static bool message_check(const struct record *r, struct err *err)
{
    const struct message *m = r->payload;
    if (m->has_circular && r->open)
        return err_set(err, ERR_MALFORMED, clause, "an open record is no circular");
    if (m->has_answers && !check_answers(r, &m->answers.ref, err))
        return false;
    if (m->has_replaces && (!state_code_eq(&m->replaces.ref.from, &r->from.state) ||
                            !state_code_eq(&m->replaces.ref.to, &r->to.state)))
        return err_set(err, ERR_MALFORMED, clause, "it replaces a record of another series");
    if (m->has_replaces && r->filled && ref_same_serial(&m->replaces.ref, &r->ref))
        return err_set(err, ERR_MALFORMED, clause, "it replaces itself");
    return true;
}

const struct record_type record_type_message = {
    .name = "message",
    .summary = "Phrases of the codebook in numbered lines.",
    .source = "DESIGN 6 and 7; FORMATS 1",
    .signer = RECORD_BY_ISSUER,
    .reach = RECORD_OPEN_OR_SEALED,
    .as_it_is = false,
    .text_bytes_max = RECORD_TEXT_BYTES_MAX,
    .attachments_max = ATTACHMENT_COUNT_MAX,
    .lifecycle = &lifecycle_dialogue,
    .read = message_read,
    .write = message_write,
    .check = message_check,
};

// -- circulars ---------------------------------------------------------------------------------
static bool is_common(struct str line)
{
    static const char *const own[] = {"to ", "answers ", "replaces ", "circular ", "attach "};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (str_starts(line, str_of(own[i])))
            return false;
    return true;
}
bool message_circular_digest(struct arena *a, const struct record *record, struct digest *ret,
                             struct err *err)
{
    struct record approved = *record;
    struct str text, line;
    struct hash h;
    if (record->type != &record_type_message)
        return err_set(err, ERR_DENIED, clause, "record: only a message is a circular");
    approved.filled = false;
    approved.seen = NULL;
    approved.seen_count = 0;
    if (!record_write(a, &approved, &text, err))
        return false;
    hash_init(&h);
    text.len--; // the last LF would yield an empty line
    while (str_split(&text, '\n', &line)) {
        if (!is_common(line))
            continue;
        hash_put(&h, str_bytes(line));
        hash_put(&h, str_bytes(STR("\n")));
    }
    *ret = hash_end(&h);
    return true;
}
