#include "record/voice.h"

#include "base/encode.h"
#include "record/type/message.h"

#define CLAUSE "docs/spoken.md, heading"

static bool address_text(const struct address *address, struct arena *a, struct str *ret,
                         struct err *err)
{
    char text[ADDRESS_CHARS_MAX + 1];
    address_write(address, text);
    return arena_str(a, str_of(text), ret, err);
}

static bool ref_text(const struct ref *ref, struct arena *a, struct str *ret, struct err *err)
{
    char text[REF_CHARS_MAX + 1];
    ref_write(ref, text);
    return arena_str(a, str_of(text), ret, err);
}

static bool named(bool given, const struct named_record *from, struct arena *a,
                  struct spoken_named *to, struct err *err)
{
    if (!given)
        return true;
    hex_write(bytes_of(from->note.octets, sizeof to->start / 2), to->start);
    return ref_text(&from->ref, a, &to->ref, err);
}

static bool marking_text(const struct record *r, struct arena *a, struct str *ret, struct err *err)
{
    char text[MARKING_CHARS_MAX + 1];
    if (!marking_is_set(&r->marking))
        return true;
    marking_write(&r->marking, text);
    return arena_str(a, str_of(text), ret, err);
}

static bool heading_of(const struct record *r, struct arena *a, struct spoken_heading *to,
                       struct err *err)
{
    const struct message *m = r->payload;
    to->exercise = r->exercise;
    to->more = m->texts_count > 0 || r->attachments_count > 0;
    to->time = r->time;
    to->precedence = r->precedence;
    to->tlp = str_of(tlp_word(r->tlp));
    to->to = STR("all");
    return ref_text(&r->ref, a, &to->ref, err) && address_text(&r->from, a, &to->from, err) &&
           (r->open || address_text(&r->to, a, &to->to, err)) &&
           marking_text(r, a, &to->marking, err) &&
           named(m->has_answers, &m->answers, a, &to->answers, err) &&
           named(m->has_replaces, &m->replaces, a, &to->replaces, err);
}

bool record_speak(const struct record *record, const struct digest *note, const struct book *book,
                  struct arena *a, struct spoken *ret, struct err *err)
{
    struct spoken_message spoken = {.book = book, .note = note};
    if (record->type != &record_type_message || !record->filled)
        return err_set(err, ERR_UNSUPPORTED, CLAUSE,
                       "only a released message is spoken; a %s comes as a record",
                       record->type->name);
    const struct message *m = record->payload;
    if (!digest_eq(&book->hash, &m->codebook))
        return err_set(err, ERR_CONFLICT, CLAUSE, "the message names another codebook");
    spoken.lines = m->lines;
    spoken.lines_count = m->lines_count;
    return heading_of(record, a, &spoken.heading, err) && spoken_write(&spoken, a, ret, err);
}

bool record_is_heard(const struct record *record, const struct digest *note,
                     const struct book *book, const struct heard *heard, struct arena *a,
                     struct err *err)
{
    struct spoken own;
    if (!record_speak(record, note, book, a, &own, err))
        return false;
    const struct message *m = record->payload;
    return heard_is(heard, &own.heading, m->lines, m->lines_count, note, err);
}
