// keeper/act_sign.c - signing what officers released, what the node states, and bundle indexes.
#include "keeper/acts.h"

#include "base/limits.h"

enum { SIGN_COUNT_MAX = 64 };

// One text on its way through the checks.
struct signing {
    struct str text;
    struct verdict {
        struct err refused;
    } verdict;
    const struct note_key *key;
    const struct secret *seed;
    struct spent_row row;
    bool spent_already;
    bool has_ref;
    struct ref ref;
};

static void take_ref(struct signing *s, const struct record *record)
{
    s->has_ref = record->filled;
    s->ref = record->ref;
}

static enum keys_role role_of_desk(enum desk desk)
{
    switch (desk) {
    case DESK_TECHNICAL:
        return KEYS_TECHNICAL;
    case DESK_DIPLOMATIC:
        return KEYS_DIPLOMATIC;
    case DESK_JUDICIAL:
        return KEYS_JUDICIAL;
    case DESK_COORDINATION:
        return KEYS_COORDINATION;
    case DESK_NONE:
    case DESK_COUNT:
        break;
    }
    return KEYS_NODE;
}

// What both kinds have in common: our log, our State, a time that is not ahead of the clock.
static bool check_envelope(struct vault *v, const struct record *record, enum record_signer signer,
                           struct err *err)
{
    if (record->type->signer != signer)
        return err_set(err, ERR_DENIED, "FORMATS 1", "type %s is not signed this way",
                       record->type->name);
    if (!str_eq(record->log, v->origin))
        return err_set(err, ERR_DENIED, "DESIGN 5.1", "the record names another log");
    if (!state_code_eq(&record->from.state, &v->state_code))
        return err_set(err, ERR_DENIED, "DESIGN 5.1", "the record is from another State");
    if (!record->filled)
        return err_set(err, ERR_DENIED, "FORMATS 4", "the record has no ref and time yet");
    if (record_time_is_ahead(record, vault_now(v)))
        return err_set(err, ERR_DENIED, "FORMATS 1", "the record's time is ahead of the clock");
    return true;
}

static bool take_key(struct vault *v, enum keys_role role, const char *name, struct signing *s,
                     struct err *err)
{
    s->key = &v->keys[role];
    s->seed = vault_secret(v, name);
    if (s->seed == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.5", "this State has no key for %s", name);
    return true;
}

// The same draft twice: the same text is signed again to the same note, another never.
static bool check_spent(struct vault *v, struct signing *s, struct err *err)
{
    const struct spent_row *before = spent_find(&v->spent, &s->row.draft);
    if (before == NULL)
        return true;
    if (!digest_eq(&before->text, &s->row.text))
        return err_set(err, ERR_DENIED, "DESIGN 8",
                       "the draft is spent: it was signed with other bytes");
    s->spent_already = true;
    return true;
}

static bool check_record(struct vault *v, struct arena *a, struct signing *s,
                         const struct bytes *approvals, size_t count, struct err *err)
{
    struct record record;
    struct decision_case how = {s->row.draft, approvals, count, vault_now(v)};
    if (!record_read(a, str_bytes(s->text), &record, err))
        return false;
    take_ref(s, &record);
    if (!check_envelope(v, &record, RECORD_BY_ISSUER, err) ||
        !take_key(v, role_of_desk(record.from.desk), desk_word(record.from.desk), s, err))
        return false;
    s->row.text = digest_of(str_bytes(s->text));
    if (!check_spent(v, s, err))
        return false;
    if (s->spent_already)
        return true;
    return register_check_release(&v->approvers, str_bytes(s->text), &how, a, err) &&
           act_check_not_void(v, approvals, count, &s->row.until, err);
}

static bool check_node_made(struct vault *v, struct arena *a, struct signing *s, struct err *err)
{
    struct record record;
    struct digest subject;
    if (!record_read(a, str_bytes(s->text), &record, err))
        return false;
    take_ref(s, &record);
    if (!check_envelope(v, &record, RECORD_BY_NODE, err) ||
        !take_key(v, KEYS_NODE, "node", s, err) ||
        !record_approved_digest(a, str_bytes(s->text), &subject, err))
        return false;
    memcpy(s->row.draft.octets, subject.octets, DRAFT_ID_BYTES);
    s->row.text = digest_of(str_bytes(s->text));
    s->row.until.s = vault_now(v).s + APPROVAL_AHEAD_S_MAX;
    return check_spent(v, s, err);
}

// Two asks of one frame may name one draft; the second is refused unless it is the same text.
static void check_within(struct signing *all, size_t at)
{
    struct signing *s = &all[at];
    for (size_t i = 0; i < at; i++) {
        if (all[i].verdict.refused.kind != ERR_NONE ||
            memcmp(all[i].row.draft.octets, s->row.draft.octets, DRAFT_ID_BYTES) != 0)
            continue;
        if (digest_eq(&all[i].row.text, &s->row.text))
            s->spent_already = true;
        else
            (void)err_set(&s->verdict.refused, ERR_DENIED, "DESIGN 8",
                          "the draft stands twice here");
    }
}

static bool comes_after(const struct ref *x, const struct ref *y)
{
    return state_code_eq(&x->from, &y->from) && state_code_eq(&x->to, &y->to) &&
           x->serial > y->serial;
}

// Numbers of a pair follow one another: a text above a refused one of its pair would leave a gap,
// so it has to be filled anew. What was signed before is signed again all the same.
static void check_turn(struct signing *all, size_t at)
{
    struct signing *s = &all[at];
    for (size_t i = 0; i < at && !s->spent_already; i++)
        if (all[i].verdict.refused.kind != ERR_NONE && all[i].has_ref &&
            comes_after(&s->ref, &all[i].ref)) {
            (void)err_set(&s->verdict.refused, ERR_BUSY, "FORMATS 4",
                          "a record before it in its pair was refused");
            return;
        }
}

// One durable step for all that passed; only then is anything signed.
static bool spend_all(struct vault *v, const struct signing *all, size_t count, struct err *err)
{
    struct spent_row rows[SIGN_COUNT_MAX];
    size_t fresh = 0;
    for (size_t i = 0; i < count; i++)
        if (all[i].verdict.refused.kind == ERR_NONE && !all[i].spent_already)
            rows[fresh++] = all[i].row;
    if (spent_add(&v->spent, rows, fresh, err))
        return true;
    v->broken = true;
    return err_wrap(err, "the spent drafts");
}

static void answer_one(struct act_io *io, const struct signing *s)
{
    if (s->verdict.refused.kind != ERR_NONE) {
        buffer_number(&io->answer, (uint64_t)s->verdict.refused.kind, 1);
        buffer_block16(&io->answer, str_bytes(str_of(s->verdict.refused.text)));
        return;
    }
    size_t room_bytes = s->text.len + KEY_NAME_BYTES_MAX + 256;
    uint8_t *room = arena_new(io->arena, uint8_t, room_bytes);
    if (room == NULL) {
        io->answer.full = true;
        return;
    }
    struct writer w = writer_of(room, room_bytes);
    note_sign(s->text, s->key, s->seed, &w);
    CHECK(!w.full);
    buffer_number(&io->answer, ERR_NONE, 1);
    buffer_block32(&io->answer, writer_bytes(&w));
}

static bool sign_all(struct vault *v, struct act_io *io, struct signing *all, size_t count,
                     struct err *err)
{
    if (!spend_all(v, all, count, err))
        return false;
    buffer_number(&io->answer, count, 2);
    for (size_t i = 0; i < count; i++)
        answer_one(io, &all[i]);
    return true;
}

static bool take_text(struct act_io *io, struct str *ret, struct err *err)
{
    struct bytes sent = reader_block32(&io->ask);
    return text_check(sent, ret, err);
}

static bool take_count(struct act_io *io, size_t *ret, struct err *err)
{
    size_t count = reader_u16(&io->ask);
    if (io->ask.failed || count == 0 || count > SIGN_COUNT_MAX)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "1 to %d texts at a time",
                       SIGN_COUNT_MAX);
    *ret = count;
    return true;
}

bool act_sign_records(struct vault *v, struct act_io *io, struct err *err)
{
    struct signing all[SIGN_COUNT_MAX] = {0};
    size_t count = 0;
    if (!act_must_sign(v, err) || !take_count(io, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct bytes *approvals;
        size_t approvals_count;
        struct signing *s = &all[i];
        reader_copy(&io->ask, s->row.draft.octets, DRAFT_ID_BYTES);
        if (!take_text(io, &s->text, err) ||
            !act_take_approvals(io, &approvals, &approvals_count, err))
            return false;
        if (check_record(v, io->arena, s, approvals, approvals_count, &s->verdict.refused))
            check_within(all, i);
        if (s->verdict.refused.kind == ERR_NONE)
            check_turn(all, i);
    }
    return act_columns_done(io, err) && sign_all(v, io, all, count, err);
}

bool act_sign_node(struct vault *v, struct act_io *io, struct err *err)
{
    struct signing all[SIGN_COUNT_MAX] = {0};
    size_t count = 0;
    if (!act_must_sign(v, err) || !take_count(io, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct signing *s = &all[i];
        if (!take_text(io, &s->text, err))
            return false;
        if (check_node_made(v, io->arena, s, &s->verdict.refused))
            check_within(all, i);
        if (s->verdict.refused.kind == ERR_NONE)
            check_turn(all, i);
    }
    return act_columns_done(io, err) && sign_all(v, io, all, count, err);
}

// An index says nothing but what a file holds: its first two lines keep it apart from every record.
bool act_sign_index(struct vault *v, struct act_io *io, struct err *err)
{
    struct str text;
    struct lines l;
    if (!take_text(io, &text, err) || !act_columns_done(io, err))
        return false;
    lines_init(&l, "bundle index", text, err);
    lines_exact(&l, STR("elchi bundle v1"));
    struct str origin = lines_value(&l, STR("origin"));
    if (l.failed)
        return false;
    if (!str_eq(origin, v->origin))
        return err_set(err, ERR_DENIED, "FORMATS 8", "the index is of another origin");
    size_t room_bytes = text.len + KEY_NAME_BYTES_MAX + 256;
    uint8_t *room = arena_new(io->arena, uint8_t, room_bytes);
    if (room == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "an index of %zu octets", text.len);
    struct writer w = writer_of(room, room_bytes);
    note_sign(text, &v->keys[KEYS_NODE], vault_secret(v, "node"), &w);
    CHECK(!w.full);
    buffer_block32(&io->answer, writer_bytes(&w));
    return true;
}
