// What was heard by voice is heard, not proven, until its record comes and is the same: over the
// record's arrival, a rebuild, a restore; and only the desk's own officers see it.
#include "clerk/heard.h"
#include "record/type/message.h"
#include "record/voice.h"
#include "tests/clerk/carry.h"

#define ALL_ON "exchange witness mirror receipts"
#define TWO_LINES "01 R01 by=2026-07-14T12:00:00Z\n02 C03\n"

// -- speaking ------------------------------------------------------------------------------------
// How the words change on the telephone.
enum slip { SAID_WELL, OTHER_NOTE, OTHER_LINE, OTHER_HEADING, OTHER_BOOK };

static struct message *own_message(struct three *t, struct record *r)
{
    struct message *m = arena_new(&t->arena, struct message, 1);
    *m = *(const struct message *)r->payload;
    r->payload = m;
    return m;
}

static void slip_into(struct record *r, struct message *m, struct digest *note, enum slip slip)
{
    if (slip == OTHER_NOTE)
        note->octets[31] ^= 1;
    if (slip == OTHER_LINE)
        m->lines_count = 1;
    if (slip == OTHER_HEADING)
        r->exercise = true;
}

// The blocks of a record that is held at `who`, each on a line.
static struct bytes spoken_at(struct three *t, int who, const struct digest *note, enum slip slip)
{
    struct err err = {0};
    struct clerk *c = &t->at[who].clerk;
    struct clerk_held_record o;
    struct spoken spoken;
    struct buffer b;
    struct digest said = *note;
    EXPECT_OK(clerk_open_row(c, &t->arena, note, &o, &err));
    EXPECT(o.read);
    struct message *m = own_message(t, &o.record);
    slip_into(&o.record, m, &said, slip);
    struct book book = *c->codebook.current;
    if (slip == OTHER_BOOK) {
        book.version = 77;
        book.hash.octets[0] ^= 1;
        m->codebook = book.hash;
        m->codebook_version = book.version;
    }
    EXPECT_OK(record_speak(&o.record, &said, &book, &t->arena, &spoken, &err));
    buffer_init(&b, &t->arena, 1 << 17);
    for (size_t i = 0; i < spoken.count; i++)
        buffer_fmt(&b, "%s\n", spoken.blocks[i].text);
    return buffer_bytes(&b);
}

// -- asking --------------------------------------------------------------------------------------
static struct act_result hear_as(struct three *t, int who, struct bytes text, const char *officer)
{
    struct buffer b = columns(t);
    buffer_block32(&b, text);
    return act_as(t, who, clerk_act_hear, buffer_bytes(&b), officer);
}

static struct act_result ask_name(struct three *t, int who, clerk_act *what, const char *name,
                                  const char *officer)
{
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(str_of(name)));
    return act_as(t, who, what, buffer_bytes(&b), officer);
}

static json_t *json_of(struct act_result r)
{
    struct err err = {0};
    json_t *shown = NULL;
    EXPECT_OK(json_read(must(r).answer, &shown, &err));
    return shown;
}

static const char *field(struct three *t, const json_t *o, const char *key)
{
    struct err err = {0};
    struct str kept;
    const char *text = json_string_value(json_object_get(o, key));
    EXPECT_OK(arena_str(&t->arena, str_of(text == NULL ? "" : text), &kept, &err));
    return kept.ptr;
}

// Keeps it as anna; returns its name.
static const char *heard_at(struct three *t, int who, struct bytes text, const char *state)
{
    json_t *shown = json_of(hear_as(t, who, text, "anna"));
    const char *id = field(t, shown, "id");
    EXPECT(strlen(id) == HEARD_ID_CHARS);
    if (strcmp(field(t, shown, "state"), state) != 0)
        fail_msg("%s: %s", field(t, shown, "state"), field(t, shown, "sentence"));
    EXPECT(json_is_true(json_object_get(shown, "new")));
    json_decref(shown);
    return id;
}

static void expect_state(struct three *t, int who, const char *id, const char *state,
                         const char *sentence)
{
    json_t *shown = json_of(ask_name(t, who, clerk_act_heard_show, id, "anna"));
    const json_t *row = json_array_get(json_object_get(shown, "rows"), 0);
    const char *says = field(t, row, "sentence");
    if (strcmp(field(t, row, "state"), state) != 0 || strstr(says, sentence) == NULL)
        fail_msg("%s: %s", field(t, row, "state"), says);
    json_decref(shown);
}

static size_t count_in(struct three *t, int who, clerk_act *what, struct bytes columns_of,
                       const char *key, const char *officer)
{
    json_t *shown = json_of(act_as(t, who, what, columns_of, officer));
    size_t count = json_array_size(json_object_get(shown, key));
    json_decref(shown);
    return count;
}

static size_t listed(struct three *t, int who, const char *officer)
{
    return count_in(t, who, clerk_act_heards, (struct bytes){0}, "rows", officer);
}

static size_t in_inbox(struct three *t, int who, const char *key)
{
    struct buffer b = columns(t);
    buffer_number(&b, 0, 8);
    buffer_number(&b, 10, 4);
    return count_in(t, who, clerk_act_inbox, buffer_bytes(&b), key, "anna");
}

// What SHOW says of the only thing heard of this record.
static void expect_beside(struct three *t, int who, const struct release_done *said,
                          const char *state)
{
    char name[DIGEST_TEXT_CHARS + 1];
    digest_write(&said->note, name);
    json_t *shown = json_of(ask_name(t, who, clerk_act_show, name, "anna"));
    const json_t *heard = json_object_get(shown, "heard");
    EXPECT(json_array_size(heard) == 1);
    EXPECT(strcmp(field(t, json_array_get(heard, 0), "state"), state) == 0);
    EXPECT(strcmp(field(t, json_array_get(heard, 0), "by"), "anna") == 0);
    json_decref(shown);
}

static struct three *begin(struct release_done *ret_said)
{
    struct three *t = three_new(ALL_ON);
    for (int whose = 0; whose < STATES; whose++)
        for (int to = 0; to < STATES; to++)
            if (to != whose)
                carry_log(t, whose, whose, to);
    *ret_said = say_to(t, XA, XB, TWO_LINES);
    return t;
}

static void bring(struct three *t)
{
    carry_log(t, XA, XA, XB);
    EXPECT(carry_bodies(t, XA, XB) == 1);
}

static const char *cstr(struct three *t, struct str text)
{
    struct err err = {0};
    const char *made = NULL;
    EXPECT_OK(arena_cstr(&t->arena, text, &made, &err));
    return made;
}

// -- the join ------------------------------------------------------------------------------------
TEST(what_was_heard_is_proven_once_the_very_record_has_come)
{
    struct release_done said;
    struct three *t = begin(&said);
    const char *ref = cstr(t, said.ref);
    const char *id = heard_at(t, XB, spoken_at(t, XA, &said.note, SAID_WELL), "heard");
    expect_state(t, XB, id, "heard", "");
    expect_state(t, XB, ref, "heard", "");
    EXPECT(in_inbox(t, XB, "heard") == 1);
    EXPECT(in_inbox(t, XB, "rows") == 0);
    // It is no record: nothing can be shown of one, or answered.
    struct act_result r = ask_name(t, XB, clerk_act_show, ref, "anna");
    EXPECT(!r.done && r.err.kind == ERR_NOT_FOUND);
    EXPECT(strstr(r.err.text, "not proven") != NULL);
    EXPECT(strstr(r.err.text, "P18") != NULL);
    bring(t);
    expect_state(t, XB, id, "proven", "");
    expect_beside(t, XB, &said, "proven");
    EXPECT(in_inbox(t, XB, "heard") == 0);
    EXPECT(in_inbox(t, XB, "rows") == 1);
    EXPECT(listed(t, XB, "anna") == 1);
    three_end(t);
}

TEST(a_record_that_is_another_than_was_heard_is_said_to_differ_and_where)
{
    static const struct {
        enum slip slip;
        const char *where;
    } cases[] = {
        {OTHER_NOTE, "check group 8"},
        {OTHER_LINE, "heading"}, // which counts the lines
        {OTHER_HEADING, "heading"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct release_done said;
        struct three *t = begin(&said);
        const char *id = heard_at(t, XB, spoken_at(t, XA, &said.note, cases[i].slip), "heard");
        bring(t);
        expect_state(t, XB, id, "differs", cases[i].where);
        expect_beside(t, XB, &said, "differs");
        EXPECT(in_inbox(t, XB, "heard") == 1); // it is not passed over in silence
        three_end(t);
    }
}

TEST(a_line_that_differs_is_named)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct err err = {0};
    struct clerk_held_record o;
    struct spoken spoken;
    struct buffer b;
    EXPECT_OK(clerk_open_row(&t->at[XA].clerk, &t->arena, &said.note, &o, &err));
    struct message *m = own_message(t, &o.record);
    struct phrase_line *lines = arena_new(&t->arena, struct phrase_line, 2);
    lines[0] = m->lines[0];
    EXPECT_OK(phrase_line_read(STR("02 C01"), &lines[1], &err));
    m->lines = lines;
    EXPECT_OK(record_speak(&o.record, &said.note, t->at[XA].clerk.codebook.current, &t->arena,
                           &spoken, &err));
    buffer_init(&b, &t->arena, 1 << 17);
    for (size_t i = 0; i < spoken.count; i++)
        buffer_fmt(&b, "%s=", spoken.blocks[i].text);
    bring(t); // the record first
    const char *id = heard_at(t, XB, buffer_bytes(&b), "differs");
    expect_state(t, XB, id, "differs", "line 02");
    three_end(t);
}

TEST(the_same_is_kept_once_and_another_of_the_same_reference_stands_beside_it)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct bytes text = spoken_at(t, XA, &said.note, SAID_WELL);
    (void)heard_at(t, XB, text, "heard");
    json_t *again = json_of(hear_as(t, XB, text, "anna"));
    EXPECT(json_is_false(json_object_get(again, "new")));
    json_decref(again);
    EXPECT(listed(t, XB, "anna") == 1);
    const char *other = heard_at(t, XB, spoken_at(t, XA, &said.note, OTHER_NOTE), "heard");
    EXPECT(listed(t, XB, "anna") == 2);
    json_t *both = json_of(ask_name(t, XB, clerk_act_heard_show, cstr(t, said.ref), "anna"));
    EXPECT(json_array_size(json_object_get(both, "rows")) == 2);
    json_decref(both);
    bring(t);
    must(ask_name(t, XB, clerk_act_heard_drop, other, "anna"));
    EXPECT(ask_name(t, XB, clerk_act_heard_drop, other, "anna").err.kind == ERR_NOT_FOUND);
    EXPECT(listed(t, XB, "anna") == 1);
    expect_beside(t, XB, &said, "proven");
    three_end(t);
}

// An officer who reads out a message may check what was typed down; it waits for nothing.
TEST(a_message_of_our_own_is_checked_against_the_record_we_hold)
{
    struct release_done said;
    struct three *t = begin(&said);
    (void)heard_at(t, XA, spoken_at(t, XA, &said.note, SAID_WELL), "proven");
    (void)heard_at(t, XA, spoken_at(t, XA, &said.note, OTHER_NOTE), "differs");
    EXPECT(in_inbox(t, XA, "heard") == 0);
    three_end(t);
}

// -- over time -----------------------------------------------------------------------------------
TEST(a_rebuild_a_new_start_and_a_restore_lose_nothing_of_it)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct err err = {0};
    struct str backup, store;
    const char *well = heard_at(t, XB, spoken_at(t, XA, &said.note, SAID_WELL), "heard");
    const char *ill = heard_at(t, XB, spoken_at(t, XA, &said.note, OTHER_NOTE), "heard");
    EXPECT_OK(arena_fmt(&t->arena, &backup, &err, "%.*s/backup", STR_ARG(t->at[XB].folder)));
    EXPECT_OK(arena_fmt(&t->arena, &store, &err, "%.*s/office.db", STR_ARG(t->at[XB].folder)));
    EXPECT_OK(db_backup_to(t->at[XB].clerk.office, backup.ptr, &err));
    bring(t);
    for (int step = 0; step < 3; step++) {
        if (step == 1)
            must(act_as(t, XB, clerk_act_rebuild, bytes_of("\x01", 1), NULL));
        if (step == 2) {
            state_down(t, XB);
            EXPECT(rename(backup.ptr, store.ptr) == 0); // without the record that came since
            state_up(t, XB);
        }
        turn(t, XB);
        turn(t, XB);
        expect_state(t, XB, well, "proven", "");
        expect_state(t, XB, ill, "differs", "check group");
        EXPECT(listed(t, XB, "anna") == 2);
    }
    three_end(t);
}

// A row as the store would have it had its book been held then.
static const char *kept_under_another_book(struct three *t, const struct release_done *said)
{
    static struct office_heard row;
    struct err err = {0};
    struct txn txn = {0};
    struct clerk *c = &t->at[XB].clerk;
    bool is_new = false;
    row = (struct office_heard){.id = {"00112233445566778899aabbccddeeff"},
                                .ref = said->ref,
                                .desk = STR("technical"),
                                .officer = STR("anna"),
                                .at = clerk_now(c)};
    EXPECT_OK(clerk_text_seal(c, DESK_TECHNICAL, "heard", str_of(row.id.hex),
                              spoken_at(t, XA, &said->note, OTHER_BOOK), &t->arena, &row.sealed,
                              &err));
    EXPECT_OK(db_begin(c->office, &txn, &err));
    EXPECT_OK(office_heard_add(&txn, &row, &is_new, &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
    return row.id.hex;
}

TEST(without_the_codebook_it_is_unchecked_and_nothing_is_guessed)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct bytes text = spoken_at(t, XA, &said.note, OTHER_BOOK);
    EXPECT(hear_as(t, XB, text, "anna").err.kind == ERR_MALFORMED); // not held: not kept
    const char *id = kept_under_another_book(t, &said);
    expect_state(t, XB, id, "unchecked", "version 77");
    EXPECT(in_inbox(t, XB, "heard") == 1);
    bring(t);
    expect_state(t, XB, id, "unchecked", "version 77");
    expect_beside(t, XB, &said, "unchecked");
    EXPECT(in_inbox(t, XB, "heard") == 0);
    three_end(t);
}

TEST(a_row_that_was_changed_in_the_store_hides_no_other)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct err err = {0};
    struct txn txn = {0};
    struct office_heard row;
    struct office_heard_id id;
    bool is_new = false;
    const char *first = heard_at(t, XB, spoken_at(t, XA, &said.note, SAID_WELL), "heard");
    EXPECT_OK(office_heard_id_read(str_of(first), &id, &err));
    EXPECT_OK(db_begin(t->at[XB].clerk.office, &txn, &err));
    EXPECT_OK(office_heard_get(&txn, &id, &t->arena, &row, &err));
    row.id.hex[0] = row.id.hex[0] == '0' ? '1' : '0'; // sealed for another row
    EXPECT_OK(office_heard_add(&txn, &row, &is_new, &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
    EXPECT(listed(t, XB, "anna") == 2);
    expect_state(t, XB, row.id.hex, "unchecked", "");
    expect_state(t, XB, first, "heard", "");
    three_end(t);
}

// -- what is not kept, and who may see -----------------------------------------------------------
TEST(what_is_not_whole_or_not_ours_is_not_kept)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct bytes text = spoken_at(t, XA, &said.note, SAID_WELL);
    struct bytes cut = bytes_of(text.ptr, text.len / 2);
    EXPECT(hear_as(t, XB, cut, "anna").err.kind == ERR_MALFORMED);
    EXPECT(hear_as(t, XB, (struct bytes){0}, "anna").err.kind == ERR_MALFORMED);
    EXPECT(hear_as(t, XC, text, "anna").err.kind == ERR_DENIED); // from XA to XB
    EXPECT(hear_as(t, XB, text, NULL).err.kind == ERR_DENIED);   // nobody
    struct phrase_line line;
    struct err err = {0};
    struct spoken spoken;
    struct buffer b;
    EXPECT_OK(phrase_line_read(STR("01 C03"), &line, &err));
    struct spoken_message alone = {
        .book = t->at[XB].clerk.codebook.current, .lines = &line, .lines_count = 1};
    EXPECT_OK(spoken_write(&alone, &t->arena, &spoken, &err));
    buffer_init(&b, &t->arena, 1 << 12);
    for (size_t i = 0; i < spoken.count; i++)
        buffer_fmt(&b, "%s=", spoken.blocks[i].text);
    EXPECT(hear_as(t, XB, buffer_bytes(&b), "anna").err.kind == ERR_UNSUPPORTED);
    EXPECT(listed(t, XB, "anna") == 0);
    EXPECT(listed(t, XC, "anna") == 0);
    three_end(t);
}

TEST(an_officer_of_another_desk_neither_keeps_nor_sees_nor_drops_it)
{
    struct release_done said;
    struct three *t = begin(&said);
    struct bytes text = spoken_at(t, XA, &said.note, SAID_WELL);
    const char *ref = cstr(t, said.ref);
    EXPECT(hear_as(t, XB, text, "dora").err.kind == ERR_DENIED);
    const char *id = heard_at(t, XB, text, "heard");
    EXPECT(listed(t, XB, "dora") == 0);
    EXPECT(ask_name(t, XB, clerk_act_heard_show, id, "dora").err.kind == ERR_NOT_FOUND);
    EXPECT(ask_name(t, XB, clerk_act_heard_show, ref, "dora").err.kind == ERR_NOT_FOUND);
    EXPECT(ask_name(t, XB, clerk_act_heard_drop, id, "dora").err.kind == ERR_NOT_FOUND);
    struct act_result r = ask_name(t, XB, clerk_act_show, ref, "dora");
    EXPECT(!r.done && strstr(r.err.text, "heard") == NULL); // not even that it was
    EXPECT(listed(t, XB, "anna") == 1);
    three_end(t);
}
