// record/void.c - the rules, tried in one order everywhere.
#include "record/void.h"

static const char clause[] = "FORMATS 1";

static const struct {
    const char *word, *meaning;
    bool is_void;
} rules[VOID_RULE_COUNT] = {
#define VOID_ROW(name, text, is, says) \
    [name] = {.word = (text), .meaning = (says), .is_void = (is)},
    VOID_RULES(VOID_ROW)
#undef VOID_ROW
};

const char *void_rule_word(enum void_rule rule)
{
    CHECK(rule < VOID_RULE_COUNT);
    return rules[rule].word;
}
const char *void_rule_meaning(enum void_rule rule)
{
    CHECK(rule < VOID_RULE_COUNT);
    return rules[rule].meaning;
}
bool void_rule_is_void(enum void_rule rule)
{
    CHECK(rule < VOID_RULE_COUNT);
    return rules[rule].is_void;
}
bool void_rule_read(struct str word, enum void_rule *ret)
{
    for (int i = 0; i < VOID_RULE_COUNT; i++)
        if (str_eq(word, str_of(rules[i].word))) {
            *ret = (enum void_rule)i;
            return true;
        }
    return false;
}

// What is being judged, from entry to note.
struct case_file {
    const struct record_log *log;
    const struct record_found *found;
    struct entry entry;
    struct sealed_body sealed; // header and blind; sealed only
    struct blind blind;
    struct bytes note;
};

// The body is the one the entry names, so whatever is wrong inside is its author's doing.
static enum void_rule open_body(struct case_file *c, struct record_place place, struct err *err)
{
    const struct str ours = c->found->our_origin;
    if (c->entry.kind == ENTRY_OPEN) {
        struct open_body open;
        if (!open_body_read(c->found->blob, &open, err))
            return VOID_BODY;
        c->blind = open.blind;
        c->note = open.note;
        return VOID_NOT;
    }
    if (!sealed_body_read(c->found->plain, &c->sealed, err))
        return VOID_BODY;
    c->blind = c->sealed.blind;
    c->note = c->sealed.note;
    bool for_us = ours.len == 0 || str_eq(ours, place.origin) || str_eq(ours, c->sealed.to);
    if (str_eq(c->sealed.origin, place.origin) && for_us)
        return VOID_NOT;
    (void)err_set(err, ERR_VOID, "FORMATS 3", "record: its inner header names %.*s to %.*s",
                  STR_ARG(c->sealed.origin), STR_ARG(c->sealed.to));
    return VOID_HEADER;
}

// record_open says in err->clause which rule was broken; all else is a matter of the text.
static enum void_rule rule_of(const struct err *err)
{
    static const struct {
        const char *broken;
        enum void_rule rule;
    } by_clause[] = {
        {RECORD_CLAUSE_LOG, VOID_LOG},
        {RECORD_CLAUSE_STATE, VOID_STATE},
        {RECORD_CLAUSE_SIGNATURES, VOID_SIGNATURES},
        {RECORD_CLAUSE_KEY, VOID_KEY},
    };
    if (err->kind == ERR_UNSUPPORTED)
        return VOID_NOT_UNKNOWN_TYPE;
    for (size_t i = 0; err->clause && i < sizeof by_clause / sizeof by_clause[0]; i++)
        if (strcmp(err->clause, by_clause[i].broken) == 0)
            return by_clause[i].rule;
    return VOID_TEXT;
}

static enum void_rule check_kind(const struct case_file *c, const struct verified_record *v,
                                 struct err *err)
{
    const struct record_keys *keys = c->log->keys;
    const struct record *r = &v->record;
    bool fits = r->type->as_it_is == (c->entry.kind == ENTRY_AS_IT_IS) &&
                r->open == (c->entry.kind != ENTRY_SEALED);
    if (!fits) {
        (void)err_set(err, ERR_VOID, clause, "record: a %s stands in an entry of kind %s",
                      r->type->name, entry_kind_word(c->entry.kind));
        return VOID_KIND;
    }
    if (c->entry.kind == ENTRY_SEALED &&
        !keys->belongs(keys->context, &r->to.state, c->sealed.to)) {
        (void)err_set(err, ERR_VOID, "FORMATS 3",
                      "record: its inner header names %.*s, which is not of State %s",
                      STR_ARG(c->sealed.to), r->to.state.text);
        return VOID_HEADER;
    }
    return VOID_NOT;
}

static enum void_rule check_ref(const struct case_file *c, const struct verified_record *v,
                                struct err *err)
{
    char ref[REF_CHARS_MAX + 1];
    if (v->record.type->signer == RECORD_BY_ROOTS)
        return VOID_NOT; // it has none
    enum ref_use use =
        c->log->ref_use(c->log->context, v->place.origin, v->place.index, &v->record.ref);
    if (use == REF_FREE)
        return VOID_NOT;
    ref_write(&v->record.ref, ref);
    (void)err_set(err, ERR_VOID, "DESIGN 5.1", "record: %s is used by an earlier record%s", ref,
                  use == REF_SERIAL_USED ? " under another year" : "");
    return use == REF_SERIAL_USED ? VOID_SERIAL : VOID_REF;
}

static enum void_rule judge_note(struct arena *a, const struct case_file *c,
                                 struct record_place place, struct verified_record *ret,
                                 struct err *err)
{
    if (!record_open(a, c->note, c->log->keys, place, ret, err))
        return rule_of(err);
    enum void_rule rule = check_kind(c, ret, err);
    return rule != VOID_NOT ? rule : check_ref(c, ret, err);
}

static enum void_rule judge(struct arena *a, struct case_file *c, struct record_place place,
                            struct verified_record *ret, struct err *err)
{
    if (c->entry.kind == ENTRY_AS_IT_IS) {
        c->note = c->entry.note;
        return judge_note(a, c, place, ret, err);
    }
    enum void_rule rule = open_body(c, place, err);
    if (rule != VOID_NOT)
        return rule;
    if (!entry_check_note(&c->entry, &c->blind, c->note, err))
        return VOID_COMMITMENT;
    return judge_note(a, c, place, ret, err);
}

bool record_judge(struct arena *a, const struct record_log *log, struct record_place place,
                  const struct record_found *found, enum void_rule *ret_rule,
                  struct verified_record *ret, struct err *err)
{
    struct case_file c = {.log = log, .found = found};
    struct err why = {0};
    if (a->limit < a->used || a->limit - a->used < RECORD_JUDGE_BYTES)
        return err_set(err, ERR_LIMIT, NULL, "record: no room left to judge it");
    struct verified_record *v = arena_new(a, struct verified_record, 1);
    if (!v)
        return err_set(err, ERR_LIMIT, NULL, "record: no room left to judge it");
    enum void_rule rule = VOID_ENTRY;
    if (entry_read(found->entry, &c.entry, &why)) {
        if (c.entry.kind != ENTRY_AS_IT_IS && !entry_check_blob(&c.entry, found->blob, err))
            return false;
        rule = judge(a, &c, place, v, &why);
    }
    *ret_rule = rule;
    if (rule == VOID_NOT) {
        *ret = *v;
        return true;
    }
    // the sentence stays; the kind says that the record stands in a log and counts for nothing
    (void)err_set(err, void_rule_is_void(rule) ? ERR_VOID : ERR_UNSUPPORTED, why.clause, "%s",
                  why.text);
    return true;
}
