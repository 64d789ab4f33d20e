// record/entry.c - reading, writing and checking log entries.
#include "record/entry.h"

#include "base/limits.h"
#include "record/fields.h"

static const char clause[] = "DESIGN 5.2";
static const char commit_domain[] = "elchi commit v1"; // hashed with its NUL, which is the 0x00

static const char *const kind_words[ENTRY_KIND_COUNT] = {"", "open", "sealed", "as-it-is"};
const char *entry_kind_word(enum entry_kind kind)
{
    CHECK(kind < ENTRY_KIND_COUNT);
    return kind_words[kind];
}

static bool starts(struct bytes b, struct str with)
{
    return b.len >= with.len && memcmp(b.ptr, with.ptr, with.len) == 0;
}

static enum entry_kind read_kind(struct lines *l)
{
    struct str word = lines_value(l, STR("kind"));
    if (str_eq(word, STR("open")))
        return ENTRY_OPEN;
    if (str_eq(word, STR("sealed")))
        return ENTRY_SEALED;
    if (!l->failed)
        (void)lines_fail(l, clause, "kind is neither open nor sealed");
    return ENTRY_NONE;
}
static void read_body(struct lines *l, struct entry *e)
{
    struct fields f = fields_of(lines_value(l, STR("body")));
    if (l->failed)
        return;
    if (!field_digest(&f, &e->body) || !field_decimal(&f, UINT64_MAX, &e->body_bytes) ||
        !fields_done(&f) || e->body_bytes == 0)
        (void)lines_fail(l, clause, "\"body\" is not a hash and a size");
}

bool entry_read(struct bytes sent, struct entry *ret, struct err *err)
{
    struct entry e = {.kind = ENTRY_AS_IT_IS, .note = sent};
    struct lines l;
    struct str text;
    if (sent.len > ENTRY_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "entry: above %d octets", ENTRY_BYTES_MAX);
    if (starts(sent, STR("elchi record v1\n"))) {
        *ret = e;
        return true;
    }
    e.note = (struct bytes){0};
    if (sent.len > ENTRY_COMMITMENT_BYTES_MAX)
        return err_set(err, ERR_MALFORMED, clause, "entry: neither a commitment nor a record");
    if (!text_check(sent, &text, err))
        return err_wrap(err, "entry");
    lines_init(&l, "entry", text, err);
    lines_exact(&l, STR("elchi entry v1"));
    e.kind = read_kind(&l);
    read_body(&l, &e);
    e.commit = lines_digest(&l, STR("commit"));
    if (!lines_done(&l))
        return false;
    if (e.body_bytes > BODY_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "entry: a body is at most %d octets",
                       BODY_BYTES_MAX);
    *ret = e;
    return true;
}

bool entry_write(const struct entry *entry, struct arena *a, struct bytes *ret, struct err *err)
{
    struct buffer out;
    char body[DIGEST_TEXT_CHARS + 1];
    CHECK(entry->kind != ENTRY_NONE && entry->kind < ENTRY_KIND_COUNT);
    buffer_init(&out, a, ENTRY_BYTES_MAX);
    if (entry->kind == ENTRY_AS_IT_IS) {
        buffer_put(&out, entry->note);
    } else {
        digest_write(&entry->body, body);
        buffer_fmt(&out, "elchi entry v1\nkind %s\nbody %s %llu\n", entry_kind_word(entry->kind),
                   body, (unsigned long long)entry->body_bytes);
        put_digest(&out, "commit", &entry->commit);
    }
    if (!buffer_take(&out, ret, err))
        return err_wrap(err, "entry");
    return true;
}

struct digest entry_commitment(const struct blind *blind, struct bytes note)
{
    struct hash h;
    struct digest hashed = digest_of(note);
    hash_init(&h);
    hash_put(&h, bytes_of(commit_domain, sizeof commit_domain));
    hash_put(&h, bytes_of(blind->octets, BLIND_BYTES));
    hash_put(&h, bytes_of(hashed.octets, DIGEST_BYTES));
    return hash_end(&h);
}

struct entry entry_of(enum entry_kind kind, struct bytes blob, const struct blind *blind,
                      struct bytes note)
{
    if (kind == ENTRY_AS_IT_IS)
        return (struct entry){.kind = kind, .note = note};
    return (struct entry){.kind = kind,
                          .body = digest_of(blob),
                          .body_bytes = blob.len,
                          .commit = entry_commitment(blind, note)};
}

bool entry_check_blob(const struct entry *entry, struct bytes blob, struct err *err)
{
    struct digest is = digest_of(blob);
    if (entry->kind == ENTRY_AS_IT_IS)
        return err_set(err, ERR_TAMPERED, clause, "entry: it stands as it is and has no body");
    if (blob.len != entry->body_bytes || !digest_eq(&is, &entry->body))
        return err_set(err, ERR_TAMPERED, clause, "entry: the body is not the one it names");
    return true;
}

bool entry_check_note(const struct entry *entry, const struct blind *blind, struct bytes note,
                      struct err *err)
{
    struct digest is = entry_commitment(blind, note);
    if (entry->kind == ENTRY_AS_IT_IS || !digest_eq(&is, &entry->commit))
        return err_set(err, ERR_TAMPERED, clause, "entry: it does not commit to this note");
    return true;
}
