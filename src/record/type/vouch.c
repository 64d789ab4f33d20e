// record/type/vouch.c - reading and writing vouchers.
#include "record/type/vouch.h"

#include "codebook/parameter.h"
#include "record/fields.h"

static const char clause[] = "refs 6.10, rule 17";
enum { BOOK_NAME_CHARS_MAX = 32 };

static const char *const kind_words[VOUCH_KIND_COUNT] = {"", "rendering", "scale"};
const char *vouch_kind_word(enum vouch_kind kind)
{
    CHECK(kind < VOUCH_KIND_COUNT);
    return kind_words[kind];
}
bool vouch_kind_read(struct str word, enum vouch_kind *ret)
{
    for (int i = VOUCH_RENDERING; i < VOUCH_KIND_COUNT; i++)
        if (str_eq(word, str_of(kind_words[i]))) {
            *ret = (enum vouch_kind)i;
            return true;
        }
    return false;
}

static void read_file(struct lines *l, struct vouch *v)
{
    struct fields f = fields_of(lines_value(l, STR("file")));
    if (l->failed)
        return;
    struct str kind = field_next(&f);
    if (!vouch_kind_read(kind, &v->kind) || !field_digest(&f, &v->file) ||
        !field_decimal(&f, CODEBOOK_BYTES_MAX, &v->size) || v->size == 0 || !fields_done(&f))
        (void)lines_fail(l, clause, "\"file\" is not a kind, a hash and a size");
}

static bool name_ok(struct str name)
{
    if (name.len == 0 || name.len > BOOK_NAME_CHARS_MAX || name.ptr[0] < 'a' || name.ptr[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

static void read_book(struct lines *l, struct vouch *v)
{
    uint64_t version = 0;
    struct fields f = fields_of(lines_value(l, STR("book")));
    if (l->failed)
        return;
    v->book = field_next(&f);
    if (!name_ok(v->book) || !field_decimal(&f, UINT32_MAX, &version) || version == 0 ||
        !field_digest(&f, &v->book_hash) || !fields_done(&f))
        (void)lines_fail(l, clause, "\"book\" is not a name, a version and a hash");
    v->version = (uint32_t)version;
}

static bool of_ok(const struct vouch *v)
{
    struct state_code code;
    return v->kind == VOUCH_SCALE ? state_code_read(v->of, &code) : language_is_tag(v->of);
}

static bool vouch_read(struct arena *a, struct lines *l, const void **ret, struct err *err)
{
    struct vouch *v = arena_new(a, struct vouch, 1);
    (void)err; // the lines hold the same one
    if (!v)
        return lines_full(l);
    read_file(l, v);
    v->of = lines_value(l, STR("of"));
    if (!l->failed && !of_ok(v))
        (void)lines_fail(l, clause, "\"of\" is neither a language nor a State");
    read_book(l, v);
    *ret = v;
    return !l->failed;
}

static void vouch_write(const void *payload, struct buffer *out)
{
    const struct vouch *v = payload;
    char file[DIGEST_TEXT_CHARS + 1], book[DIGEST_TEXT_CHARS + 1];
    digest_write(&v->file, file);
    digest_write(&v->book_hash, book);
    buffer_fmt(out, "file %s %s %llu\nof %.*s\nbook %.*s %u %s\n", vouch_kind_word(v->kind), file,
               (unsigned long long)v->size, STR_ARG(v->of), STR_ARG(v->book), (unsigned)v->version,
               book);
}

// Whose scale it is says so itself; any State may know a language.
static bool vouch_check(const struct record *r, struct err *err)
{
    const struct vouch *v = r->payload;
    return v->kind != VOUCH_SCALE || str_eq(v->of, state_code_str(&r->from.state)) ||
           err_set(err, ERR_MALFORMED, clause, "a scale of another State");
}

const struct record_type record_type_vouch = {
    .name = "vouch",
    .summary = "Vouches for a rendering, or publishes the State's scale of severity; to all.",
    .source = "refs 6.10, rule 17",
    .signer = RECORD_BY_ISSUER,
    .reach = RECORD_OPEN_ONLY,
    .as_it_is = false,
    .text_bytes_max = RECORD_TEXT_BYTES_MAX,
    .attachments_max = 0,
    .lifecycle = NULL,
    .read = vouch_read,
    .write = vouch_write,
    .check = vouch_check,
};
