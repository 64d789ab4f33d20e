#include "clerk/heard_shown.h"

#include "clerk/shown.h"

#include <stdio.h>

enum { ONE_ARENA_BYTES = 64 << 20 }; // of one heard message alone

// -- one -----------------------------------------------------------------------------------------
static bool is_ours(const struct clerk *c, const struct clerk_heard *h)
{
    struct ref ref;
    return ref_read(h->row.ref, &ref) && state_code_eq(&ref.from, &c->state);
}

static void put_heading(json_t *o, const struct spoken_heading *h)
{
    shown_str(o, "from", h->from);
    shown_str(o, "to", h->to);
    shown_time(o, "time", h->time);
    shown_word(o, "precedence", precedence_word(h->precedence));
    shown_str(o, "tlp", h->tlp);
    shown_bool(o, "exercise", h->exercise);
}

// Under a book that is not held nobody knows what the heading says.
static void put_no_heading(json_t *o)
{
    static const char *const keys[] = {"from", "to", "time", "precedence", "tlp", "exercise"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        shown_null(o, keys[i]);
}

static void put_joined(json_t *o, enum joined joined, struct str sentence)
{
    shown_word(o, "state", joined_word(joined));
    if (sentence.len > 0)
        shown_str(o, "sentence", sentence);
    else
        shown_null(o, "sentence");
}

json_t *clerk_heard_row(const struct clerk *c, const struct clerk_heard *h)
{
    json_t *o = shown_object();
    shown_word(o, "id", h->row.id.hex);
    shown_str(o, "ref", h->row.ref);
    shown_word(o, "direction", is_ours(c, h) ? "out" : "in");
    shown_str(o, "desk", h->row.desk);
    shown_time(o, "heard", h->row.at);
    shown_str(o, "by", h->row.officer);
    if (h->heard.whole)
        put_heading(o, &h->heard.heading);
    else
        put_no_heading(o);
    put_joined(o, h->joined, h->sentence);
    shown_digest(o, "record", &h->record); // zeros: none
    return o;
}

static bool put_lines(json_t *o, const struct heard *h, struct arena *a, struct err *err)
{
    struct str text;
    json_t *lines = shown_array();
    shown_put(o, "lines", lines);
    for (size_t i = 0; i < h->lines_count; i++) {
        struct buffer to;
        buffer_init(&to, a, (size_t)2 * PHRASE_LINE_BYTES_MAX);
        if (!phrase_line_write(&h->lines[i], &to, err) || !buffer_take_str(&to, &text, err))
            return false;
        shown_add(lines, json_str(text));
    }
    return true;
}

static void put_groups(json_t *o, const struct heard *h)
{
    char digits[16];
    json_t *groups = shown_array();
    shown_put(o, "groups", groups);
    for (size_t i = 0; h->has_groups && i < SPOKEN_GROUPS; i++) {
        (void)snprintf(digits, sizeof digits, "%05u", (unsigned)h->groups[i]);
        shown_add(groups, json_str(str_of(digits)));
    }
}

bool clerk_heard_whole(const struct clerk *c, const struct clerk_heard *h, struct arena *a,
                       json_t **ret_owned, struct err *err)
{
    json_t *o = clerk_heard_row(c, h);
    put_groups(o, &h->heard);
    shown_bool(o, "left_out", h->heard.heading.more);
    shown_str(o, "text", h->text);
    if (!put_lines(o, &h->heard, a, err)) {
        json_decref(o);
        return false;
    }
    *ret_owned = o;
    return true;
}

// -- beside records ------------------------------------------------------------------------------
static bool put_waiting(struct clerk *c, const struct caller *who, const struct office_heard_id *id,
                        json_t *rows, struct err *err)
{
    struct arena a;
    struct clerk_heard h;
    arena_init(&a, ONE_ARENA_BYTES);
    bool done = clerk_heard_open(c, &a, who, id, &h, err);
    bool waits = done && !is_ours(c, &h) && h.joined != JOINED_PROVEN &&
                 !(h.joined == JOINED_UNCHECKED && h.has_record);
    if (waits)
        shown_add(rows, clerk_heard_row(c, &h));
    arena_release(&a);
    return done;
}

bool clerk_heard_put_inbox(struct clerk *c, const struct caller *who, json_t *shown,
                           struct err *err)
{
    json_t *rows = shown_array();
    struct heard_ids *ids = memory_new(1, sizeof *ids);
    shown_put(shown, "heard", rows);
    bool done = clerk_heard_ids(c, who, STR(""), ids, err);
    for (size_t i = 0; done && i < ids->count; i++)
        done = put_waiting(c, who, &ids->all[i], rows, err);
    memory_release(ids);
    return done;
}

static bool put_against(struct clerk *c, const struct caller *who, const struct office_heard_id *id,
                        const struct clerk_held_record *o, json_t *rows, struct err *err)
{
    struct arena a;
    struct clerk_heard h;
    enum joined joined = JOINED_UNCHECKED;
    struct str sentence = {0};
    arena_init(&a, ONE_ARENA_BYTES);
    bool done = clerk_heard_open(c, &a, who, id, &h, err) &&
                clerk_heard_against(&h, o, &a, &joined, &sentence, err);
    if (done) {
        json_t *one = shown_object();
        shown_word(one, "id", h.row.id.hex);
        shown_time(one, "heard", h.row.at);
        shown_str(one, "by", h.row.officer);
        put_joined(one, joined, sentence);
        shown_add(rows, one);
    }
    arena_release(&a);
    return done;
}

bool clerk_heard_put_show(struct clerk *c, const struct caller *who,
                          const struct clerk_held_record *o, json_t *shown, struct err *err)
{
    json_t *rows = shown_array();
    struct heard_ids *ids = memory_new(1, sizeof *ids);
    shown_put(shown, "heard", rows);
    bool done = clerk_heard_ids(c, who, o->row.ref, ids, err);
    for (size_t i = 0; done && i < ids->count; i++)
        done = put_against(c, who, &ids->all[i], o, rows, err);
    memory_release(ids);
    return done;
}

void clerk_heard_instead(struct clerk *c, const struct caller *who, struct str ref, struct err *err)
{
    struct err why = {0};
    struct heard_ids *ids = memory_new(1, sizeof *ids);
    if (err->kind == ERR_NOT_FOUND && clerk_heard_ids(c, who, ref, ids, &why) && ids->count > 0)
        (void)err_set(err, ERR_NOT_FOUND, "docs/spoken.md",
                      "%.*s was heard and is not proven: no record of it is here to show or to "
                      "answer. Wait for the record, or ask for it with P18; see `elchi heard`",
                      STR_ARG(ref));
    memory_release(ids);
}
