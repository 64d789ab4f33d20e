#include "log/policy.h"

#include "base/encode.h"

static const char clause[] = "C2SP tlog-policy";

// -- words of a line -------------------------------------------------------------------------

// What is being read, and where.
struct reading {
    struct arena *arena;
    struct policy_log *logs;
    struct policy_witness *witnesses;
    struct policy_group *groups;
    bool *witness_taken, *group_taken; // a name is a member at most once
    size_t logs_count, witnesses_count, groups_count;
    bool quorum_read, quorum_none;
    struct policy_node quorum;
    size_t line; // its number, for sentences
    struct err *err;
};

static bool refuse(const struct reading *r, const char *why)
{
    return err_set(r->err, ERR_MALFORMED, clause, "policy line %zu: %s", r->line, why);
}

// The next word; an empty one at the line's end. Spaces and tabs part words.
static struct bytes word_next(struct bytes *line)
{
    size_t from = 0, to;
    while (from < line->len && (line->ptr[from] == ' ' || line->ptr[from] == '\t'))
        from++;
    for (to = from; to < line->len && line->ptr[to] != ' ' && line->ptr[to] != '\t';)
        to++;
    if (line->len == 0)
        return (struct bytes){0};
    struct bytes word = bytes_of(line->ptr + from, to - from);
    *line = bytes_of(line->ptr + to, line->len - to);
    return word;
}

static bool word_is(struct bytes word, struct str wanted)
{
    return bytes_eq(word, str_bytes(wanted));
}

// The next word as text; it must be there.
static bool word_text(struct reading *r, struct bytes *line, struct str *ret)
{
    struct bytes word = word_next(line);
    if (word.len == 0)
        return refuse(r, "it ends too early");
    if (!text_check_line(word, ret, r->err))
        return err_wrap(r->err, "policy line %zu", r->line);
    return true;
}

static bool line_ends(const struct reading *r, struct bytes *line)
{
    return word_next(line).len == 0 || refuse(r, "it has more words than its kind takes");
}

static bool key_and_url(struct reading *r, struct bytes *line, struct note_key *key,
                        struct str *url)
{
    struct str vkey = {0};
    struct bytes word;
    if (!word_text(r, line, &vkey))
        return false;
    if (!note_key_read(vkey, key, r->err))
        return err_wrap(r->err, "policy line %zu", r->line);
    word = word_next(line);
    *url = (struct str){0};
    if (word.len > 0 && !text_check_line(word, url, r->err))
        return err_wrap(r->err, "policy line %zu", r->line);
    return line_ends(r, line);
}

// Two keys are duplicates when the public key is the same, whatever they are called.
static bool same_public(const struct note_key *a, const struct note_key *b)
{
    return (a->type == NOTE_KEY_MLDSA) == (b->type == NOTE_KEY_MLDSA) &&
           memcmp(&a->key, &b->key, sizeof a->key) == 0 && str_eq(a->mldsa_base64, b->mldsa_base64);
}

// -- names -----------------------------------------------------------------------------------

static bool node_find(const struct reading *r, struct str name, struct policy_node *ret)
{
    for (size_t i = 0; i < r->witnesses_count; i++)
        if (str_eq(r->witnesses[i].name, name)) {
            *ret = (struct policy_node){false, i};
            return true;
        }
    for (size_t i = 0; i < r->groups_count; i++)
        if (str_eq(r->groups[i].name, name)) {
            *ret = (struct policy_node){true, i};
            return true;
        }
    return false;
}

static bool name_new(struct reading *r, struct bytes *line, struct str *ret)
{
    struct policy_node other = {0};
    if (!word_text(r, line, ret))
        return false;
    if (str_eq(*ret, STR("none")))
        return refuse(r, "the name none is taken");
    return !node_find(r, *ret, &other) || refuse(r, "the name is taken");
}

// -- lines -----------------------------------------------------------------------------------

static bool read_log(struct reading *r, struct bytes line)
{
    struct policy_log log = {0};
    if (!key_and_url(r, &line, &log.key, &log.url))
        return false;
    if (log.key.type != NOTE_KEY_ED25519)
        return refuse(r, "a log's key is of type 0x01");
    for (size_t i = 0; i < r->logs_count; i++)
        if (same_public(&r->logs[i].key, &log.key))
            return refuse(r, "the log's key stands above already");
    r->logs[r->logs_count++] = log;
    return true;
}

static bool read_witness(struct reading *r, struct bytes line)
{
    struct policy_witness witness = {0};
    if (!name_new(r, &line, &witness.name) || !key_and_url(r, &line, &witness.key, &witness.url))
        return false;
    if (witness.key.type == NOTE_KEY_ED25519)
        return refuse(r, "a witness's key is of type 0x04 or 0x06");
    for (size_t i = 0; i < r->witnesses_count; i++)
        if (same_public(&r->witnesses[i].key, &witness.key))
            return refuse(r, "the witness's key stands above already");
    r->witnesses[r->witnesses_count++] = witness;
    return true;
}

static bool read_members(struct reading *r, struct bytes line, struct policy_group *group)
{
    struct bytes rest = line;
    size_t count = 0;
    while (word_next(&rest).len > 0)
        count++;
    if (count == 0)
        return refuse(r, "a group has at least one member");
    struct policy_node *members = arena_new(r->arena, struct policy_node, count);
    if (members == NULL)
        return err_set(r->err, ERR_LIMIT, clause, "a policy does not fit its memory");
    for (size_t i = 0; i < count; i++) {
        struct str name = {0};
        if (!word_text(r, &line, &name))
            return false;
        if (!node_find(r, name, &members[i]))
            return refuse(r, "a member stands on no line above");
        bool *taken = members[i].is_group ? &r->group_taken[members[i].index]
                                          : &r->witness_taken[members[i].index];
        if (*taken)
            return refuse(r, "a name is a member of a group already");
        *taken = true;
    }
    group->members = members;
    group->members_count = count;
    return true;
}

static bool read_group(struct reading *r, struct bytes line)
{
    struct policy_group group = {0};
    uint64_t least = 0;
    if (!name_new(r, &line, &group.name) || !word_text(r, &line, &group.rule) ||
        !read_members(r, line, &group))
        return false;
    if (str_eq(group.rule, STR("any")))
        least = 1;
    else if (str_eq(group.rule, STR("all")))
        least = group.members_count;
    else if (!decimal_read(group.rule, group.members_count, &least) || least == 0)
        return refuse(r, "a group asks for all, any, or 1 to as many as it has members");
    group.least = (size_t)least;
    r->groups[r->groups_count++] = group;
    return true;
}

static bool read_quorum(struct reading *r, struct bytes line)
{
    struct str name = {0};
    if (r->quorum_read)
        return refuse(r, "a second quorum");
    if (!word_text(r, &line, &name) || !line_ends(r, &line))
        return false;
    r->quorum_read = true;
    r->quorum_none = str_eq(name, STR("none"));
    if (!r->quorum_none && !node_find(r, name, &r->quorum))
        return refuse(r, "the quorum stands on no line above");
    return true;
}

// -- the file --------------------------------------------------------------------------------

static const struct {
    const char *word;
    bool (*read)(struct reading *r, struct bytes line);
} kinds[] = {
    {"log", read_log},
    {"witness", read_witness},
    {"group", read_group},
    {"quorum", read_quorum},
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

// Which row of `kinds` the line is; KIND_COUNT for an empty line or a comment, more for another.
static size_t kind_of(struct bytes *line)
{
    struct bytes word = word_next(line);
    if (word.len == 0 || word.ptr[0] == '#')
        return KIND_COUNT;
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (word_is(word, str_of(kinds[i].word)))
            return i;
    return KIND_COUNT + 1;
}

static struct bytes line_next(struct bytes *rest)
{
    const uint8_t *end = memchr(rest->ptr, '\n', rest->len);
    CHECK(end != NULL); // octets_check saw the last one
    size_t len = (size_t)(end - rest->ptr);
    struct bytes line = bytes_of(rest->ptr, len);
    *rest = bytes_of(end + 1, rest->len - len - 1);
    return line;
}

static bool octets_check(struct bytes sent, struct err *err)
{
    if (sent.len > POLICY_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a policy of %zu octets", sent.len);
    if (sent.len == 0 || sent.ptr[sent.len - 1] != '\n')
        return err_set(err, ERR_MALFORMED, clause, "a policy ends in a line feed");
    for (size_t i = 0; i < sent.len; i++)
        if ((sent.ptr[i] < ' ' && sent.ptr[i] != '\t' && sent.ptr[i] != '\n') ||
            sent.ptr[i] == 0x7F)
            return err_set(err, ERR_MALFORMED, clause, "a policy holds the octet 0x%02x",
                           (unsigned)sent.ptr[i]);
    return true;
}

// Room for as many of each kind as the file has lines of it.
static bool reading_room(struct reading *r, struct bytes rest)
{
    size_t counts[KIND_COUNT + 2] = {0};
    while (rest.len > 0) {
        struct bytes line = line_next(&rest);
        counts[kind_of(&line)]++;
    }
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (counts[i] > POLICY_ITEMS_MAX)
            return err_set(r->err, ERR_LIMIT, clause,
                           "a policy has %zu lines \"%s\"; %d is the most", counts[i],
                           kinds[i].word, POLICY_ITEMS_MAX);
    r->logs = arena_new(r->arena, struct policy_log, counts[0] + 1);
    r->witnesses = arena_new(r->arena, struct policy_witness, counts[1] + 1);
    r->witness_taken = arena_new(r->arena, bool, counts[1] + 1);
    r->groups = arena_new(r->arena, struct policy_group, counts[2] + 1);
    r->group_taken = arena_new(r->arena, bool, counts[2] + 1);
    if (r->logs == NULL || r->witnesses == NULL || r->witness_taken == NULL || r->groups == NULL ||
        r->group_taken == NULL)
        return err_set(r->err, ERR_LIMIT, clause, "a policy does not fit its memory");
    return true;
}

bool policy_read(struct bytes sent, struct arena *a, struct policy *ret, struct err *err)
{
    struct reading r = {.arena = a, .err = err};
    struct bytes rest = sent;
    if (!octets_check(sent, err) || !reading_room(&r, sent))
        return false;
    while (rest.len > 0) {
        struct bytes line = line_next(&rest);
        size_t kind = kind_of(&line);
        r.line++;
        if (kind == KIND_COUNT)
            continue;
        if (kind > KIND_COUNT)
            return refuse(&r, "it begins with no word of a policy");
        if (!kinds[kind].read(&r, line))
            return false;
    }
    if (!r.quorum_read)
        return refuse(&r, "no quorum is named");
    *ret = (struct policy){.logs = r.logs,
                           .logs_count = r.logs_count,
                           .witnesses = r.witnesses,
                           .witnesses_count = r.witnesses_count,
                           .groups = r.groups,
                           .groups_count = r.groups_count,
                           .quorum_none = r.quorum_none,
                           .quorum = r.quorum};
    return true;
}

// -- writing ---------------------------------------------------------------------------------

static void put(struct writer *w, struct str s)
{
    writer_put(w, str_bytes(s));
}

static void put_url_end(struct writer *w, struct str url)
{
    if (url.len > 0) {
        put(w, STR(" "));
        put(w, url);
    }
    put(w, STR("\n"));
}

static struct str node_name(const struct policy *policy, struct policy_node node)
{
    return node.is_group ? policy->groups[node.index].name : policy->witnesses[node.index].name;
}

void policy_write(const struct policy *policy, struct writer *w)
{
    for (size_t i = 0; i < policy->logs_count; i++) {
        put(w, STR("log "));
        note_key_write(&policy->logs[i].key, w);
        put_url_end(w, policy->logs[i].url);
    }
    for (size_t i = 0; i < policy->witnesses_count; i++) {
        put(w, STR("witness "));
        put(w, policy->witnesses[i].name);
        put(w, STR(" "));
        note_key_write(&policy->witnesses[i].key, w);
        put_url_end(w, policy->witnesses[i].url);
    }
    for (size_t i = 0; i < policy->groups_count; i++) {
        const struct policy_group *group = &policy->groups[i];
        put(w, STR("group "));
        put(w, group->name);
        put(w, STR(" "));
        put(w, group->rule);
        for (size_t m = 0; m < group->members_count; m++) {
            put(w, STR(" "));
            put(w, node_name(policy, group->members[m]));
        }
        put(w, STR("\n"));
    }
    put(w, STR("quorum "));
    put(w, policy->quorum_none ? STR("none") : node_name(policy, policy->quorum));
    put(w, STR("\n"));
}
