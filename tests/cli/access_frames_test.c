#include "store/office_index.h"
#include "tests/cli/access_frames.h"

// -- the tables ----------------------------------------------------------------------------------
enum who_reads { SENDER = 1, ADDRESSEE = 2, OWN_DOOR = 4, OWN_CLERK = 8, NOBODY = 0 };
#define BOTH (SENDER | ADDRESSEE)
struct frame_try {
    const char *row, *questions;
    unsigned readers; // who must read by it; nobody else may
};
static const struct frame_try clerk_tries[] = {
    {"CLERK_STATUS", "", NOBODY},
    {"CLERK_FOUND", "fm", NOBODY},
    {"CLERK_COMMUNITY_GET", "", NOBODY},
    {"CLERK_COMMUNITY_APPLY", "fm", NOBODY},
    {"CLERK_CHAIN_GET", "o0 | o1 | xb", NOBODY},
    {"CLERK_PEERS", "", NOBODY},
    {"CLERK_PEER_SET", "o2 wexchange w | xb wexchange w", NOBODY},
    {"CLERK_EVIDENCES", "", NOBODY},
    {"CLERK_EVIDENCE_GET", "hb | ha | hn", NOBODY},
    {"CLERK_VERIFY", "o0 n8:0 | o0 n8:1 | xb n8:0", NOBODY},
    {"CLERK_REBUILD", "n1:1 | n1:0", NOBODY},
    {"CLERK_DOCTOR", "", NOBODY},
    {"CLERK_SIGN_INDEX", "fn | fb", NOBODY},
    {"CLERK_CHALLENGE", "", NOBODY},
    {"CLERK_ORDER", "fn", NOBODY},
    {"CLERK_TAKE_MANIFESTS", "o0 fm | o1 fb", NOBODY},
    {"CLERK_TAKE_ENTRIES", "o2 o0 n8:0 fn n4:1 xb", NOBODY},
    {"CLERK_WITNESS", "o2 o0 fn n8:0 n2:0", NOBODY},
    {"CLERK_TAKE_COSIGS", "o0 fn", NOBODY},
    {"CLERK_TAKE_EVIDENCE", "fn", NOBODY},
    {"CLERK_TAKE_WAITING", "o2 n2:1 o0 n8:1 hb sb n1:3 | o2 n2:1 o0 n8:1 ha sa n1:3", NOBODY},
    {"CLERK_TAKE_BLOB",
     "o2 hb sb n8:0 n4:1 z1 | o2 hb sb sb n4:0 | o2 ha sa n8:0 n4:1 z1 | wanna hb sb n8:0 n4:1 z1",
     NOBODY},
    {"CLERK_LEAVE_BLOB",
     "o2 o2 n8:1 n1:3 hb sb n8:0 n4:1 z1 | o0 o2 n8:1 n1:3 ha sa n8:0 n4:1 z1 | "
     "o2 o1 n8:1 n1:3 hb sb sb n4:0",
     NOBODY},
    {"CLERK_TAKE_BODIES", "o2 n2:1 hb fm | o2 n2:1 ha fm", NOBODY},
    {"CLERK_OFFERS_DONE", "o2 n2:1 hb", NOBODY},
    {"CLERK_TAKE_BOOKS", "o2 n8:0 n2:1 welchi n4:1 n8:1", NOBODY},
    {"CLERK_BLOB_HAVE", "hb | ha", NOBODY},
    {"CLERK_PEER_CALLED", "o2 n1:1 n8:0", NOBODY},
    {"CLERK_PEER_HEAD", "o2 o0 n8:0 w n8:0", NOBODY},
    {"CLERK_TAKE_OWN_HEAD", "o2 fn", NOBODY},
    {"CLERK_DRAFT_NEW", "fg", NOBODY},
    {"CLERK_DRAFTS", "n1:0 | n1:1", NOBODY},
    {"CLERK_DRAFT_SHOW", "d | D", SENDER},
    {"CLERK_APPROVE", "fn", NOBODY},
    {"CLERK_RELEASE", "d | D", NOBODY},
    {"CLERK_DRAFT_DROP", "D", NOBODY},
    {"CLERK_INBOX", "n8:0 n4:200 | n8:18446744073709551615 n4:4294967295", NOBODY},
    {"CLERK_SENT", "n8:0 n4:200 | n8:18446744073709551615 n4:4294967295", NOBODY},
    {"CLERK_SHOW", "r | xn | xb | xa", BOTH},
    {"CLERK_ATTACHMENT_KEY", "hb | ha | hn", BOTH},
    {"CLERK_BLOB_READ", "hb n8:0 n4:65536 | ha n8:0 n4:65536 | hb n8:600 n4:64", BOTH},
    {"CLERK_PROOF", "r n2:0 | xn n2:0 | r a", BOTH},
    {"CLERK_REGISTER_GET", "", NOBODY},
    {"CLERK_REGISTER_CHANGE", "fn a", NOBODY},
    {"CLERK_AUDIT", "n8:0 n4:200 | n8:18446744073709551615 n4:200", NOBODY},
    {"CLERK_ERASE", "hb n2:0 | ha a", NOBODY},
    {"CLERK_ACCEPT_GAP", "wXB | wall", NOBODY},
    {"CLERK_VOUCHES", "", NOBODY},
    {"CLERK_BOOK_FOR", "wXA | wXB | wall", NOBODY},
    {"CLERK_CODEBOOK_FILES", "", NOBODY},
    {"CLERK_CODEBOOK_GET", "hb | ha | hn", NOBODY},
    {"CLERK_CODEBOOK_ADD", "fn | fb", NOBODY},
    {"CLERK_CODEBOOK_REMOVE", "hb | ha", NOBODY},
    {"CLERK_HEAR", "fn | fb", NOBODY},
    {"CLERK_HEARDS", "", NOBODY},
    {"CLERK_HEARD_SHOW", "r | xn | w0123456789abcdef0123456789abcdef", NOBODY},
    {"CLERK_HEARD_DROP", "w0123456789abcdef0123456789abcdef | r", NOBODY},
    {"CLERK_BACKUP", "", NOBODY}, // tried below, with a folder of its own
    {"CLERK_HELLO", "wanna | wdora", NOBODY},
    {"CLERK_PROVE", "z64", NOBODY}, // tried below, after a greeting
};
static const struct frame_try keeper_tries[] = {
    {"KEEPER_STATUS", "", NOBODY},
    {"KEEPER_SIGN_RECORDS", "n2:1 d fn n2:0", NOBODY},
    {"KEEPER_SIGN_NODE", "n2:1 fn", NOBODY},
    {"KEEPER_SIGN_INDEX", "fb", NOBODY},
    {"KEEPER_EXTEND", "n8:0 n4:1 hb", NOBODY},
    {"KEEPER_COSIGN", "n2:1 n1:0 o0 wXA hb fm fn n1:0", NOBODY},
    {"KEEPER_COSIGNED", "n1:0 o0 | n1:1 o0", NOBODY},
    {"KEEPER_OPEN_STANZAS", "", OWN_CLERK}, // with the stanzas of body and attachment, below
    {"KEEPER_DESK_KEY", "n1:1 | n1:2 | n1:3 | n1:4 | n1:0", OWN_CLERK | OWN_DOOR},
    {"KEEPER_TLS_KEY", "", NOBODY},
    {"KEEPER_CHANGE_REGISTER", "fn n2:0", NOBODY},
    {"KEEPER_CHALLENGE", "", NOBODY},
    {"KEEPER_ORDER", "fn fb", NOBODY},
    {"KEEPER_RESUME", "n8:1 fb fn n2:0", NOBODY},
    {"KEEPER_COMMUNITY", "fm n2:0", NOBODY},
    {"KEEPER_SHOWN_CHECKPOINT", "fn", NOBODY},
    {"KEEPER_FOUND", "fm", NOBODY},
};
enum {
    CLERK_TRIES = sizeof clerk_tries / sizeof clerk_tries[0],
    KEEPER_TRIES = sizeof keeper_tries / sizeof keeper_tries[0],
};

static const struct frame_try *try_of(const struct frame_try *tries, size_t count, const char *row)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(tries[i].row, row) == 0)
            return &tries[i];
    fail_msg("nobody tries to read a sealed body by %s", row);
    return NULL;
}

static void check_row(const char *const *names, size_t count, const struct frame_try *t)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], t->row) == 0)
            return;
    fail_msg("%s is tried and stands in no table", t->row);
}

TEST(every_frame_of_clerk_and_keeper_is_tried)
{
    const char *names[128];
    size_t clerk = 0;
    size_t keeper = 0;
    const struct clerk_row *c = clerk_rows(&clerk);
    const struct keeper_row *k = keeper_rows(&keeper);
    EXPECT(clerk <= 128 && keeper <= 128);
    for (size_t i = 0; i < clerk; i++)
        (void)try_of(clerk_tries, CLERK_TRIES, names[i] = c[i].name);
    for (size_t i = 0; i < CLERK_TRIES; i++)
        check_row(names, clerk, &clerk_tries[i]);
    for (size_t i = 0; i < keeper; i++)
        (void)try_of(keeper_tries, KEEPER_TRIES, names[i] = k[i].name);
    for (size_t i = 0; i < KEEPER_TRIES; i++)
        check_row(names, keeper, &keeper_tries[i]);
}

// -- judging -------------------------------------------------------------------------------------
static void judge_seat(struct seat *s, const struct frame_try *t, const char *as, bool reads)
{
    struct judged j = judge(&s->w->pieces, buffer_bytes(&s->heard));
    EXPECT(!s->heard.full);
    if (reads && (j.kinds & PIECE_READ) == 0)
        fail_msg("%s gives %s at %s nothing: %.*s", t->row, as, node_codes[s->node],
                 (int)s->heard.len, (const char *)s->heard.ptr);
    if (!reads && (j.kinds & PIECE_READ) != 0)
        fail_msg("%s gives %s at %s %s", t->row, as, node_codes[s->node], j.what);
}

// -- the clerk -----------------------------------------------------------------------------------
enum place { AT_LOCAL, AT_COURIER, AT_DOOR };
static const struct {
    const char *as;
    enum place place;
    int who;
} seats[] = {
    {"an officer of the desk", AT_LOCAL, ANNA},
    {"an officer of another desk", AT_LOCAL, DORA},
    {"a user without a key", AT_LOCAL, -1},
    {"an owned courier", AT_COURIER, -1},
    {"an owned door", AT_DOOR, -1},
};

static struct clerk_link *asking; // whom the seat asks
static void ask_clerk(struct seat *s, unsigned kind, const struct buffer *columns)
{
    struct err err = {0};
    struct bytes answer = {0};
    bool done = clerk_ask(asking, (enum clerk_frame)kind, buffer_bytes(columns), &s->w->arena,
                          &answer, &err);
    seat_hears(s, done, done ? answer : (struct bytes){0}, &err);
}

// What a backup leaves on the node's own disk are its stores: sealed bodies as age files, opened
// texts under the desks' keys. Neither words nor keys stand in it.
static void try_backup(struct seat *s, unsigned kind, const char *as)
{
    struct err err = {0};
    struct buffer b;
    const char *folder = fresh_path(s->w);
    EXPECT_OK(world_make_folder(world_real(), folder, 0700, &err));
    buffer_init(&b, &s->w->arena, 1024);
    buffer_block16(&b, str_bytes(str_of(folder)));
    ask_clerk(s, kind, &b);
    EXPECT(s->done == (s->who == -1 && strcmp(as, "a user without a key") == 0) || s->who >= 0);
    for (int i = 0; s->done && i < 2; i++) {
        const char *path = in_folder(s->w, str_of(folder), i == 0 ? "exchange.db" : "office.db");
        struct judged j = judge(&s->w->pieces, test_file(&s->w->arena, path));
        if ((j.kinds & PIECE_OPENED) != 0)
            fail_msg("CLERK_BACKUP writes %s into %s", j.what, path);
    }
}

// A name of the desk's officer, and a key that is not.
static void try_prove(struct seat *s, unsigned kind)
{
    struct buffer b;
    struct signature made;
    struct err err = {0};
    struct str text;
    static const uint8_t no_challenge[32];
    buffer_init(&b, &s->w->arena, 1024);
    buffer_block16(&b, str_bytes(STR("anna")));
    ask_clerk(s, CLERK_HELLO, &b);
    EXPECT_OK(clerk_hello_write(origin_at(s->node), STR("anna"),
                                s->answer.len == 32 ? s->answer.ptr : no_challenge, &s->w->arena,
                                &text, &err));
    sign_message(&s->w->at[XD].people[ANNA].seed, str_bytes(text), &made);
    if (s->node == XD) // where it is the very key
        sign_message(&s->w->at[XA].people[ANNA].seed, str_bytes(text), &made);
    buffer_init(&b, &s->w->arena, 1024);
    buffer_put(&b, bytes_of(made.octets, sizeof made.octets));
    ask_clerk(s, kind, &b);
    EXPECT(!s->done);
    buffer_init(&b, &s->w->arena, 1024);
    buffer_block16(&b, str_bytes(str_of(s->w->ref)));
    ask_clerk(s, CLERK_SHOW, &b);
}

static void try_clerk_row(struct seat *s, const struct clerk_row *row, const char *as)
{
    const struct frame_try *t = try_of(clerk_tries, CLERK_TRIES, row->name);
    bool officer = s->who == ANNA;
    unsigned is = !officer ? NOBODY : s->node == XA ? SENDER : s->node == XB ? ADDRESSEE : NOBODY;
    buffer_init(&s->heard, &s->w->arena, (size_t)32 << 20);
    if (row->number == CLERK_BACKUP)
        try_backup(s, row->number, as);
    else if (row->number == CLERK_PROVE)
        try_prove(s, row->number);
    else
        ask_all(s, row->number, t->questions, ask_clerk);
    judge_seat(s, t, as, (t->readers & is) != 0);
}

static void sit(struct access_world *w, int node, const struct started *p, size_t which)
{
    size_t count = 0;
    const struct clerk_row *rows = clerk_rows(&count);
    for (size_t i = 0; i < count; i++) {
        struct seat s = {.w = w, .node = node, .who = seats[which].who};
        struct clerk_link link = {.socket = seats[which].place == AT_COURIER ? p->as_courier
                                                                             : p->as_door};
        bool local = seats[which].place == AT_LOCAL;
        if (local)
            link = s.who < 0 ? node_link(w, node) : officer_link(w, node, s.who);
        asking = &link;
        try_clerk_row(&s, &rows[i], seats[which].as);
        if (local)
            clerk_hang_up(&link);
    }
}

// -- one desk and another ------------------------------------------------------------------------
// A record of XC to the other desk of XB; returns its note once that desk has it.
static struct digest say_to_dora(struct access_world *w)
{
    char draft[2 * DRAFT_ID_BYTES + 1];
    char note[DIGEST_TEXT_CHARS + 1];
    struct digest hash;
    struct ran r =
        must_run(RUN(w, "draft", "--from", "technical", "--to", "XB/diplomatic", "--precedence",
                     "ROUTINE", "--tlp", "GREEN", "--json", AS(w, XC, ANNA), NOTICE_LINE));
    copy_field(&r, "draft", draft, sizeof draft);
    const char *request = fresh_path(w);
    must_run(RUN(w, "draft", "show", draft, "--out", request, AS(w, XC, ANNA)));
    r = must_run(RUN(w, "release", draft, "--json", "--approval", approval_of(w, XC, ANNA, request),
                     "--approval", approval_of(w, XC, BERT, request), AS(w, XC, ANNA)));
    copy_field(&r, "note", note, sizeof note);
    EXPECT(digest_read(str_of(note), &hash));
    must_run(RUN(w, "bundle", "read", "--node", w->at[XB].folder.ptr, written_for(w, XC, XB)));
    must_run(RUN(w, "show", note, AS(w, XB, DORA)));
    return hash;
}

// As if that record named the body, whose hash anyone reads in XA's log, as its attachment.
static void name_as_attachment(struct access_world *w, const struct digest *note)
{
    struct err err = {0};
    const struct db_driver *driver;
    struct db *db = NULL;
    struct txn txn = {0};
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    EXPECT_OK(office_open_write(driver, world_real(), in_folder(w, w->at[XB].folder, "office.db"),
                                &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(office_attached_put(&txn, &w->body.hash, note, &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
    db_close(db);
}

TEST(a_body_named_as_an_attachment_by_another_desks_record_stays_closed_to_that_desk)
{
    static const struct frame_try again[] = {
        {"CLERK_BLOB_READ", "hb n8:0 n4:65536", NOBODY},
        {"CLERK_ATTACHMENT_KEY", "hb", NOBODY},
        {"CLERK_DRAFT_NEW", "fg", NOBODY},
    };
    static const unsigned kinds[] = {CLERK_BLOB_READ, CLERK_ATTACHMENT_KEY, CLERK_DRAFT_NEW};
    struct access_world *w = the_world();
    struct digest note = say_to_dora(w);
    struct started p;
    all_stop();
    name_as_attachment(w, &note);
    keeper_starts(w, XB, &p);
    clerk_starts(w, XB, &p);
    for (size_t i = 0; i < sizeof again / sizeof again[0]; i++) {
        struct seat s = {.w = w, .node = XB, .who = DORA};
        struct clerk_link link = officer_link(w, XB, DORA);
        asking = &link;
        buffer_init(&s.heard, &w->arena, 1 << 20);
        ask_all(&s, kinds[i], again[i].questions, ask_clerk);
        judge_seat(&s, &again[i], "an officer of another desk", false);
        EXPECT(!s.done);
        clerk_hang_up(&link);
    }
    both_end(&p);
}

TEST(only_officers_of_the_two_desks_read_by_a_clerks_frames)
{
    struct access_world *w = the_world();
    all_stop();
    for (int node = XA; node <= XD; node++) {
        struct started p;
        keeper_starts(w, node, &p);
        clerk_starts(w, node, &p);
        for (size_t i = 0; i < sizeof seats / sizeof seats[0]; i++)
            sit(w, node, &p, i);
        both_end(&p);
    }
}

// -- the keeper ----------------------------------------------------------------------------------
static int keeper_socket;
static void ask_keeper(struct seat *s, unsigned kind, const struct buffer *columns)
{
    struct err err = {0};
    struct frame answer = {.fd = -1};
    struct frame question = {(uint16_t)kind, buffer_bytes(columns), -1};
    uint8_t octets[256];
    bool done = frame_call(keeper_socket, question, &s->w->arena, WAIT_MS, &answer, &err);
    seat_hears(s, done, done ? answer.payload : (struct bytes){0}, &err);
    ssize_t count = answer.fd < 0 ? 0 : pread(answer.fd, octets, sizeof octets, 0);
    if (count > 0)
        buffer_put(&s->heard, bytes_of(octets, (size_t)count));
    if (answer.fd >= 0)
        (void)close(answer.fd);
}

static void try_stanzas(struct seat *s, unsigned kind)
{
    const struct bytes files[2] = {s->w->body.file, s->w->attachment.file};
    for (size_t f = 0; f < 2; f++) {
        struct buffer b;
        struct err err = {0};
        struct age_header h;
        EXPECT_OK(age_header_parse(files[f], &s->w->arena, &h, &err));
        buffer_init(&b, &s->w->arena, FRAME_BYTES_MAX);
        buffer_number(&b, h.wrapped_count, 2);
        for (size_t i = 0; i < h.wrapped_count; i++) {
            buffer_put(&b, bytes_of(h.wrapped[i].share, sizeof h.wrapped[i].share));
            buffer_put(&b, bytes_of(h.wrapped[i].body, sizeof h.wrapped[i].body));
        }
        ask_keeper(s, kind, &b);
    }
}

static void try_keeper(struct access_world *w, int node, const char *as, unsigned is)
{
    size_t count = 0;
    const struct keeper_row *rows = keeper_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const struct frame_try *t = try_of(keeper_tries, KEEPER_TRIES, rows[i].name);
        struct seat s = {.w = w, .node = node, .who = -1};
        buffer_init(&s.heard, &w->arena, (size_t)4 << 20);
        if (rows[i].number == KEEPER_OPEN_STANZAS)
            try_stanzas(&s, rows[i].number);
        else
            ask_all(&s, rows[i].number, t->questions, ask_keeper);
        judge_seat(&s, t, as, (t->readers & is) != 0);
    }
}

// A door is the officers' own; it holds its desks' keys, and nothing that opens an age file.
TEST(only_the_two_keepers_open_a_body_and_only_for_their_own_clerks)
{
    struct access_world *w = the_world();
    all_stop();
    for (int node = XA; node <= XD; node++) {
        struct started p;
        bool ours = node <= XB;
        keeper_starts(w, node, &p);
        keeper_socket = p.to_keeper[1];
        try_keeper(w, node, "an owned courier", NOBODY);
        keeper_socket = p.to_keeper[2];
        try_keeper(w, node, "an owned door", ours ? OWN_DOOR : NOBODY);
        keeper_socket = p.to_keeper[0];
        try_keeper(w, node, "an owned clerk", ours ? OWN_CLERK : NOBODY);
        both_end(&p);
    }
}
