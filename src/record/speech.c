// record/speech.c - messages held against their codebook.
#include "record/speech.h"

static const char clause[] = "DESIGN 6";

// The book a message names, or a refusal.
static bool check_book(const struct message *m, const struct book *book, struct err *err)
{
    if (m->codebook_version == book->version && digest_eq(&m->codebook, &book->hash))
        return true;
    return err_set(err, ERR_CONFLICT, clause, "message: it names another codebook than version %u",
                   (unsigned)book->version);
}

bool speech_check(const struct record *record, const struct book *book,
                  const struct electorate *states, struct err *err)
{
    const struct message *m = record->payload;
    CHECK(record->type == &record_type_message);
    if (!check_book(m, book, err))
        return false;
    for (size_t i = 0; i < m->lines_count; i++) {
        const struct phrase_line *line = &m->lines[i];
        struct checked_line checked;
        if (!phrase_line_check(book, states, line, &checked, err))
            return err_wrap(err, "message, line %02u", (unsigned)line->number);
        if (checked.status == LINE_UNKNOWN)
            return err_set(err, ERR_NOT_FOUND, clause,
                           "message, line %02u: the codebook has no phrase %.*s",
                           (unsigned)line->number, STR_ARG(line->code));
        if (!codebook_send_check(book, checked.phrase, str_of(desk_word(record->from.desk)),
                                 record->precedence, err))
            return err_wrap(err, "message, line %02u", (unsigned)line->number);
    }
    return true;
}

bool speech_check_answer(const struct record *answer, const struct verified_record *asked,
                         const struct book *book, struct err *err)
{
    const struct message *m = answer->payload;
    struct answer effects[PHRASE_LINES_MAX];
    CHECK(answer->type == &record_type_message);
    if (!m->has_answers || !ref_eq(&m->answers.ref, &asked->record.ref) ||
        !digest_eq(&m->answers.note, &asked->note_hash))
        return err_set(err, ERR_CONFLICT, "FORMATS 1", "message: it answers another record");
    if (asked->record.type != &record_type_message)
        return err_set(err, ERR_DENIED, "DESIGN 7", "message: a %s is not answered by phrases",
                       asked->record.type->name);
    if (answer->exercise != asked->record.exercise)
        return err_set(err, ERR_DENIED, "DESIGN 7",
                       "message: exercise and real traffic do not answer one another");
    if (!check_book(m, book, err))
        return false;
    const struct message *question = asked->record.payload;
    if (!codebook_answers_check(book, question->lines, question->lines_count, m->lines,
                                m->lines_count, effects, err))
        return err_wrap(err, "message");
    return true;
}

// The deadline a line names itself, in `by`.
static bool line_by(const struct phrase_line *line, const struct phrase *phrase, struct moment *ret)
{
    const struct book_parameter *by = phrase_parameter(phrase, STR("by"));
    const struct str *value = phrase_line_value(line, STR("by"));
    return by && by->type == PARAMETER_TIME && value && moment_read(*value, ret);
}

size_t speech_expectations(const struct message *message, const struct book *book,
                           struct moment start, struct expectation ret[EXPECTATIONS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < message->lines_count; i++) {
        const struct phrase_line *line = &message->lines[i];
        const struct phrase *phrase = book_phrase(book, line->code);
        if (!phrase || phrase->response == RESPONSE_NONE)
            continue;
        struct expectation e = {.line = line->number,
                                .acknowledge_suffices = phrase->response == RESPONSE_ACKNOWLEDGE,
                                .stand_by_allowed = phrase->stand_by};
        e.has_deadline = line_by(line, phrase, &e.respond_by);
        if (!e.has_deadline && phrase->respond_s > 0) {
            e.has_deadline = true;
            e.respond_by.s = start.s + (int64_t)phrase->respond_s;
        }
        ret[count++] = e;
    }
    return count;
}

static bool act_of(enum answer_effect effect, enum act *ret)
{
    switch (effect) {
    case ANSWER_ACKNOWLEDGES:
    case ANSWER_NOTES_DELAY: // heard, though the time to respond does not move
        *ret = ACT_ACKNOWLEDGE;
        return true;
    case ANSWER_STANDS_BY:
        *ret = ACT_STAND_BY;
        return true;
    case ANSWER_ANSWERS:
        *ret = ACT_ANSWER;
        return true;
    case ANSWER_ASKS_BACK: // say again: the question stands as it stood
    case ANSWER_EFFECT_COUNT:
        return false;
    }
    return false;
}

bool speech_closes(const struct message *message)
{
    for (size_t i = 0; i < message->lines_count; i++)
        if (str_eq(message->lines[i].code, STR(SPEECH_CLOSING_PHRASE)))
            return true;
    return false;
}

size_t speech_facts(const struct message *answer, const struct message *asked,
                    const struct book *book, enum party by, struct moment at,
                    struct fact ret[PHRASE_LINES_MAX + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < answer->lines_count; i++) {
        struct err refused = {0};
        struct answer effect;
        enum act act;
        if (!codebook_answer_check(book, asked->lines, asked->lines_count, &answer->lines[i],
                                   &effect, &refused))
            continue; // what the book does not allow settles nothing
        if (act_of(effect.effect, &act))
            ret[count++] = (struct fact){
                .act = act, .by = by, .at = at, .line = effect.line, .until = effect.until};
    }
    if (speech_closes(answer))
        ret[count++] = (struct fact){.act = ACT_CLOSE, .by = by, .at = at};
    return count;
}

// -- one record about another ------------------------------------------------------------------
static bool names(const struct named_record *n, const struct verified_record *about)
{
    return ref_eq(&n->ref, &about->record.ref) && digest_eq(&n->note, &about->note_hash);
}
static bool receipt_names(const struct receipt *r, const struct verified_record *about)
{
    bool stands_there =
        str_eq(r->at_origin, about->place.origin) && r->at_index == about->place.index.n;
    bool is_ref = r->has_ref && ref_eq(&r->of, &about->record.ref);
    if (r->state == RECEIPT_MISSING)
        return is_ref;
    if (!r->has_note)
        return stands_there; // unreadable: the entry is all the addressee could name
    return stands_there && is_ref && digest_eq(&r->note, &about->note_hash);
}
static size_t receipt_facts(const struct receipt *r, const struct verified_record *about,
                            struct moment at, struct fact ret[SPEECH_FACTS_MAX])
{
    static const enum act acts[RECEIPT_STATE_COUNT] = {
        [RECEIPT_HELD] = ACT_HOLD,
        [RECEIPT_UNREADABLE] = ACT_REPORT_UNREADABLE,
        [RECEIPT_MISSING] = ACT_REPORT_MISSING,
    };
    if (!receipt_names(r, about))
        return 0;
    ret[0] = (struct fact){.act = acts[r->state],
                           .by = PARTY_ADDRESSEE_NODE,
                           .at = at,
                           .attachments_held = r->attachments_held};
    return 1;
}
static size_t message_facts(const struct message *m, const struct verified_record *about,
                            const struct book *book, struct fact like,
                            struct fact ret[SPEECH_FACTS_MAX])
{
    size_t count = 0;
    if (m->has_replaces && names(&m->replaces, about)) {
        like.act = ACT_REPLACE;
        ret[count++] = like;
    }
    if (!m->has_answers || !names(&m->answers, about) || !book ||
        about->record.type != &record_type_message || !digest_eq(&m->codebook, &book->hash))
        return count;
    return count + speech_facts(m, about->record.payload, book, like.by, like.at, ret + count);
}

size_t speech_facts_about(const struct verified_record *about, const struct verified_record *follow,
                          const struct book *book, struct moment at,
                          struct fact ret[SPEECH_FACTS_MAX])
{
    const struct record *a = &about->record, *f = &follow->record;
    bool author = state_code_eq(&f->from.state, &a->from.state);
    bool addressee = !author && (a->open || state_code_eq(&f->from.state, &a->to.state));
    if (!author && !addressee)
        return 0;
    struct fact like = {.by = author ? PARTY_AUTHOR : PARTY_ADDRESSEE, .at = at};
    if (f->type == &record_type_receipt)
        return addressee ? receipt_facts(f->payload, about, at, ret) : 0;
    if (f->type == &record_type_message)
        return message_facts(f->payload, about, book, like, ret);
    if (f->type != &record_type_withdraw)
        return 0;
    const struct withdraw *w = f->payload;
    if (!author || !names(&w->of, about))
        return 0;
    like.act = ACT_WITHDRAW;
    ret[0] = like;
    return 1;
}
