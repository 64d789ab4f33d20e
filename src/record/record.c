// record/record.c - the envelope: one reader, one writer, and what is built of the two.
#include "record/record.h"

#include "base/encode.h"
#include "base/limits.h"
#include "log/checkpoint.h"
#include "record/fields.h"
#include "record/registry.h"

static const char clause_record[] = "DESIGN 5.1";
static const char clause_fields[] = "FORMATS 1";

enum form { FORM_WHOLE, FORM_APPROVED, FORM_EITHER };

// -- reading -----------------------------------------------------------------------------------
// A media type as in RFC 9110 section 8.3.1, lower case but for values, and without any space.
static bool media_is_token(struct str s)
{
    static const char others[] = "!#$%&'*+.^_`|~-";
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || !strchr(others, c)))
            return false;
    }
    return true;
}
static bool media_is_sound(struct str media)
{
    struct str rest = media, part, half;
    if (media.len > 127 || !str_split(&rest, ';', &part))
        return false;
    if (!str_split(&part, '/', &half) || !media_is_token(half))
        return false;
    if (!str_split(&part, '/', &half) || !media_is_token(half) || part.ptr != NULL)
        return false;
    for (struct str pair; str_split(&rest, ';', &pair);) {
        if (!str_split(&pair, '=', &half) || !media_is_token(half))
            return false;
        if (!str_split(&pair, '=', &half) || !media_is_token(half) || pair.ptr != NULL)
            return false;
    }
    return true;
}

static void read_attachment(struct lines *l, struct attachment *ret)
{
    struct fields f = fields_of(lines_value(l, STR("attach")));
    if (l->failed)
        return;
    bool sound = field_digest(&f, &ret->blob) && field_decimal(&f, BLOB_BYTES_MAX, &ret->size);
    ret->media = field_next(&f);
    ret->name = field_rest(&f);
    sound = sound && fields_done(&f) && ret->size > 0;
    if (!sound || !media_is_sound(ret->media) || !text_is_file_name(ret->name))
        (void)lines_fail(l, clause_record, "\"attach\" is not hash, size, media type and name");
}

// Two attachments of one name cannot both be saved; two of one hash cannot both be counted.
static void check_attachment_is_new(struct lines *l, const struct attachment *all, size_t count)
{
    const struct attachment *last = &all[count - 1];
    for (size_t i = 0; i + 1 < count; i++)
        if (str_eq(all[i].name, last->name) || digest_eq(&all[i].blob, &last->blob))
            (void)lines_fail(l, clause_record, "an attachment is named twice");
}

static void read_attachments(struct arena *a, struct lines *l, struct record *r)
{
    size_t count = lines_count_of(l, STR("attach"));
    if (l->failed || count == 0)
        return;
    if (count > r->type->attachments_max) {
        (void)lines_too_many(l, "attach", r->type->attachments_max);
        return;
    }
    struct attachment *made = arena_new(a, struct attachment, count);
    if (!made) {
        (void)lines_full(l);
        return;
    }
    for (size_t i = 0; i < count && !l->failed; i++) {
        read_attachment(l, &made[i]);
        if (!l->failed)
            check_attachment_is_new(l, made, i + 1);
    }
    r->attachments = made;
    r->attachments_count = count;
}

static void read_seen_line(struct lines *l, struct seen *ret)
{
    struct err unused = {0};
    size_t size = 0;
    struct fields f = fields_of(lines_value(l, STR("seen")));
    if (l->failed)
        return;
    ret->origin = field_next(&f);
    bool sound = field_decimal(&f, TREE_SIZE_MAX, &ret->size);
    struct str root = field_rest(&f);
    sound = sound && fields_done(&f) && checkpoint_origin_check(ret->origin, &unused) &&
            base64_read(root, BASE64_PADDED, ret->root.octets, DIGEST_BYTES, &size) &&
            size == DIGEST_BYTES;
    if (!sound)
        (void)lines_fail(l, clause_record, "\"seen\" is not origin, size and root");
}

// Sorted by origin, so that the same checkpoints have one encoding.
static void read_seen(struct arena *a, struct lines *l, struct record *r)
{
    size_t count = lines_count_of(l, STR("seen"));
    if (l->failed || count == 0)
        return;
    if (count > RECORD_SEEN_MAX) {
        (void)lines_too_many(l, "seen", RECORD_SEEN_MAX);
        return;
    }
    struct seen *made = arena_new(a, struct seen, count);
    if (!made) {
        (void)lines_full(l);
        return;
    }
    for (size_t i = 0; i < count && !l->failed; i++) {
        read_seen_line(l, &made[i]);
        if (!l->failed && i > 0 && str_cmp(made[i - 1].origin, made[i].origin) >= 0)
            (void)lines_fail(l, clause_fields, "\"seen\" lines are not sorted by origin");
    }
    r->seen = made;
    r->seen_count = count;
}

static void read_ref_and_time(struct lines *l, enum form form, struct record *r)
{
    if (form == FORM_EITHER)
        form = lines_next_is(l, STR("ref")) ? FORM_WHOLE : FORM_APPROVED;
    r->filled = form == FORM_WHOLE;
    if (!r->filled)
        return;
    struct str ref = lines_value(l, STR("ref"));
    if (!l->failed && !ref_read(ref, &r->ref))
        (void)lines_fail(l, clause_fields, "\"ref\" is no reference");
    r->time = lines_moment(l, STR("time"));
}

static void read_parties(struct lines *l, enum form form, struct record *r)
{
    r->from = lines_address(l, STR("from"));
    if (r->type->signer == RECORD_BY_ROOTS) {
        // the roots sign a text with its time in it; nobody else approves it
        if (form == FORM_APPROVED)
            (void)lines_fail(l, "FORMATS 2", "a record signed by roots has no approved form");
        r->open = r->filled = true;
        r->time = lines_moment(l, STR("time"));
        return;
    }
    struct str to = lines_value(l, STR("to"));
    r->open = str_eq(to, STR("all"));
    if (!l->failed && !r->open && !address_read(to, &r->to))
        (void)lines_fail(l, clause_fields, "\"to\" is neither an address nor all");
    read_ref_and_time(l, form, r);
}

static void read_handling(struct lines *l, struct record *r)
{
    struct str text = lines_value(l, STR("precedence"));
    if (!l->failed && !precedence_read(text, &r->precedence))
        (void)lines_fail(l, clause_record, "unknown precedence");
    if (lines_optional(l, STR("marking"), &text) && !marking_read(text, &r->marking))
        (void)lines_fail(l, clause_record, "\"marking\" is not STATE:CODE");
    text = lines_value(l, STR("tlp"));
    if (!l->failed && !tlp_read(text, &r->tlp))
        (void)lines_fail(l, clause_record, "unknown TLP");
    r->exercise = lines_yes_no(l, STR("exercise"));
}

// -- rules of the envelope ---------------------------------------------------------------------
static bool check_parties(const struct record *r, struct err *err)
{
    bool desk = r->type->signer == RECORD_BY_ISSUER;
    if ((r->from.desk != DESK_NONE) != desk)
        return err_set(err, ERR_MALFORMED, clause_fields,
                       desk ? "from names no desk" : "from names a desk, but no desk signs this");
    if (r->open && r->type->reach == RECORD_SEALED_ONLY)
        return err_set(err, ERR_MALFORMED, "DESIGN 7", "a %s is never open", r->type->name);
    if (r->open)
        return true;
    if (r->type->reach == RECORD_OPEN_ONLY)
        return err_set(err, ERR_MALFORMED, "DESIGN 7", "a %s is never sealed", r->type->name);
    if ((r->to.desk != DESK_NONE) != desk)
        return err_set(err, ERR_MALFORMED, clause_fields,
                       desk ? "to names no desk" : "to names a desk, but a node wrote this");
    if (state_code_eq(&r->from.state, &r->to.state))
        return err_set(err, ERR_MALFORMED, clause_record, "from and to are one State");
    return true;
}
static bool check_ref(const struct record *r, struct err *err)
{
    if (!r->filled || r->type->signer == RECORD_BY_ROOTS)
        return true;
    bool same = state_code_eq(&r->ref.from, &r->from.state);
    // an open record's `to` is unset, and so must its ref's be
    if (!same || !state_code_eq(&r->ref.to, &r->to.state))
        return err_set(err, ERR_MALFORMED, clause_fields, "ref does not fit from and to");
    return true;
}
static bool check_record(const struct record *r, struct err *err)
{
    if (!check_parties(r, err) || !check_ref(r, err))
        return err_wrap(err, "record");
    if (marking_is_set(&r->marking) && !state_code_eq(&r->marking.state, &r->from.state)) {
        (void)err_set(err, ERR_MALFORMED, clause_record, "marking is of another State's table");
        return err_wrap(err, "record");
    }
    if (r->type->check && !r->type->check(r, err))
        return err_wrap(err, "record");
    return true;
}

// Names of types, known here or not: [a-z][a-z-]{0,31}.
static bool type_name_is_sound(struct str name)
{
    if (name.len == 0 || name.len > 32 || name.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] < 'a' || name.ptr[i] > 'z') && name.ptr[i] != '-')
            return false;
    return true;
}
// The first three lines, up to the type.
static bool read_head(struct lines *l, struct str *ret_log, struct str *ret_type)
{
    lines_exact(l, STR("elchi record v1"));
    *ret_log = lines_origin(l, STR("log"));
    *ret_type = lines_value(l, STR("type"));
    if (!l->failed && !type_name_is_sound(*ret_type))
        (void)lines_fail(l, clause_record, "\"type\" is no name of a type");
    return !l->failed;
}

static bool read_form(struct arena *a, struct bytes sent, enum form form, struct record *ret,
                      struct err *err)
{
    struct str text, type;
    struct lines l;
    struct record r = {0};
    if (sent.len > RECORD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause_record, "record: above %d octets", RECORD_BYTES_MAX);
    if (!text_check(sent, &text, err))
        return err_wrap(err, "record");
    lines_init(&l, "record", text, err);
    if (!read_head(&l, &r.log, &type))
        return false;
    r.type = record_type_find(type);
    if (!r.type)
        return err_set(err, ERR_UNSUPPORTED, "DESIGN 7", "record: type \"%.*s\" is not known here",
                       STR_ARG(type));
    if (sent.len > r.type->text_bytes_max)
        return err_set(err, ERR_LIMIT, clause_record, "record: a %s is at most %u octets",
                       r.type->name, (unsigned)r.type->text_bytes_max);
    read_parties(&l, form, &r);
    if (r.type->signer == RECORD_BY_ISSUER)
        read_handling(&l, &r);
    if (l.failed || !r.type->read(a, &l, &r.payload, err))
        return false;
    read_attachments(a, &l, &r);
    if (r.filled && r.type->signer == RECORD_BY_ISSUER)
        read_seen(a, &l, &r);
    if (!lines_done(&l) || !check_record(&r, err))
        return false;
    *ret = r;
    return true;
}

bool record_read(struct arena *a, struct bytes text, struct record *ret, struct err *err)
{
    return read_form(a, text, FORM_WHOLE, ret, err);
}
bool record_read_approved(struct arena *a, struct bytes text, struct record *ret, struct err *err)
{
    return read_form(a, text, FORM_APPROVED, ret, err);
}
bool record_peek_type(struct bytes text, struct str *ret, struct err *err)
{
    struct str checked, log, type;
    struct lines l;
    if (!text_check(text, &checked, err))
        return err_wrap(err, "record");
    lines_init(&l, "record", checked, err);
    if (!read_head(&l, &log, &type))
        return false;
    *ret = type;
    return true;
}

// -- writing -----------------------------------------------------------------------------------
static void put_parties(const struct record *r, struct buffer *out)
{
    char text[REF_CHARS_MAX + ADDRESS_CHARS_MAX + 1];
    address_write(&r->from, text);
    buffer_fmt(out, "from %s\n", text);
    if (r->type->signer != RECORD_BY_ROOTS) {
        address_write(&r->to, text);
        buffer_fmt(out, "to %s\n", r->open ? "all" : text);
    }
    if (r->filled && r->type->signer != RECORD_BY_ROOTS) {
        ref_write(&r->ref, text);
        buffer_fmt(out, "ref %s\n", text);
    }
    if (r->filled)
        put_moment(out, "time", r->time);
}
static void put_handling(const struct record *r, struct buffer *out)
{
    char text[MARKING_CHARS_MAX + 1];
    buffer_fmt(out, "precedence %s\n", precedence_word(r->precedence));
    if (marking_is_set(&r->marking)) {
        marking_write(&r->marking, text);
        buffer_fmt(out, "marking %s\n", text);
    }
    buffer_fmt(out, "tlp %s\nexercise %s\n", tlp_word(r->tlp), r->exercise ? "yes" : "no");
}
static void put_tail(const struct record *r, struct buffer *out)
{
    char text[DIGEST_TEXT_CHARS + 1], root[BASE64_CHARS(DIGEST_BYTES) + 1];
    for (size_t i = 0; i < r->attachments_count; i++) {
        const struct attachment *at = &r->attachments[i];
        digest_write(&at->blob, text);
        buffer_fmt(out, "attach %s %llu %.*s %.*s\n", text, (unsigned long long)at->size,
                   STR_ARG(at->media), STR_ARG(at->name));
    }
    for (size_t i = 0; r->filled && i < r->seen_count; i++) {
        const struct seen *s = &r->seen[i];
        (void)base64_write(bytes_of(s->root.octets, DIGEST_BYTES), BASE64_PADDED, root);
        buffer_fmt(out, "seen %.*s %llu %s\n", STR_ARG(s->origin), (unsigned long long)s->size,
                   root);
    }
}

static bool put_record(struct arena *a, const struct record *r, struct str *ret, struct err *err)
{
    struct buffer out;
    if (r->filled && r->type->signer != RECORD_BY_ROOTS &&
        (r->ref.serial < 1 || r->ref.serial > SERIAL_MAX || r->ref.year < 1970 ||
         r->ref.year > 9999))
        return err_set(err, ERR_MALFORMED, clause_fields, "record: its ref has no number or year");
    buffer_init(&out, a, RECORD_BYTES_MAX);
    buffer_fmt(&out, "elchi record v1\nlog %.*s\ntype %s\n", STR_ARG(r->log), r->type->name);
    put_parties(r, &out);
    if (r->type->signer == RECORD_BY_ISSUER)
        put_handling(r, &out);
    r->type->write(r->payload, &out);
    put_tail(r, &out);
    if (!buffer_take_str(&out, ret, err))
        return err_wrap(err, "record");
    return true;
}

bool record_write(struct arena *a, const struct record *record, struct str *ret, struct err *err)
{
    struct str text;
    struct record again;
    if (!put_record(a, record, &text, err))
        return false;
    if (!read_form(a, str_bytes(text), record->filled ? FORM_WHOLE : FORM_APPROVED, &again, err))
        return false;
    *ret = text;
    return true;
}

// -- release -----------------------------------------------------------------------------------
// Any form -> the approved one.
static bool approved_of(struct arena *a, struct bytes text, enum form form, struct str *ret,
                        struct err *err)
{
    struct record r;
    if (!read_form(a, text, form, &r, err))
        return false;
    if (r.type->signer == RECORD_BY_ROOTS)
        return err_set(err, ERR_DENIED, "FORMATS 2",
                       "a record signed by roots has no approved form");
    r.filled = false;
    return put_record(a, &r, ret, err);
}

bool record_text_approved(struct arena *a, struct bytes whole, struct str *ret, struct err *err)
{
    return approved_of(a, whole, FORM_WHOLE, ret, err);
}
bool record_approved_digest(struct arena *a, struct bytes text, struct digest *ret, struct err *err)
{
    struct str approved;
    if (!approved_of(a, text, FORM_EITHER, &approved, err))
        return false;
    *ret = digest_of(str_bytes(approved));
    return true;
}
bool record_fill(struct arena *a, struct bytes approved, const struct record_filling *filling,
                 struct str *ret, struct err *err)
{
    struct record r;
    if (!record_read_approved(a, approved, &r, err))
        return false;
    r.filled = true;
    r.ref = filling->ref;
    r.time = filling->time;
    r.seen = filling->seen;
    r.seen_count = filling->seen_count;
    return record_write(a, &r, ret, err);
}
bool record_same_but_filled(struct arena *a, struct bytes approved, struct bytes whole,
                            struct err *err)
{
    struct str stripped;
    if (!record_text_approved(a, whole, &stripped, err))
        return false;
    if (!bytes_eq(str_bytes(stripped), approved))
        return err_set(err, ERR_DENIED, "FORMATS 5",
                       "record: more than ref, time and seen differs from what was approved");
    return true;
}

bool record_time_is_ahead(const struct record *record, struct moment now)
{
    return record->filled && record->time.s > now.s + RECORD_AHEAD_S_MAX;
}

// -- opening -----------------------------------------------------------------------------------
const char *record_signer_role(const struct record *record)
{
    switch (record->type->signer) {
    case RECORD_BY_ISSUER:
        return desk_word(record->from.desk);
    case RECORD_BY_NODE:
        return "node";
    case RECORD_BY_ROOTS:
        return "root";
    }
    CHECK(false); // the enum is closed
}

// Is the record where it says it is, and may its State speak there?
static bool check_place(const struct record *r, const struct record_keys *keys,
                        struct record_place place, struct err *err)
{
    if (!str_eq(r->log, place.origin))
        return err_set(err, ERR_DENIED, RECORD_CLAUSE_LOG,
                       "record: it names the log %.*s, but stands in %.*s", STR_ARG(r->log),
                       STR_ARG(place.origin));
    if (!keys->belongs(keys->context, &r->from.state, place.origin))
        return err_set(err, ERR_DENIED, RECORD_CLAUSE_STATE,
                       "record: State %s does not belong to the origin %.*s", r->from.state.text,
                       STR_ARG(place.origin));
    return true;
}

static bool check_signature(struct arena *a, const struct note *note,
                            const struct record_keys *keys, struct verified_record *v,
                            struct err *err)
{
    struct sign_public public_key;
    struct note_key key;
    uint64_t time_s;
    const char *role = record_signer_role(&v->record);
    if (!key_name_of(v->place.origin, role, a, &v->key_name, err))
        return false;
    if (v->record.type->signer == RECORD_BY_ROOTS) {
        if (!keys->is_manifest(keys->context, v->place.origin, v->place.index, &v->note_hash))
            return err_set(err, ERR_DENIED, RECORD_CLAUSE_KEY,
                           "record: not a version of this log's chain of manifests");
        return true;
    }
    if (note->signatures_count != 1)
        return err_set(err, ERR_DENIED, RECORD_CLAUSE_SIGNATURES,
                       "record: %zu signature lines, exactly one is allowed",
                       note->signatures_count);
    if (!str_eq(note->signatures[0].name, v->key_name))
        return err_set(err, ERR_DENIED, RECORD_CLAUSE_KEY, "record: not signed by %.*s",
                       STR_ARG(v->key_name));
    if (!keys->find(keys->context, v->place.origin, v->place.index, role, &public_key))
        return err_set(err, ERR_NOT_FOUND, RECORD_CLAUSE_KEY,
                       "record: no key of %.*s is in force at its index", STR_ARG(v->key_name));
    if (!note_key_make(v->key_name, NOTE_KEY_ED25519, &public_key, &key, err))
        return err_wrap(err, "record");
    if (!note_line_verify(&note->signatures[0], note->text, &key, &time_s, err)) {
        // another key of the same name is no missing thing, but a wrong signature
        enum err_kind kind = err->kind == ERR_NOT_FOUND ? ERR_TAMPERED : err->kind;
        return err_set(err, kind, RECORD_CLAUSE_KEY, "record: not signed by the key in force");
    }
    return true;
}

bool record_open(struct arena *a, struct bytes sent, const struct record_keys *keys,
                 struct record_place place, struct verified_record *ret, struct err *err)
{
    struct verified_record v = {.note = sent, .place = place};
    if (sent.len > RECORD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause_record, "record: above %d octets", RECORD_BYTES_MAX);
    struct note *note = arena_new(a, struct note, 1);
    if (!note)
        return err_set(err, ERR_LIMIT, NULL, "record: no room left to read it");
    if (!note_read(sent, note, err))
        return err_wrap(err, "record");
    if (!read_form(a, str_bytes(note->text), FORM_WHOLE, &v.record, err))
        return false;
    v.note_hash = digest_of(sent);
    if (!check_place(&v.record, keys, place, err) || !check_signature(a, note, keys, &v, err))
        return false;
    *ret = v;
    return true;
}
