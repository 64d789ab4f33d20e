#include "courier/bundle_index.h"

#include "base/encode.h"
#include "base/lines.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const kind_words[] = {"keys", "checkpoint", "entries", "evidence", "blob"};
_Static_assert(sizeof kind_words / sizeof kind_words[0] == BUNDLE_KIND_COUNT, "a word per kind");

const char *bundle_kind_word(enum bundle_kind kind)
{
    return kind_words[kind];
}

// -- names ---------------------------------------------------------------------------------------
static bool name_parts(struct str text, struct bundle_name *name)
{
    struct str word = {0};
    struct str hex = {0};
    bool has_hash = name->kind != BUNDLE_EVIDENCE;
    bool has_number = name->kind == BUNDLE_EVIDENCE || name->kind == BUNDLE_ENTRIES;
    if (!str_split(&text, '/', &word))
        return false;
    if (has_hash &&
        (!str_split(&text, '/', &hex) || !hex_read(hex, name->hash.octets, DIGEST_BYTES)))
        return false;
    if (has_number)
        return decimal_read(text, TREE_SIZE_MAX, &name->number);
    return text.len == 0;
}

bool bundle_name_read(struct str text, struct bundle_name *ret, struct err *err)
{
    char again[BUNDLE_NAME_CHARS_MAX + 1];
    for (int k = 0; k < BUNDLE_KIND_COUNT; k++) {
        struct bundle_name name = {.kind = (enum bundle_kind)k};
        struct str word = str_of(kind_words[k]);
        if (!str_starts(text, word) || !name_parts(text, &name))
            continue;
        // one form only: what was read writes back
        bundle_name_write(&name, again);
        if (str_eq(text, str_of(again))) {
            *ret = name;
            return true;
        }
    }
    return err_set(err, ERR_MALFORMED, "FORMATS 8", "a member with a name that no member has");
}

void bundle_name_write(const struct bundle_name *name, char ret_text[BUNDLE_NAME_CHARS_MAX + 1])
{
    char hex[2 * DIGEST_BYTES + 1];
    hex_write(bytes_of(name->hash.octets, DIGEST_BYTES), hex);
    if (name->kind == BUNDLE_EVIDENCE)
        (void)snprintf(ret_text, BUNDLE_NAME_CHARS_MAX + 1, "evidence/%" PRIu64, name->number);
    else if (name->kind == BUNDLE_ENTRIES)
        (void)snprintf(ret_text, BUNDLE_NAME_CHARS_MAX + 1, "entries/%s/%" PRIu64, hex,
                       name->number);
    else
        (void)snprintf(ret_text, BUNDLE_NAME_CHARS_MAX + 1, "%s/%s", kind_words[name->kind], hex);
}

// -- reading -------------------------------------------------------------------------------------
static bool read_have(struct lines *l, struct bundle_have *ret)
{
    struct fields f = fields_of(lines_value(l, STR("have")));
    ret->origin = field_next(&f);
    struct str size = field_next(&f);
    struct str root = field_rest(&f);
    size_t got = 0;
    bool good = !f.failed && decimal_read(size, TREE_SIZE_MAX, &ret->size.n) &&
                base64_read(root, BASE64_PADDED, ret->root.octets, DIGEST_BYTES, &got) &&
                got == DIGEST_BYTES;
    return good || lines_fail(l, "FORMATS 8", "have ORIGIN SIZE ROOT");
}

static bool read_waiting(struct lines *l, struct clerk_waiting *ret)
{
    struct fields f = fields_of(lines_value(l, STR("waiting")));
    ret->origin = field_next(&f);
    struct str index = field_next(&f);
    struct str hash = field_next(&f);
    struct str size = field_next(&f);
    struct str precedence = field_rest(&f);
    bool good = !f.failed && decimal_read(index, TREE_SIZE_MAX, &ret->index.n) &&
                digest_read(hash, &ret->hash) && decimal_read(size, BLOB_BYTES_MAX, &ret->size) &&
                precedence_read(precedence, &ret->precedence);
    return good || lines_fail(l, "FORMATS 8", "waiting ORIGIN INDEX HASH SIZE PRECEDENCE");
}

static bool read_member(struct lines *l, struct bundle_member *ret)
{
    struct err why = {0};
    struct fields f = fields_of(lines_value(l, STR("member")));
    struct str name = field_next(&f);
    struct str size = field_next(&f);
    struct str hash = field_rest(&f);
    bool good = !f.failed && bundle_name_read(name, &ret->name, &why) &&
                decimal_read(size, BLOB_BYTES_MAX, &ret->size) && digest_read(hash, &ret->hash);
    if (good && ret->name.kind != BUNDLE_BLOB && ret->size > BUNDLE_MEMBER_BYTES_MAX)
        good = false;
    if (good && ret->name.kind == BUNDLE_BLOB)
        good = digest_eq(&ret->name.hash, &ret->hash);
    return good || lines_fail(l, "FORMATS 8", "member NAME SIZE HASH");
}

// Ascending by kind, then hash, then number: so none stands twice, and what others need comes
// first.
static bool in_order(const struct bundle_name *before, const struct bundle_name *name)
{
    if (before->kind != name->kind)
        return before->kind < name->kind;
    int c = name->kind == BUNDLE_BLOB ? 0 : digest_cmp(&before->hash, &name->hash);
    if (c != 0)
        return c < 0;
    return name->kind == BUNDLE_BLOB || before->number < name->number;
}

static size_t count_lines(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n' ? 1 : 0;
    return count;
}

// Blobs stand by precedence; so a second one of a name is looked for by sorting.
static bool blobs_differ(const struct bundle_member *members, size_t count)
{
    size_t first = 0;
    while (first < count && members[first].name.kind != BUNDLE_BLOB)
        first++;
    for (size_t i = first; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            if (digest_eq(&members[i].hash, &members[k].hash))
                return false;
    return true;
}

static void read_rows(struct lines *l, struct bundle_index *x, struct bundle_have *have,
                      struct clerk_waiting *waiting, struct bundle_member *members)
{
    while (!l->failed && lines_next_is(l, STR("have")) && read_have(l, &have[x->have_count]))
        x->have_count++;
    while (!l->failed && lines_next_is(l, STR("waiting")) &&
           read_waiting(l, &waiting[x->waiting_count]))
        x->waiting_count++;
    while (!l->failed && lines_more(l) && read_member(l, &members[x->members_count])) {
        size_t n = x->members_count++;
        if (n > 0 && !in_order(&members[n - 1].name, &members[n].name))
            (void)lines_fail(l, "FORMATS 8", "members stand in their order, each once");
    }
}

bool bundle_index_read(struct str text, struct arena *a, struct bundle_index *ret, struct err *err)
{
    struct lines l;
    struct bundle_index x = {.have_count = 0};
    size_t most = count_lines(text) + 1;
    if (text.len > BUNDLE_INDEX_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 8", "an index of %zu octets", text.len);
    struct bundle_have *have = arena_new(a, struct bundle_have, most);
    struct clerk_waiting *waiting = arena_new(a, struct clerk_waiting, most);
    struct bundle_member *members = arena_new(a, struct bundle_member, most);
    if (have == NULL || waiting == NULL || members == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for an index");
    lines_init(&l, "bundle index", text, err);
    lines_exact(&l, STR("elchi bundle v1"));
    x.origin = lines_value(&l, STR("origin"));
    x.to = lines_value(&l, STR("to"));
    struct str time = lines_value(&l, STR("time"));
    if (!l.failed && !moment_read(time, &x.time))
        (void)lines_fail(&l, "DESIGN 5", "time YYYY-MM-DDTHH:MM:SSZ");
    read_rows(&l, &x, have, waiting, members);
    if (!lines_done(&l))
        return false;
    if (!blobs_differ(members, x.members_count))
        return err_set(err, ERR_MALFORMED, "FORMATS 8", "a blob stands twice in the index");
    x.have = have;
    x.waiting = waiting;
    x.members = members;
    *ret = x;
    return true;
}

// -- writing -------------------------------------------------------------------------------------
static void put_have(struct buffer *b, const struct bundle_have *h)
{
    char root[BASE64_CHARS(DIGEST_BYTES) + 1];
    (void)base64_write(bytes_of(h->root.octets, DIGEST_BYTES), BASE64_PADDED, root);
    buffer_fmt(b, "have %.*s %" PRIu64 " %s\n", STR_ARG(h->origin), h->size.n, root);
}

bool bundle_index_write(const struct bundle_index *index, struct arena *a, struct str *ret,
                        struct err *err)
{
    struct buffer b;
    char time[MOMENT_CHARS + 1];
    char hash[DIGEST_TEXT_CHARS + 1];
    char name[BUNDLE_NAME_CHARS_MAX + 1];
    buffer_init(&b, a, BUNDLE_INDEX_BYTES_MAX);
    moment_write(index->time, time);
    buffer_fmt(&b, "elchi bundle v1\norigin %.*s\nto %.*s\ntime %s\n", STR_ARG(index->origin),
               STR_ARG(index->to), time);
    for (size_t i = 0; i < index->have_count; i++)
        put_have(&b, &index->have[i]);
    for (size_t i = 0; i < index->waiting_count; i++) {
        const struct clerk_waiting *w = &index->waiting[i];
        digest_write(&w->hash, hash);
        buffer_fmt(&b, "waiting %.*s %" PRIu64 " %s %" PRIu64 " %s\n", STR_ARG(w->origin),
                   w->index.n, hash, w->size, precedence_word(w->precedence));
    }
    for (size_t i = 0; i < index->members_count; i++) {
        const struct bundle_member *m = &index->members[i];
        bundle_name_write(&m->name, name);
        digest_write(&m->hash, hash);
        buffer_fmt(&b, "member %s %" PRIu64 " %s\n", name, m->size, hash);
    }
    return buffer_take_str(&b, ret, err);
}
