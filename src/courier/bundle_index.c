#include "courier/bundle_index.h"

#include "base/encode.h"
#include "base/lines.h"
#include "log/evidence.h"
#include "log/tile.h"

#include <stdio.h>

#define RULE "FORMATS 8"

static const struct {
    const char *word;
    uint64_t bytes_max;
} kinds[BUNDLE_KIND_COUNT] = {
    [BUNDLE_KEYS] = {"keys", CHAIN_BYTES_MAX},
    [BUNDLE_CHECKPOINT] = {"checkpoint", NOTE_BYTES_MAX},
    [BUNDLE_ENTRIES] = {"entries", BUNDLE_ENTRIES_BYTES_MAX},
    [BUNDLE_EVIDENCE] = {"evidence", EVIDENCE_BYTES_MAX},
    [BUNDLE_BLOB] = {"blob", BLOB_BYTES_MAX},
};

const char *bundle_kind_word(enum bundle_kind kind)
{
    CHECK(kind < BUNDLE_KIND_COUNT);
    return kinds[kind].word;
}

uint64_t bundle_kind_bytes_max(enum bundle_kind kind)
{
    CHECK(kind < BUNDLE_KIND_COUNT);
    return kinds[kind].bytes_max;
}

// -- names ---------------------------------------------------------------------------------------
void bundle_name_write(const struct bundle_member *m, char ret_text[BUNDLE_NAME_CHARS + 1])
{
    char hex[2 * DIGEST_BYTES + 1];
    unsigned long long number = m->number;
    hex_write(bytes_of(m->named.octets, DIGEST_BYTES), hex);
    if (m->kind == BUNDLE_EVIDENCE)
        (void)snprintf(ret_text, BUNDLE_NAME_CHARS + 1, "evidence/%llu", number);
    else if (m->kind == BUNDLE_ENTRIES)
        (void)snprintf(ret_text, BUNDLE_NAME_CHARS + 1, "entries/%s/%llu", hex, number);
    else
        (void)snprintf(ret_text, BUNDLE_NAME_CHARS + 1, "%s/%s", bundle_kind_word(m->kind), hex);
}

static bool no_name(struct err *err)
{
    return err_set(err, ERR_MALFORMED, RULE, "a bundle has no member of such a name");
}

bool bundle_name_read(struct str name, struct bundle_member *ret, struct err *err)
{
    struct bundle_member m = {.kind = BUNDLE_KIND_COUNT};
    struct str rest = name;
    struct str word;
    struct str hex;
    if (name.len > BUNDLE_NAME_CHARS || !str_split(&rest, '/', &word))
        return no_name(err);
    for (size_t k = 0; k < BUNDLE_KIND_COUNT; k++)
        if (str_eq(word, str_of(kinds[k].word)))
            m.kind = (enum bundle_kind)k;
    if (m.kind == BUNDLE_KIND_COUNT)
        return no_name(err);
    if (m.kind != BUNDLE_EVIDENCE &&
        (!str_split(&rest, '/', &hex) || !hex_read(hex, m.named.octets, DIGEST_BYTES)))
        return no_name(err);
    bool numbered = m.kind == BUNDLE_EVIDENCE || m.kind == BUNDLE_ENTRIES;
    if (numbered && !decimal_read(rest, TREE_SIZE_MAX, &m.number))
        return no_name(err);
    // One name, one writing: whatever else stood there (a last slash, say) is refused with it.
    char again[BUNDLE_NAME_CHARS + 1];
    bundle_name_write(&m, again);
    if (!str_eq(str_of(again), name))
        return no_name(err);
    *ret = m;
    return true;
}

int bundle_member_cmp(const struct bundle_member *a, const struct bundle_member *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = digest_cmp(&a->named, &b->named);
    if (order != 0 || a->number == b->number)
        return order;
    return a->number < b->number ? -1 : 1;
}

// -- writing -------------------------------------------------------------------------------------
static void write_have(struct buffer *b, const struct bundle_have *h)
{
    char root[BASE64_CHARS(DIGEST_BYTES) + 1];
    (void)base64_write(bytes_of(h->root.octets, DIGEST_BYTES), BASE64_PADDED, root);
    buffer_fmt(b, "have %.*s %llu %s\n", STR_ARG(h->origin), (unsigned long long)h->size.n, root);
}

static void write_waiting(struct buffer *b, const struct clerk_waiting *w)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    digest_write(&w->hash, hash);
    buffer_fmt(b, "waiting %.*s %llu %s %llu %s\n", STR_ARG(w->origin),
               (unsigned long long)w->index.n, hash, (unsigned long long)w->size,
               precedence_word(w->precedence));
}

static void write_member(struct buffer *b, const struct bundle_member *m)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    char name[BUNDLE_NAME_CHARS + 1];
    digest_write(&m->hash, hash);
    bundle_name_write(m, name);
    buffer_fmt(b, "member %llu %s %s\n", (unsigned long long)m->size, hash, name);
}

bool bundle_index_write(const struct bundle_index *index, struct arena *a, struct str *ret,
                        struct err *err)
{
    struct buffer b;
    char time[MOMENT_CHARS + 1];
    moment_write(index->time, time);
    buffer_init(&b, a, BUNDLE_INDEX_BYTES_MAX);
    buffer_fmt(&b, "elchi bundle v1\norigin %.*s\ntime %s\nto %.*s\n", STR_ARG(index->origin), time,
               STR_ARG(index->to));
    for (size_t i = 0; i < index->have_count; i++)
        write_have(&b, &index->have[i]);
    for (size_t i = 0; i < index->waiting_count; i++)
        write_waiting(&b, &index->waiting[i]);
    for (size_t i = 0; i < index->members_count; i++)
        write_member(&b, &index->members[i]);
    return buffer_take_str(&b, ret, err);
}

// -- reading -------------------------------------------------------------------------------------
static struct str take_origin(struct lines *l, struct str origin)
{
    struct err why = {0};
    if (!l->failed && !checkpoint_origin_check(origin, &why))
        (void)lines_fail(l, RULE, "%s", why.text);
    return origin;
}

static size_t count_lines(struct str text, struct str key)
{
    size_t count = 0;
    struct str line;
    while (text.len > 0 && str_split(&text, '\n', &line))
        count += str_starts(line, key) ? 1 : 0;
    return count;
}

static void read_have(struct lines *l, struct bundle_have *rows, size_t at)
{
    struct fields f = fields_of(lines_value(l, STR("have")));
    struct bundle_have *h = &rows[at];
    size_t size = 0;
    h->origin = field_next(&f);
    struct str number = field_next(&f);
    struct str root = field_rest(&f);
    if (l->failed)
        return;
    if (f.failed || !decimal_read(number, TREE_SIZE_MAX, &h->size.n) || h->size.n == 0 ||
        !base64_read(root, BASE64_PADDED, h->root.octets, DIGEST_BYTES, &size) ||
        size != DIGEST_BYTES)
        (void)lines_fail(l, RULE, "not ORIGIN SIZE ROOT");
    (void)take_origin(l, h->origin);
    if (at > 0 && str_cmp(rows[at - 1].origin, h->origin) >= 0)
        (void)lines_fail(l, RULE, "origins do not ascend");
}

static void read_waiting(struct lines *l, struct clerk_waiting *w)
{
    struct fields f = fields_of(lines_value(l, STR("waiting")));
    w->origin = field_next(&f);
    struct str index = field_next(&f);
    struct str hash = field_next(&f);
    struct str size = field_next(&f);
    struct str word = field_rest(&f);
    if (l->failed)
        return;
    if (f.failed || !decimal_read(index, TREE_SIZE_MAX - 1, &w->index.n) ||
        !digest_read(hash, &w->hash) || !decimal_read(size, BLOB_BYTES_MAX, &w->size) ||
        w->size == 0 || !precedence_read(word, &w->precedence))
        (void)lines_fail(l, RULE, "not ORIGIN INDEX HASH SIZE PRECEDENCE");
    (void)take_origin(l, w->origin);
}

static void read_member(struct lines *l, struct bundle_member *rows, size_t at)
{
    struct fields f = fields_of(lines_value(l, STR("member")));
    struct bundle_member m = {.kind = BUNDLE_KEYS};
    struct digest hash;
    uint64_t bytes = 0;
    struct err why = {0};
    struct str size = field_next(&f);
    struct str digest = field_next(&f);
    struct str name = field_rest(&f);
    if (l->failed)
        return;
    if (f.failed || !decimal_read(size, BLOB_BYTES_MAX, &bytes) || !digest_read(digest, &hash) ||
        !bundle_name_read(name, &m, &why)) {
        (void)lines_fail(l, RULE, "not SIZE HASH NAME");
        return;
    }
    m.size = bytes;
    m.hash = hash;
    rows[at] = m;
    if (m.size == 0 || m.size > bundle_kind_bytes_max(m.kind))
        (void)lines_fail(l, RULE, "a size that no such member has");
    if (m.kind == BUNDLE_BLOB && !digest_eq(&m.named, &m.hash))
        (void)lines_fail(l, RULE, "a blob under the name of another");
    if (at > 0 && bundle_member_cmp(&rows[at - 1], &m) >= 0)
        (void)lines_fail(l, RULE, "members do not ascend");
}

bool bundle_index_read(struct str text, struct arena *a, struct bundle_index *ret, struct err *err)
{
    struct bundle_index x = {.have_count = count_lines(text, STR("have ")),
                             .waiting_count = count_lines(text, STR("waiting ")),
                             .members_count = count_lines(text, STR("member "))};
    struct lines l;
    if (text.len > BUNDLE_INDEX_BYTES_MAX || x.members_count > BUNDLE_MEMBERS_MAX ||
        x.have_count > COMMUNITY_STATES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "an index of %zu octets", text.len);
    struct bundle_have *have = arena_new(a, struct bundle_have, x.have_count + 1);
    struct clerk_waiting *waiting = arena_new(a, struct clerk_waiting, x.waiting_count + 1);
    struct bundle_member *members = arena_new(a, struct bundle_member, x.members_count + 1);
    if (have == NULL || waiting == NULL || members == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for an index");
    lines_init(&l, "bundle index", text, err);
    lines_exact(&l, STR("elchi bundle v1"));
    x.origin = take_origin(&l, lines_value(&l, STR("origin")));
    struct str time = lines_value(&l, STR("time"));
    if (!l.failed && !moment_read(time, &x.time))
        (void)lines_fail(&l, RULE, "no time");
    x.to = take_origin(&l, lines_value(&l, STR("to")));
    for (size_t i = 0; i < x.have_count; i++)
        read_have(&l, have, i);
    for (size_t i = 0; i < x.waiting_count; i++)
        read_waiting(&l, &waiting[i]);
    for (size_t i = 0; i < x.members_count; i++)
        read_member(&l, members, i);
    if (!lines_done(&l))
        return false;
    x.have = have;
    x.waiting = waiting;
    x.members = members;
    *ret = x;
    return true;
}

// -- the note ------------------------------------------------------------------------------------
bool bundle_note_read(struct bytes sent, struct str *ret_text, struct note_signature *ret_line,
                      struct err *err)
{
    struct str whole;
    size_t count = 0;
    size_t at = sent.len;
    if (sent.len > BUNDLE_INDEX_BYTES_MAX + NOTE_LINE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "an index of %zu octets", sent.len);
    if (!text_check(sent, &whole, err))
        return err_wrap(err, "index");
    while (at >= 2 && !(whole.ptr[at - 1] == '\n' && whole.ptr[at - 2] == '\n'))
        at--;
    if (at < 3)
        return err_set(err, ERR_MALFORMED, "C2SP signed-note", "the index is not signed");
    struct bytes lines = {sent.ptr + at, sent.len - at};
    if (!note_lines_read(lines, ret_line, 1, &count, err))
        return err_wrap(err, "index");
    if (count != 1)
        return err_set(err, ERR_MALFORMED, RULE, "an index has one signature");
    *ret_text = str_slice(whole, 0, at - 1);
    return true;
}
