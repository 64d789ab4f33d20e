// A real clerk and a real keeper, asked through the client as commands, courier and door ask.
#include "base/encode.h"
#include "base/json.h"
#include "tests/clerk/asked.h"
#include "tests/clerk/doubles.h"
#include "tests/clerk/node.h"

// -- founding ----------------------------------------------------------------------------------
TEST(a_fresh_node_says_that_it_is_not_founded)
{
    struct node n;
    begin(&n);
    struct buffer none = node_columns(&n);
    json_t *s = node_show(&n.local, CLERK_STATUS, &none);
    EXPECT(strcmp(text_of(s, "state"), "XA") == 0);
    EXPECT(strcmp(text_of(s, "origin"), XA_ORIGIN) == 0);
    EXPECT(number_of(s, "size") == 0);
    EXPECT(strcmp(text_of(json_object_get(s, "lock"), "word"), "unfounded") == 0);
    EXPECT(json_is_null(json_object_get(s, "community")));
    EXPECT(strcmp(text_of(s, "checkpoint"), "") == 0);
    json_decref(s);
    end(&n);
}

TEST(founding_signs_size_one_and_the_community_is_applied_once)
{
    struct node n;
    begin_ready(&n);
    struct buffer none = node_columns(&n);
    json_t *s = node_show(&n.local, CLERK_STATUS, &none);
    EXPECT(number_of(s, "size") == 1);
    EXPECT(strcmp(text_of(json_object_get(s, "lock"), "word"), "signs") == 0);
    EXPECT(json_array_size(json_object_get(json_object_get(s, "community"), "states")) == 2);
    EXPECT(strstr(text_of(s, "checkpoint"), XA_ORIGIN "\n1\n") != NULL);
    EXPECT(json_is_true(json_object_get(s, "demo")));
    json_decref(s);
    struct asked c = node_ask(&n, &n.courier, CLERK_COMMUNITY_GET, &none);
    EXPECT(c.done);
    struct reader r = reader_of(c.columns);
    EXPECT(bytes_eq(reader_block32(&r), n.community));
    struct buffer again = node_columns(&n);
    buffer_block32(&again, n.community);
    struct asked second = node_ask(&n, &n.local, CLERK_COMMUNITY_APPLY, &again);
    EXPECT(second.done); // the one in force changes nothing
    uint8_t *copy = arena_new(&n.arena, uint8_t, n.community.len + 1);
    memcpy(copy, n.community.ptr, n.community.len);
    char *title = strstr((char *)copy, "A community of tests");
    EXPECT(title != NULL);
    title[0] = 'B';
    struct buffer other = node_columns(&n);
    buffer_block32(&other, bytes_of(copy, n.community.len));
    struct asked third = node_ask(&n, &n.local, CLERK_COMMUNITY_APPLY, &other);
    EXPECT(!third.done && third.err.kind == ERR_DENIED); // another: by an officer only
    struct buffer origin = node_columns(&n);
    buffer_block16(&origin, str_bytes(STR(XA_ORIGIN)));
    EXPECT(node_ask(&n, &n.local, CLERK_CHAIN_GET, &origin).columns.len > 100);
    end(&n);
}

TEST(a_community_that_names_another_genesis_is_refused)
{
    struct node n;
    struct err err = {0};
    begin(&n);
    struct buffer ask = node_columns(&n);
    buffer_block32(&ask, str_bytes(n.xa_manifest));
    EXPECT(node_ask(&n, &n.local, CLERK_FOUND, &ask).done);
    struct bytes file;
    EXPECT_OK(arena_copy(&n.arena, n.community, &file, &err));
    struct str text = {(const char *)file.ptr, file.len};
    struct buffer other = node_columns(&n);
    struct buffer changed = node_columns(&n);
    bool first = true;
    struct str line;
    while (text.len > 0 && str_split(&text, '\n', &line)) {
        bool genesis = first && str_starts(line, STR("genesis "));
        first = first && !genesis;
        buffer_fmt(&changed, "%.*s\n", genesis ? 15 : (int)line.len, line.ptr);
        if (genesis)
            changed.len--;
        for (int i = 0; genesis && i < 64; i++)
            buffer_str(&changed, STR("a"));
        if (genesis)
            buffer_str(&changed, STR("\n"));
    }
    buffer_block32(&other, buffer_bytes(&changed));
    struct asked a = node_ask(&n, &n.local, CLERK_COMMUNITY_APPLY, &other);
    EXPECT(!a.done && a.err.kind == ERR_CONFLICT);
    end(&n);
}

// -- officers ----------------------------------------------------------------------------------
TEST(an_officer_is_whoever_holds_the_key)
{
    struct node n;
    begin_ready(&n);
    struct asked wrong = node_prove(&n, &n.local, "anna", &n.officers[BORIS]);
    EXPECT(!wrong.done && wrong.err.kind == ERR_DENIED);
    struct asked nobody = node_prove(&n, &n.local, "zoe", &n.officers[BORIS]);
    EXPECT(!nobody.done && strcmp(nobody.err.text, wrong.err.text) == 0);
    struct buffer ask = node_columns(&n);
    buffer_number(&ask, 0, 1);
    struct asked drafts = node_ask(&n, &n.local, CLERK_DRAFTS, &ask);
    EXPECT(!drafts.done && drafts.err.kind == ERR_DENIED);
    struct asked right = node_prove(&n, &n.local, "anna", &n.officers[ANNA]);
    json_t *o = parsed(&right);
    EXPECT(strcmp(text_of(o, "officer"), "anna") == 0);
    EXPECT(json_array_size(json_object_get(o, "roles")) == 4);
    json_decref(o);
    EXPECT(node_ask(&n, &n.local, CLERK_DRAFTS, &ask).done);
    end(&n);
}

TEST(a_challenge_is_good_once)
{
    struct node n;
    begin_ready(&n);
    EXPECT(node_prove(&n, &n.local, "anna", &n.officers[ANNA]).done);
    struct buffer ask = node_columns(&n);
    uint8_t zeros[SIGNATURE_BYTES] = {0};
    buffer_put(&ask, bytes_of(zeros, sizeof zeros));
    struct asked again = node_ask(&n, &n.local, CLERK_PROVE, &ask);
    EXPECT(!again.done && again.err.kind == ERR_DENIED);
    end(&n);
}

// -- drafts and the gate -------------------------------------------------------------------------
TEST(a_draft_shows_what_officers_approve)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct bytes text = node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY);
    struct asked a = draft_new(&n, &anna, text);
    json_t *d = parsed(&a);
    char hash[DIGEST_TEXT_CHARS + 1];
    struct digest digest = approve_hash(&n, text);
    digest_write(&digest, hash);
    EXPECT(strlen(text_of(d, "draft")) == 32);
    EXPECT(strcmp(text_of(d, "approve_hash"), hash) == 0);
    EXPECT(strcmp(text_of(d, "state"), "awaiting") == 0);
    EXPECT(strcmp(text_of(d, "author"), "anna") == 0);
    EXPECT(number_of(json_object_get(d, "rule"), "approvals") == 2);
    EXPECT(strlen(text_of(d, "text")) == text.len);
    EXPECT(json_is_array(json_object_get(d, "findings")));
    json_decref(d);
    struct buffer ask = node_columns(&n);
    buffer_number(&ask, 0, 1);
    json_t *all = node_show(&anna, CLERK_DRAFTS, &ask);
    EXPECT(json_array_size(json_object_get(all, "drafts")) == 1);
    json_decref(all);
    struct clerk_link clara = node_officer(&n, CLARA); // the diplomatic desk does not see it
    all = node_show(&clara, CLERK_DRAFTS, &ask);
    EXPECT(json_array_size(json_object_get(all, "drafts")) == 0);
    json_decref(all);
    clerk_hang_up(&clara);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(what_contradicts_its_handling_never_becomes_a_draft)
{
    static const struct {
        const char *from, *handling, *lines;
        enum err_kind kind;
        const char *clause;
    } cases[] = {
        {"XA/technical", "precedence FLASH\ntlp GREEN\nexercise no\n", "01 P15\n", ERR_DENIED, ""},
        {"XA/technical", ROUTINE_GREEN, "01 Z99\n", ERR_NOT_FOUND, ""},
        {"XA/diplomatic", ROUTINE_GREEN, SOLIDARITY, ERR_DENIED, ""},
        {"XC/technical", ROUTINE_GREEN, SOLIDARITY, ERR_DENIED, ""},
        {"XA/technical", "precedence ROUTINE\nmarking XA:SECRET\ntlp GREEN\nexercise no\n",
         SOLIDARITY, ERR_DENIED, "gate marking"},
        {"XA/technical", ROUTINE_GREEN,
         "01 C03\nattach sha256:"
         "1111111111111111111111111111111111111111111111111111111111111111 5 text/plain a.txt\n",
         ERR_DENIED, "gate attachment-absent"},
        {"XA/technical", ROUTINE_GREEN, "nonsense\n", ERR_MALFORMED, ""},
    };
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct asked a =
            draft_new(&n, &anna, node_text(&n, cases[i].from, cases[i].handling, cases[i].lines));
        if (a.done || a.err.kind != cases[i].kind)
            fail_msg("case %zu: %s %s", i, a.done ? "taken" : "", a.err.text);
        EXPECT(strstr(a.err.clause == NULL ? "" : a.err.clause, cases[i].clause) != NULL);
    }
    node_partner(&n, ""); // everything off again
    struct asked off =
        draft_new(&n, &anna, node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY));
    EXPECT(!off.done && off.err.clause != NULL && strcmp(off.err.clause, "gate partner") == 0);
    clerk_hang_up(&anna);
    end(&n);
}

// -- release -------------------------------------------------------------------------------------
TEST(too_few_approvals_release_nothing_and_enough_give_an_index)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct bytes text = node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY);
    struct draft_id draft = drafted(&n, &anna, text);
    struct digest hash = approve_hash(&n, text);
    struct asked none = release(&n, &anna, &draft);
    EXPECT(!none.done && none.err.kind == ERR_DENIED);
    EXPECT(approve(&n, &anna, node_approval(&n, ANNA, DECISION_RELEASE, &draft, &hash, 3600)).done);
    struct asked few = release(&n, &anna, &draft);
    EXPECT(!few.done && few.err.kind == ERR_DENIED);
    EXPECT(strstr(few.err.text, "1 of 2") != NULL);
    struct asked twice =
        approve(&n, &anna, node_approval(&n, ANNA, DECISION_RELEASE, &draft, &hash, 3600));
    EXPECT(twice.done); // the newest of an officer stands, and still counts once
    struct asked still = release(&n, &anna, &draft);
    EXPECT(!still.done && strstr(still.err.text, "1 of 2") != NULL);
    EXPECT(
        approve(&n, &anna, node_approval(&n, BORIS, DECISION_RELEASE, &draft, &hash, 3600)).done);
    struct asked enough = release(&n, &anna, &draft);
    json_t *r = parsed(&enough);
    EXPECT(number_of(r, "index") == 1);
    EXPECT(strncmp(text_of(r, "ref"), "XA/XB-", 6) == 0);
    EXPECT(strlen(text_of(r, "note")) == DIGEST_TEXT_CHARS);
    json_decref(r);
    struct asked again = release(&n, &anna, &draft);
    EXPECT(!again.done && again.err.kind == ERR_CONFLICT);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(approvals_of_the_wrong_thing_or_person_are_refused)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct bytes text = node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY);
    struct draft_id draft = drafted(&n, &anna, text);
    struct digest hash = approve_hash(&n, text);
    struct digest other = digest_of(text);
    other.octets[0] ^= 1;
    EXPECT(!approve(&n, &anna, node_approval(&n, ANNA, DECISION_RELEASE, &draft, &other, 60)).done);
    EXPECT(!approve(&n, &anna, node_approval(&n, CLARA, DECISION_RELEASE, &draft, &hash, 60)).done);
    EXPECT(!approve(&n, &anna, node_approval(&n, ANNA, DECISION_EXPORT, &draft, &hash, 60)).done);
    EXPECT(!approve(&n, &anna, node_approval(&n, ANNA, DECISION_RELEASE, &draft, &hash, -60)).done);
    struct bytes note = node_approval(&n, ANNA, DECISION_RELEASE, &draft, &hash, 60);
    uint8_t changed[4096];
    memcpy(changed, note.ptr, note.len);
    changed[note.len - 10] ^= 1;
    EXPECT(!approve(&n, &anna, bytes_of(changed, note.len)).done);
    struct asked refused =
        approve(&n, &anna, node_approval(&n, BORIS, DECISION_REFUSE, &draft, &hash, 60));
    json_t *d = parsed(&refused);
    EXPECT(strcmp(text_of(d, "state"), "refused") == 0);
    json_decref(d);
    EXPECT(!release(&n, &anna, &draft).done);
    struct buffer drop = of_draft(&n, &draft);
    EXPECT(node_ask(&n, &anna, CLERK_DRAFT_DROP, &drop).done); // erased
    struct asked gone = node_ask(&n, &anna, CLERK_DRAFT_SHOW, &drop);
    EXPECT(!gone.done && gone.err.kind == ERR_NOT_FOUND);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(releases_that_are_ready_together_are_each_answered_with_their_own_index)
{
    enum { TOGETHER = 8 };
    struct node n;
    struct err err = {0};
    struct clerk_link by[TOGETHER];
    struct draft_id drafts[TOGETHER];
    bool seen[TOGETHER + 1] = {false};
    begin_ready(&n);
    for (int i = 0; i < TOGETHER; i++) {
        by[i] = node_officer(&n, ANNA);
        drafts[i] = approved(&n, &by[i], node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY));
    }
    for (int i = 0; i < TOGETHER; i++)
        EXPECT_OK(frame_send(
            by[i].socket,
            (struct frame){CLERK_RELEASE, bytes_of(drafts[i].octets, DRAFT_ID_BYTES), -1}, 1000,
            &err));
    for (int i = 0; i < TOGETHER; i++) {
        struct frame f;
        json_t *shown = NULL;
        EXPECT_OK(frame_receive(by[i].socket, &n.arena, 30000, &f, &err));
        EXPECT(f.kind == FRAME_ANSWER_OK);
        EXPECT_OK(json_read(f.payload, &shown, &err));
        json_int_t at = number_of(shown, "index");
        EXPECT(at >= 1 && at <= TOGETHER && !seen[at]);
        seen[at] = true;
        json_decref(shown);
        clerk_hang_up(&by[i]);
    }
    end(&n);
}

// -- what is shown -------------------------------------------------------------------------------
static const char *const row_fields[] = {
    "number",  "ref",      "note",       "desk", "from",        "to",       "type",
    "time",    "received", "precedence", "tlp",  "exercise",    "delivery", "dialogue",
    "overdue", "due",      "answers",    "void", "attachments",
};
static const char *const show_fields[] = {
    "text",       "signed",           "origin",  "index",     "body",       "claimed",
    "time_ahead", "cosignatures",     "k",       "n",         "quorum_met", "cosigned_size",
    "lines",      "unreadable",       "missing", "replaced",  "withdrawn",  "attachments_held",
    "receipts",   "dialogue_records", "others",  "direction",
};

static void expect_fields(const json_t *shown, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (json_object_get(shown, fields[i]) == NULL)
            fail_msg("%s is missing", fields[i]);
}

static struct buffer page(struct node *n, uint64_t before, uint32_t most)
{
    struct buffer ask = node_columns(n);
    buffer_number(&ask, before, 8);
    buffer_number(&ask, most, 4);
    return ask;
}

TEST(a_released_record_is_listed_shown_and_paged)
{
    enum { RELEASED = 3 };
    struct node n;
    char refs[RELEASED][64];
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    for (int i = 0; i < RELEASED; i++) {
        struct draft_id d =
            approved(&n, &anna, node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY));
        struct asked a = release(&n, &anna, &d);
        json_t *r = parsed(&a);
        (void)snprintf(refs[i], sizeof refs[i], "%s", text_of(r, "ref"));
        json_decref(r);
    }
    uint64_t before = 0;
    for (int i = RELEASED - 1; i >= 0; i--) { // newest first, one a page
        struct buffer ask = page(&n, before, 1);
        json_t *s = node_show(&anna, CLERK_SENT, &ask);
        json_t *row = json_array_get(json_object_get(s, "rows"), 0);
        EXPECT(strcmp(text_of(row, "ref"), refs[i]) == 0);
        expect_fields(row, row_fields, sizeof row_fields / sizeof row_fields[0]);
        EXPECT(decimal_read(str_of(text_of(s, "next")), UINT64_MAX, &before));
        json_decref(s);
    }
    struct buffer last = page(&n, before, 1);
    json_t *s = node_show(&anna, CLERK_SENT, &last);
    EXPECT(json_array_size(json_object_get(s, "rows")) == 0);
    EXPECT(json_is_null(json_object_get(s, "next")));
    json_decref(s);
    struct buffer all = page(&n, 0, 0);
    s = node_show(&anna, CLERK_INBOX, &all);
    EXPECT(json_array_size(json_object_get(s, "rows")) == 0);
    json_decref(s);
    struct buffer ask = node_columns(&n);
    buffer_block16(&ask, str_bytes(str_of(refs[0])));
    s = node_show(&anna, CLERK_SHOW, &ask);
    expect_fields(s, row_fields, sizeof row_fields / sizeof row_fields[0]);
    expect_fields(s, show_fields, sizeof show_fields / sizeof show_fields[0]);
    EXPECT(strstr(text_of(s, "text"), "\n01 C03\n") != NULL);
    EXPECT(number_of(s, "index") == 1);
    struct buffer by_note = node_columns(&n);
    buffer_block16(&by_note, str_bytes(str_of(text_of(s, "note"))));
    json_t *same = node_show(&anna, CLERK_SHOW, &by_note);
    EXPECT(strcmp(text_of(same, "ref"), refs[0]) == 0);
    json_decref(same);
    json_decref(s);
    struct clerk_link clara = node_officer(&n, CLARA);
    struct asked denied = node_ask(&n, &clara, CLERK_SHOW, &ask);
    EXPECT(!denied.done && denied.err.kind == ERR_DENIED);
    s = node_show(&clara, CLERK_SENT, &all);
    EXPECT(json_array_size(json_object_get(s, "rows")) == 0);
    json_decref(s);
    clerk_hang_up(&clara);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(the_audit_names_who_did_what_and_only_to_administrators)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct clerk_link boris = node_officer(&n, BORIS);
    (void)drafted(&n, &anna, node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY));
    struct buffer ask = page(&n, 0, 1);
    json_t *s = node_show(&anna, CLERK_AUDIT, &ask);
    json_t *row = json_array_get(json_object_get(s, "rows"), 0);
    EXPECT(strcmp(text_of(row, "who"), "anna") == 0);
    EXPECT(strcmp(text_of(row, "what"), "draft") == 0);
    json_decref(s);
    struct asked denied = node_ask(&n, &boris, CLERK_AUDIT, &ask);
    EXPECT(!denied.done && denied.err.kind == ERR_DENIED);
    clerk_hang_up(&boris);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(partners_doctor_evidence_and_register_are_shown_to_whoever_administers)
{
    struct node n;
    begin_ready(&n);
    struct buffer none = node_columns(&n);
    json_t *s = node_show(&n.local, CLERK_PEERS, &none);
    json_t *xb = json_array_get(json_object_get(s, "peers"), 0);
    EXPECT(strcmp(text_of(xb, "state"), "XB") == 0);
    EXPECT(json_array_size(json_object_get(xb, "functions")) == 1);
    EXPECT(number_of(xb, "keys") == 1);
    EXPECT(number_of(xb, "failures") == 0);
    json_decref(s);
    s = node_show(&n.local, CLERK_DOCTOR, &none);
    EXPECT(json_array_size(json_object_get(s, "findings")) == 1); // keys of a demonstration
    json_decref(s);
    s = node_show(&n.local, CLERK_EVIDENCES, &none);
    EXPECT(json_array_size(json_object_get(s, "evidences")) == 0);
    json_decref(s);
    struct asked reg = node_ask(&n, &n.local, CLERK_REGISTER_GET, &none);
    EXPECT(reg.done);
    EXPECT(str_starts((struct str){(const char *)reg.columns.ptr + 4, reg.columns.len - 4},
                      STR("elchi register v1\n")));
    EXPECT(node_ask(&n, &n.local, CLERK_CHALLENGE, &none).columns.len == 16);
    end(&n);
}

TEST(a_backup_is_two_whole_stores_and_is_never_written_over)
{
    struct node n;
    struct err err = {0};
    struct str folder;
    struct str copy;
    const struct db_driver *driver;
    struct db *db = NULL;
    begin_ready(&n);
    EXPECT_OK(arena_fmt(&n.arena, &folder, &err, "%s/copy", n.folder));
    struct buffer ask = node_columns(&n);
    buffer_block16(&ask, str_bytes(folder));
    struct asked a = node_ask(&n, &n.local, CLERK_BACKUP, &ask);
    if (!a.done)
        fail_msg("backup: %s", a.err.text);
    struct asked again = node_ask(&n, &n.local, CLERK_BACKUP, &ask);
    EXPECT(!again.done && again.err.kind == ERR_CONFLICT);
    struct buffer relative = node_columns(&n);
    buffer_block16(&relative, str_bytes(STR("copy")));
    EXPECT(!node_ask(&n, &n.local, CLERK_BACKUP, &relative).done);
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    EXPECT_OK(arena_fmt(&n.arena, &copy, &err, "%s/exchange.db", folder.ptr));
    EXPECT_OK(exchange_open_write(driver, n.world, copy.ptr, &db, &err));
    EXPECT_OK(db_integrity(db, &err));
    db_close(db);
    end(&n);
}
