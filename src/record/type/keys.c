#include "record/keys.h"

#include "base/encode.h"
#include "crypto/age_key.h"
#include "log/checkpoint.h"

#include <inttypes.h>

static const char clause[] = "FORMATS 2";

struct role_row {
    const char *word;
    enum note_key_type type;
    bool required; // a State may have fewer desks, never fewer of the others
};
static const struct role_row roles[KEYS_ROLE_COUNT] = {
    [KEYS_LOG] = {"log", NOTE_KEY_ED25519, true},
    [KEYS_WITNESS] = {"witness", NOTE_KEY_COSIGNER, true},
    [KEYS_MIRROR] = {"mirror", NOTE_KEY_COSIGNER, true},
    [KEYS_NODE] = {"node", NOTE_KEY_ED25519, true},
    [KEYS_TECHNICAL] = {"technical", NOTE_KEY_ED25519, false},
    [KEYS_DIPLOMATIC] = {"diplomatic", NOTE_KEY_ED25519, false},
    [KEYS_JUDICIAL] = {"judicial", NOTE_KEY_ED25519, false},
    [KEYS_COORDINATION] = {"coordination", NOTE_KEY_ED25519, false},
};

const char *keys_role_word(enum keys_role role)
{
    CHECK(role < KEYS_ROLE_COUNT);
    return roles[role].word;
}

bool keys_role_read(struct str word, enum keys_role *ret)
{
    for (int i = 0; i < KEYS_ROLE_COUNT; i++) {
        if (!str_eq(word, str_of(roles[i].word)))
            continue;
        *ret = (enum keys_role)i;
        return true;
    }
    return false;
}

// -- names -----------------------------------------------------------------------------------

// Is `name` the origin, then "/" and the word? An empty word stands for the origin alone.
static bool name_is(struct str name, struct str origin, struct str word)
{
    if (!str_starts(name, origin))
        return false;
    struct str tail = str_slice(name, origin.len, name.len);
    if (word.len == 0)
        return tail.len == 0;
    return tail.len == word.len + 1 && tail.ptr[0] == '/' &&
           str_eq(str_slice(tail, 1, tail.len), word);
}

static struct str name_word(enum keys_role role)
{
    return role == KEYS_LOG ? STR("") : str_of(roles[role].word);
}

static bool is_root(const struct note_key *key, struct str origin)
{
    return key->type == NOTE_KEY_ED25519 && name_is(key->name, origin, STR("root"));
}

static bool has_role(const struct note_key *key, struct str origin, enum keys_role role)
{
    return key->type == roles[role].type && name_is(key->name, origin, name_word(role));
}

static bool has_some_role(const struct note_key *key, struct str origin)
{
    for (int i = 0; i < KEYS_ROLE_COUNT; i++)
        if (has_role(key, origin, (enum keys_role)i))
            return true;
    return false;
}

static bool check_names(const struct keys_record *k, struct str origin, struct err *err)
{
    for (size_t i = 0; i < k->roots_count; i++)
        if (!is_root(&k->roots[i], origin))
            return err_set(err, ERR_MALFORMED, clause, "root %zu is not named %.*s/root", i + 1,
                           STR_ARG(origin));
    for (int i = 0; i < KEYS_ROLE_COUNT; i++)
        if (k->present[i] && !has_role(&k->keys[i], origin, (enum keys_role)i))
            return err_set(err, ERR_MALFORMED, clause,
                           "the %s key is not named for it, or of another type", roles[i].word);
    for (size_t i = 0; i < k->compromised_count; i++)
        if (!has_some_role(&k->compromised[i].key, origin))
            return err_set(err, ERR_MALFORMED, clause,
                           "compromised key %zu is not named for a role of %.*s", i + 1,
                           STR_ARG(origin));
    return true;
}

// -- keys against each other -------------------------------------------------------------------

static bool same_public(const struct note_key *a, const struct note_key *b)
{
    return bytes_eq(bytes_of(a->key.octets, sizeof a->key.octets),
                    bytes_of(b->key.octets, sizeof b->key.octets));
}

// Every key of the manifest in one row; compromised ones may not be enrolled either.
static size_t gather(const struct keys_record *k, const struct note_key **ret)
{
    size_t count = 0;
    for (size_t i = 0; i < k->roots_count; i++)
        ret[count++] = &k->roots[i];
    for (int i = 0; i < KEYS_ROLE_COUNT; i++)
        if (k->present[i])
            ret[count++] = &k->keys[i];
    for (size_t i = 0; i < k->compromised_count; i++)
        ret[count++] = &k->compromised[i].key;
    return count;
}

static bool check_distinct(const struct keys_record *k, struct err *err)
{
    const struct note_key *all[MANIFEST_ROOTS_MAX + KEYS_ROLE_COUNT + KEYS_COMPROMISED_MAX];
    size_t count = gather(k, all);
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (same_public(all[i], all[j]))
                return err_set(err, ERR_DENIED, "DESIGN 5.1", "one public key stands twice: %.*s",
                               STR_ARG(all[j]->name));
    return true;
}

static bool check_roots_distinct(const struct keys_record *k, struct err *err)
{
    // Signature lines are told apart by key id alone, because every root has the same name.
    for (size_t i = 0; i < k->roots_count; i++)
        for (size_t j = i + 1; j < k->roots_count; j++)
            if (k->roots[i].id == k->roots[j].id)
                return err_set(err, ERR_DENIED, clause, "two roots have the key id %08x",
                               (unsigned)k->roots[i].id);
    for (size_t i = 0; i < k->next_count; i++)
        for (size_t j = i + 1; j < k->next_count; j++)
            if (digest_eq(&k->next[i], &k->next[j]))
                return err_set(err, ERR_MALFORMED, clause, "a next root stands twice");
    return true;
}

static bool check_counts(const struct keys_record *k, struct err *err)
{
    if (k->threshold == 0 || k->threshold > k->roots_count)
        return err_set(err, ERR_MALFORMED, clause, "a threshold of %u with %zu roots", k->threshold,
                       k->roots_count);
    if (k->next_threshold == 0 || k->next_threshold > k->next_count)
        return err_set(err, ERR_MALFORMED, clause, "a next threshold of %u with %zu next roots",
                       k->next_threshold, k->next_count);
    if (k->version == 0 || k->has_previous != (k->version > 1))
        return err_set(err, ERR_MALFORMED, clause,
                       "`previous none` belongs to version 1 and to no other");
    if (k->version == 1 && k->compromised_count > 0)
        return err_set(err, ERR_MALFORMED, clause, "version 1 has no earlier key to disown");
    return true;
}

static bool check_all(const struct keys_record *k, struct str origin, struct err *err)
{
    return check_counts(k, err) && check_names(k, origin, err) && check_distinct(k, err) &&
           check_roots_distinct(k, err);
}

// -- reading the lines ---------------------------------------------------------------------------

// A key refused by the note room keeps that room's kind and sentence.
static bool read_key(struct lines *l, struct str vkey, struct note_key *ret)
{
    if (note_key_read(vkey, ret, l->err))
        return true;
    l->failed = true;
    return err_wrap(l->err, "%s, line %zu", l->what, l->number);
}

static uint64_t read_number(struct lines *l, struct str key, uint64_t max)
{
    uint64_t n = 0;
    struct str value = lines_value(l, key);
    if (!l->failed && !decimal_read(value, max, &n))
        (void)lines_fail(l, clause, "\"%.*s\" is not a number up to %" PRIu64, STR_ARG(key), max);
    return n;
}

static void read_digest(struct lines *l, struct str value, struct digest *ret)
{
    if (!l->failed && !digest_read(value, ret))
        (void)lines_fail(l, clause, "not sha256: and 64 hex digits");
}

static void read_head(struct lines *l, struct keys_record *k)
{
    k->version = read_number(l, STR("version"), UINT64_MAX);
    struct str previous = lines_value(l, STR("previous"));
    k->has_previous = !str_eq(previous, STR("none"));
    if (k->has_previous)
        read_digest(l, previous, &k->previous);
    struct str demo = lines_value(l, STR("demo"));
    k->demo = str_eq(demo, STR("yes"));
    if (!l->failed && !k->demo && !str_eq(demo, STR("no")))
        (void)lines_fail(l, clause, "demo is yes or no");
}

static void read_roots(struct lines *l, struct keys_record *k)
{
    struct str value;
    k->threshold = (unsigned)read_number(l, STR("threshold"), MANIFEST_ROOTS_MAX);
    while (lines_optional(l, STR("root"), &value)) {
        if (k->roots_count == MANIFEST_ROOTS_MAX)
            (void)lines_fail(l, clause, "more than %d roots", MANIFEST_ROOTS_MAX);
        else if (read_key(l, value, &k->roots[k->roots_count]))
            k->roots_count++;
    }
    k->next_threshold = (unsigned)read_number(l, STR("next-threshold"), MANIFEST_ROOTS_MAX);
    while (lines_optional(l, STR("next"), &value)) {
        if (k->next_count == MANIFEST_ROOTS_MAX)
            (void)lines_fail(l, clause, "more than %d next roots", MANIFEST_ROOTS_MAX);
        else
            read_digest(l, value, &k->next[k->next_count++]);
    }
}

static void read_keys(struct lines *l, struct keys_record *k)
{
    for (int i = 0; i < KEYS_ROLE_COUNT && !l->failed; i++) {
        struct fields head;
        char storage[32] = "key ";
        size_t len = strlen(roles[i].word);
        CHECK(len + 4 < sizeof storage);
        memcpy(storage + 4, roles[i].word, len + 1);
        struct str key = str_of(storage);
        if (!roles[i].required && !lines_next_is(l, key))
            continue;
        head = fields_of(lines_value(l, key));
        struct str vkey = field_next(&head);
        if (!l->failed && !fields_done(&head))
            (void)lines_fail(l, clause, "one key a line");
        if (!l->failed)
            k->present[i] = read_key(l, vkey, &k->keys[i]);
    }
    struct age_recipient recipient;
    struct str encryption = lines_value(l, STR("key encryption"));
    if (!l->failed && (!age_recipient_read(encryption, &recipient, l->err) ||
                       !age_recipient_check(&recipient, l->err)))
        l->failed = !err_wrap(l->err, "%s, line %zu", l->what, l->number);
    k->encryption = encryption;
    read_digest(l, lines_value(l, STR("key tls")), &k->tls);
}

static bool read_root_hash(struct str text, struct digest *ret)
{
    size_t size = 0;
    return base64_read(text, BASE64_PADDED, ret->octets, sizeof ret->octets, &size) &&
           size == sizeof ret->octets;
}

static void read_one_compromised(struct lines *l, struct str value, struct keys_compromised *c)
{
    struct fields f = fields_of(value);
    struct str vkey = field_next(&f);
    struct str size = field_next(&f);
    if (f.failed || !read_key(l, vkey, &c->key)) {
        (void)lines_fail(l, clause, "expected a key, then a size and a root, or none");
        return;
    }
    c->counts_before = !str_eq(size, STR("none"));
    // A cosignature names no size it could be held to, so a stolen cosigner's key counts no more.
    if (c->counts_before == (c->key.type == NOTE_KEY_COSIGNER))
        (void)lines_fail(l, clause, "`none` belongs to a cosigner's key and to no other");
    else if (c->counts_before && (!decimal_read(size, TREE_SIZE_MAX - 1, &c->size.n) ||
                                  !read_root_hash(field_next(&f), &c->root)))
        (void)lines_fail(l, clause, "expected a tree size and a root in base64");
    else if (!fields_done(&f))
        (void)lines_fail(l, clause, "a field too many");
}

static void read_compromised(struct lines *l, struct keys_record *k)
{
    struct str value;
    while (lines_optional(l, STR("compromised"), &value)) {
        if (k->compromised_count == KEYS_COMPROMISED_MAX)
            (void)lines_fail(l, clause, "more than %d compromised keys", KEYS_COMPROMISED_MAX);
        else
            read_one_compromised(l, value, &k->compromised[k->compromised_count++]);
    }
}

static void read_own_lines(struct lines *l, struct keys_record *k)
{
    read_head(l, k);
    read_roots(l, k);
    read_keys(l, k);
    read_compromised(l, k);
}

bool keys_record_read(struct str text, struct keys_record *ret, struct err *err)
{
    struct lines l;
    struct state_code state;
    struct keys_record k = {0};
    struct str checked;
    if (text.len > RECORD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a key manifest has %zu octets", text.len);
    if (!text_check(str_bytes(text), &checked, err))
        return err_wrap(err, "key manifest");
    lines_init(&l, "key manifest", checked, err);
    lines_exact(&l, STR("elchi record v1"));
    k.origin = lines_value(&l, STR("log"));
    if (!l.failed && !checkpoint_origin_check(k.origin, err))
        l.failed = !err_wrap(err, "key manifest, line 2");
    lines_exact(&l, STR("type keys"));
    k.state = lines_value(&l, STR("from"));
    if (!l.failed && !state_code_read(k.state, &state))
        (void)lines_fail(&l, clause, "not the code of a State");
    struct str time = lines_value(&l, STR("time"));
    if (!l.failed && !moment_read(time, &k.time))
        (void)lines_fail(&l, clause, "not a time");
    read_own_lines(&l, &k);
    if (!lines_done(&l) || !check_all(&k, k.origin, err))
        return false;
    *ret = k;
    return true;
}

// -- writing ---------------------------------------------------------------------------------

static void put_digest(struct buffer *out, const char *key, const struct digest *d)
{
    char text[DIGEST_TEXT_CHARS + 1];
    digest_write(d, text);
    buffer_fmt(out, "%s %s\n", key, text);
}

static void put_key(struct buffer *out, struct str before, const struct note_key *key,
                    struct str after)
{
    uint8_t storage[NOTE_VKEY_CHARS_MAX];
    struct writer w = writer_of(storage, sizeof storage);
    note_key_write(key, &w);
    CHECK(!w.full);
    buffer_str(out, before);
    buffer_put(out, writer_bytes(&w));
    buffer_str(out, after);
}

static void put_compromised(struct buffer *out, const struct keys_compromised *c)
{
    char root[BASE64_CHARS(DIGEST_BYTES) + 1];
    put_key(out, STR("compromised "), &c->key, STR(" "));
    if (!c->counts_before) {
        buffer_str(out, STR("none\n"));
        return;
    }
    (void)base64_write(bytes_of(c->root.octets, DIGEST_BYTES), BASE64_PADDED, root);
    buffer_fmt(out, "%" PRIu64 " %s\n", c->size.n, root);
}

static void write_own_lines(const void *payload, struct buffer *out)
{
    const struct keys_record *k = payload;
    buffer_fmt(out, "version %" PRIu64 "\n", k->version);
    if (k->has_previous)
        put_digest(out, "previous", &k->previous);
    else
        buffer_str(out, STR("previous none\n"));
    buffer_fmt(out, "demo %s\nthreshold %u\n", k->demo ? "yes" : "no", k->threshold);
    for (size_t i = 0; i < k->roots_count; i++)
        put_key(out, STR("root "), &k->roots[i], STR("\n"));
    buffer_fmt(out, "next-threshold %u\n", k->next_threshold);
    for (size_t i = 0; i < k->next_count; i++)
        put_digest(out, "next", &k->next[i]);
    for (int i = 0; i < KEYS_ROLE_COUNT; i++) {
        if (!k->present[i])
            continue;
        buffer_fmt(out, "key %s", roles[i].word);
        put_key(out, STR(" "), &k->keys[i], STR("\n"));
    }
    buffer_fmt(out, "key encryption %.*s\n", STR_ARG(k->encryption));
    put_digest(out, "key tls", &k->tls);
    for (size_t i = 0; i < k->compromised_count; i++)
        put_compromised(out, &k->compromised[i]);
}

bool keys_record_write(const struct keys_record *record, struct arena *a, struct str *ret,
                       struct err *err)
{
    struct buffer out;
    struct keys_record again;
    struct str text;
    char time[MOMENT_CHARS + 1];
    CHECK(record->roots_count <= MANIFEST_ROOTS_MAX);
    CHECK(record->next_count <= MANIFEST_ROOTS_MAX);
    CHECK(record->compromised_count <= KEYS_COMPROMISED_MAX);
    moment_write(record->time, time);
    buffer_init(&out, a, RECORD_BYTES_MAX);
    buffer_fmt(&out, "elchi record v1\nlog %.*s\ntype keys\nfrom %.*s\ntime %s\n",
               STR_ARG(record->origin), STR_ARG(record->state), time);
    write_own_lines(record, &out);
    if (!buffer_take_str(&out, &text, err) || !keys_record_read(text, &again, err))
        return err_wrap(err, "writing a key manifest");
    *ret = text;
    return true;
}

// -- the registry's row ----------------------------------------------------------------------

static bool type_read(struct arena *a, struct lines *text, const void **ret_payload,
                      struct err *err)
{
    struct keys_record *k = arena_new(a, struct keys_record, 1);
    if (k == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for a key manifest");
    read_own_lines(text, k);
    if (text->failed)
        return false;
    *ret_payload = k;
    return true;
}

static bool type_check(const struct record *record, struct err *err)
{
    if (record->from.desk != DESK_NONE)
        return err_set(err, ERR_MALFORMED, clause, "a key manifest is from a State, not a desk");
    return check_all(record->payload, record->log, err);
}

const struct record_type record_type_keys = {
    .name = "keys",
    .summary = "The State's keys: roots, next roots, log, cosigners, node, desks, encryption, TLS.",
    .source = "DESIGN 5.5, FORMATS 2",
    .signer = RECORD_BY_ROOTS,
    .reach = RECORD_OPEN_ONLY,
    .as_it_is = true,
    .text_bytes_max = RECORD_BYTES_MAX,
    .attachments_max = 0,
    .read = type_read,
    .write = write_own_lines,
    .check = type_check,
};
