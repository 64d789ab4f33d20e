#include "access/register.h"

#include "base/encode.h"
#include "log/checkpoint.h"

#include <inttypes.h>

static const char clause[] = "access/register.h";

#define ROLE_WORD(name, word) [name] = (word),
static const char *const role_words[OFFICER_ROLE_COUNT] = {OFFICER_ROLES(ROLE_WORD)};
#undef ROLE_WORD

const char *officer_role_word(enum officer_role role)
{
    CHECK(role < OFFICER_ROLE_COUNT);
    return role_words[role];
}

bool officer_has_desk(const struct officer *o, enum desk desk)
{
    CHECK(desk < DESK_COUNT);
    return desk != DESK_NONE && (o->desks & 1U << desk) != 0;
}

bool officer_has_role(const struct officer *o, enum officer_role role)
{
    CHECK(role < OFFICER_ROLE_COUNT);
    return (o->roles & 1U << role) != 0;
}

const struct officer *register_officer(const struct approver_register *r, struct str name)
{
    for (size_t i = 0; i < r->officers_count; i++)
        if (str_eq(r->officers[i].name, name))
            return &r->officers[i];
    return NULL;
}

// -- rules ---------------------------------------------------------------------------------------

static bool rule_fits(const struct release_rule *rule, const struct record *record)
{
    if (rule->desk != DESK_NONE && rule->desk != record->from.desk)
        return false;
    if (rule->type.len > 0 && !str_eq(rule->type, str_of(record->type->name)))
        return false;
    struct str to = record->open ? STR("all") : state_code_str(&record->to.state);
    if (rule->to.len > 0 && !str_eq(rule->to, to))
        return false;
    if (rule->tlp != TLP_NONE && rule->tlp != record->tlp)
        return false;
    return rule->precedence == PRECEDENCE_COUNT || rule->precedence == record->precedence;
}

const struct release_rule *register_rule_for(const struct approver_register *r,
                                             const struct record *record)
{
    CHECK(r->rules_count > 0);
    size_t i = 0;
    while (i + 1 < r->rules_count && !rule_fits(&r->rules[i], record))
        i++;
    CHECK(rule_fits(&r->rules[i], record)); // the last one fits everything
    return &r->rules[i];
}

static bool fits_everything(const struct release_rule *rule)
{
    return rule->desk == DESK_NONE && rule->type.len == 0 && rule->to.len == 0 &&
           rule->tlp == TLP_NONE && rule->precedence == PRECEDENCE_COUNT;
}

// -- reading -------------------------------------------------------------------------------------

// A comma-joined list of words, in the order of the table, each once; bit `i + shift` per word.
typedef bool word_find(struct str word, unsigned *ret_bit);
static bool read_words(struct str value, word_find *find, unsigned *ret)
{
    unsigned bits = 0;
    struct str rest = value, word;
    if (value.len == 0 || value.ptr[value.len - 1] == ',')
        return false;
    while (str_split(&rest, ',', &word)) {
        unsigned bit;
        if (!find(word, &bit) || bits >> bit != 0)
            return false;
        bits |= 1U << bit;
    }
    *ret = bits;
    return bits != 0;
}

static bool find_desk(struct str word, unsigned *ret_bit)
{
    enum desk desk;
    if (!desk_read(word, &desk) || desk == DESK_NONE)
        return false;
    *ret_bit = (unsigned)desk;
    return true;
}

static bool find_role(struct str word, unsigned *ret_bit)
{
    for (unsigned i = 0; i < OFFICER_ROLE_COUNT; i++) {
        if (!str_eq(word, str_of(role_words[i])))
            continue;
        *ret_bit = i;
        return true;
    }
    return false;
}

static bool key_is_named(const struct note_key *key, struct str log, struct str name)
{
    struct str middle = STR("/officer/");
    return key->type == NOTE_KEY_ED25519 && key->name.len == log.len + middle.len + name.len &&
           str_starts(key->name, log) &&
           str_eq(str_slice(key->name, log.len, log.len + middle.len), middle) &&
           str_eq(str_slice(key->name, log.len + middle.len, key->name.len), name);
}

static void read_officer(struct lines *l, struct str value, struct str log, struct officer *o)
{
    struct fields f = fields_of(value);
    o->name = field_next(&f);
    struct str vkey = field_next(&f);
    struct str desks = field_next(&f);
    struct str roles = field_next(&f);
    if (!fields_done(&f) || !text_is_file_name(o->name))
        (void)lines_fail(l, clause, "expected NAME VKEY DESKS ROLES");
    else if (!note_key_read(vkey, &o->key, l->err))
        l->failed = !err_wrap(l->err, "%s, line %zu", l->what, l->number);
    else if (!key_is_named(&o->key, log, o->name))
        (void)lines_fail(l, clause, "the key is not named for this officer");
    else if (!str_eq(desks, STR("-")) && !read_words(desks, find_desk, &o->desks))
        (void)lines_fail(l, clause, "desks are words of the table, in its order, or -");
    else if (!read_words(roles, find_role, &o->roles))
        (void)lines_fail(l, clause, "roles are words of the table, in its order");
}

// The value behind "NAME="; empty for "*".
static bool read_match(struct fields *f, struct str name, struct str *ret)
{
    struct str field = field_next(f);
    if (f->failed || !str_starts(field, name) || field.len == name.len)
        return false;
    *ret = str_slice(field, name.len, field.len);
    if (str_eq(*ret, STR("*")))
        *ret = STR("");
    return true;
}

static bool is_addressee(struct str to)
{
    struct state_code code;
    return to.len == 0 || str_eq(to, STR("all")) || state_code_read(to, &code);
}

static void read_rule(struct lines *l, struct str value, struct release_rule *rule)
{
    struct str desk, tlp, precedence, approvals;
    struct fields f = fields_of(value);
    uint64_t count = 0;
    if (!read_match(&f, STR("desk="), &desk) || !read_match(&f, STR("type="), &rule->type) ||
        !read_match(&f, STR("to="), &rule->to) || !read_match(&f, STR("tlp="), &tlp) ||
        !read_match(&f, STR("precedence="), &precedence) ||
        !read_match(&f, STR("approvals="), &approvals) || !fields_done(&f)) {
        (void)lines_fail(l, clause, "expected desk= type= to= tlp= precedence= approvals=");
        return;
    }
    rule->precedence = PRECEDENCE_COUNT;
    if ((desk.len > 0 && (!desk_read(desk, &rule->desk) || rule->desk == DESK_NONE)) ||
        (tlp.len > 0 && !tlp_read(tlp, &rule->tlp)) ||
        (precedence.len > 0 && !precedence_read(precedence, &rule->precedence)) ||
        (rule->type.len > 0 && !text_is_file_name(rule->type)) || !is_addressee(rule->to) ||
        !decimal_read(approvals, 2, &count) || count == 0)
        (void)lines_fail(l, clause, "a rule names what no record can be, or other than 1 or 2");
    rule->approvals = (unsigned)count;
}

static void read_head(struct lines *l, struct approver_register *r)
{
    uint64_t change = 0;
    lines_exact(l, STR("elchi register v1"));
    r->log = lines_value(l, STR("log"));
    if (!l->failed && !checkpoint_origin_check(r->log, l->err))
        l->failed = !err_wrap(l->err, "register, line %zu", l->number);
    if (!decimal_read(lines_value(l, STR("version")), UINT64_MAX, &r->version) || r->version == 0)
        (void)lines_fail(l, clause, "a version is a number from 1");
    struct str previous = lines_value(l, STR("previous"));
    r->has_previous = !str_eq(previous, STR("none"));
    if (r->has_previous && !digest_read(previous, &r->previous))
        (void)lines_fail(l, clause, "previous is none, or sha256: and 64 hex digits");
    if (r->has_previous != (r->version > 1))
        (void)lines_fail(l, clause, "`previous none` belongs to version 1 and to no other");
    if (!decimal_read(lines_value(l, STR("change")), REGISTER_APPROVALS_MAX, &change) ||
        change == 0)
        (void)lines_fail(l, clause, "a change takes 1 to %d administrators",
                         REGISTER_APPROVALS_MAX);
    r->change = (unsigned)change;
}

static bool read_tables(struct arena *a, struct lines *l, struct approver_register *r)
{
    struct str value;
    struct officer *officers = arena_new(a, struct officer, REGISTER_OFFICERS_MAX);
    struct release_rule *rules = arena_new(a, struct release_rule, REGISTER_RULES_MAX);
    if (officers == NULL || rules == NULL)
        return err_set(l->err, ERR_LIMIT, clause, "no room for a register");
    while (lines_optional(l, STR("officer"), &value)) {
        if (r->officers_count == REGISTER_OFFICERS_MAX)
            return lines_fail(l, clause, "more than %d officers", REGISTER_OFFICERS_MAX);
        struct officer *o = &officers[r->officers_count++];
        read_officer(l, value, r->log, o);
        if (!l->failed && r->officers_count > 1 && str_cmp(o[-1].name, o->name) >= 0)
            return lines_fail(l, clause, "officers are not ascending by name, each once");
    }
    while (lines_optional(l, STR("rule"), &value)) {
        if (r->rules_count == REGISTER_RULES_MAX)
            return lines_fail(l, clause, "more than %d rules", REGISTER_RULES_MAX);
        read_rule(l, value, &rules[r->rules_count++]);
    }
    r->officers = officers;
    r->rules = rules;
    return true;
}

// -- rules over the whole register ----------------------------------------------------------------

static bool check_keys(const struct approver_register *r, struct err *err)
{
    for (size_t i = 0; i < r->officers_count; i++)
        for (size_t j = i + 1; j < r->officers_count; j++)
            if (memcmp(r->officers[i].key.key.octets, r->officers[j].key.key.octets,
                       SIGN_PUBLIC_BYTES) == 0)
                return err_set(err, ERR_DENIED, clause, "two officers have one key: %.*s, %.*s",
                               STR_ARG(r->officers[i].name), STR_ARG(r->officers[j].name));
    return true;
}

static size_t officers_with(const struct approver_register *r, enum officer_role role,
                            enum desk desk)
{
    size_t count = 0;
    for (size_t i = 0; i < r->officers_count; i++)
        count += officer_has_role(&r->officers[i], role) &&
                 (desk == DESK_NONE || officer_has_desk(&r->officers[i], desk));
    return count;
}

// A register that could never be changed, or a rule that no officers could meet, is refused.
static bool check_reachable(const struct approver_register *r, struct err *err)
{
    size_t administrators = officers_with(r, OFFICER_ADMINISTRATOR, DESK_NONE);
    if (r->change > administrators)
        return err_set(err, ERR_DENIED, clause, "a change takes %u of %zu administrators",
                       r->change, administrators);
    for (size_t i = 0; i < r->rules_count; i++) {
        size_t releasers = officers_with(r, OFFICER_RELEASER, r->rules[i].desk);
        if (r->rules[i].approvals > releasers)
            return err_set(err, ERR_DENIED, clause, "rule %zu takes %u of %zu releasing officers",
                           i + 1, r->rules[i].approvals, releasers);
        bool last = i + 1 == r->rules_count;
        if (fits_everything(&r->rules[i]) != last)
            return err_set(err, ERR_MALFORMED, clause,
                           "rule %zu: the last rule, and no other, fits everything", i + 1);
    }
    return true;
}

bool register_read(struct arena *a, struct bytes sent, struct approver_register *ret,
                   struct err *err)
{
    struct lines l;
    struct approver_register r = {0};
    if (sent.len > REGISTER_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a register of %zu octets", sent.len);
    if (!text_check(sent, &r.text, err))
        return err_wrap(err, "register");
    lines_init(&l, "register", r.text, err);
    read_head(&l, &r);
    if (!read_tables(a, &l, &r) || !lines_done(&l))
        return false;
    if (r.officers_count == 0 || r.rules_count == 0)
        return err_set(err, ERR_MALFORMED, clause, "a register has officers and rules");
    if (!check_keys(&r, err) || !check_reachable(&r, err))
        return false;
    r.hash = digest_of(sent);
    *ret = r;
    return true;
}

// -- writing -------------------------------------------------------------------------------------

static void put_desks(struct buffer *out, unsigned desks)
{
    const char *before = "";
    if (desks == 0)
        buffer_str(out, STR("-"));
    for (int d = 0; d < DESK_COUNT; d++) {
        if (!(desks & 1U << d))
            continue;
        buffer_fmt(out, "%s%s", before, desk_word((enum desk)d));
        before = ",";
    }
}

static bool put_officer(struct buffer *out, const struct officer *o, struct err *err)
{
    struct str vkey;
    const char *before = "";
    if (!note_key_text(&o->key, out->arena, &vkey, err))
        return false;
    buffer_fmt(out, "officer %.*s %.*s ", STR_ARG(o->name), STR_ARG(vkey));
    put_desks(out, o->desks);
    buffer_str(out, STR(" "));
    for (int r = 0; r < OFFICER_ROLE_COUNT; r++) {
        if (!(o->roles & 1U << r))
            continue;
        buffer_fmt(out, "%s%s", before, role_words[r]);
        before = ",";
    }
    buffer_str(out, STR("\n"));
    return true;
}

static struct str or_star(struct str value)
{
    return value.len == 0 ? STR("*") : value;
}

static void put_rule(struct buffer *out, const struct release_rule *rule)
{
    buffer_fmt(out, "rule desk=%s type=%.*s to=%.*s tlp=%s precedence=%s approvals=%u\n",
               rule->desk == DESK_NONE ? "*" : desk_word(rule->desk), STR_ARG(or_star(rule->type)),
               STR_ARG(or_star(rule->to)), rule->tlp == TLP_NONE ? "*" : tlp_word(rule->tlp),
               rule->precedence == PRECEDENCE_COUNT ? "*" : precedence_word(rule->precedence),
               rule->approvals);
}

bool register_write(const struct approver_register *r, struct arena *a, struct bytes *ret,
                    struct err *err)
{
    struct buffer out;
    struct bytes text;
    struct approver_register again;
    char previous[DIGEST_TEXT_CHARS + 1] = "none";
    if (r->has_previous)
        digest_write(&r->previous, previous);
    buffer_init(&out, a, REGISTER_BYTES_MAX);
    buffer_fmt(&out, "elchi register v1\nlog %.*s\nversion %" PRIu64 "\nprevious %s\nchange %u\n",
               STR_ARG(r->log), r->version, previous, r->change);
    for (size_t i = 0; i < r->officers_count; i++)
        if (!put_officer(&out, &r->officers[i], err))
            return false;
    for (size_t i = 0; i < r->rules_count; i++)
        put_rule(&out, &r->rules[i]);
    if (!buffer_take(&out, &text, err) || !register_read(a, text, &again, err))
        return err_wrap(err, "writing a register");
    *ret = text;
    return true;
}
