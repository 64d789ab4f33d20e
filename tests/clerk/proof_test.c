// Proofs out of a running node, and bodies destroyed in it.
#include "community/proof_check.h"
#include "tests/clerk/asked.h"
#include "tests/clerk/doubles.h"

// -- proof ---------------------------------------------------------------------------------------
// XB saw the newest checkpoint and cosigned it.
static void cosign_newest(struct node *n)
{
    struct err err = {0};
    const struct db_driver *driver;
    struct str path;
    struct db *db = NULL;
    struct txn txn = {0};
    struct exchange_log own;
    struct note note;
    uint16_t fresh = 0;
    uint8_t room[NOTE_BYTES_MAX];
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    EXPECT_OK(arena_fmt(&n->arena, &path, &err, "%s/exchange.db", n->folder));
    EXPECT_OK(exchange_open_write(driver, n->world, path.ptr, &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_log_find(&txn, STR(XA_ORIGIN), &n->arena, &own, &err));
    EXPECT_OK(note_read(own.checkpoint, &note, &err));
    struct writer w = writer_of(room, sizeof room);
    writer_put(&w, own.checkpoint);
    cosign_sign(note.text, (uint64_t)world_now(n->world).s, &n->xb_witness_key, &n->xb_witness, &w);
    EXPECT_OK(clerk_cosigned_keep(&txn, own.id, writer_bytes(&w), &fresh, &err));
    EXPECT(fresh == 1);
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
    db_close(db);
}

TEST(a_sealed_record_is_proven_by_two_officers_once_a_quorum_has_cosigned)
{
    struct node n;
    struct err err = {0};
    struct bytes file;
    struct digest note;
    struct draft_id no_draft = {{0}};
    struct bytes approvals[2];
    struct proof_shown shown;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct draft_id d =
        approved(&n, &anna, node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY));
    struct asked a = release(&n, &anna, &d);
    json_t *r = parsed(&a);
    struct str ref;
    EXPECT_OK(arena_str(&n.arena, str_of(text_of(r, "ref")), &ref, &err));
    EXPECT(digest_read(str_of(text_of(r, "note")), &note));
    json_decref(r);
    for (int i = 0; i < 2; i++)
        approvals[i] = node_approval(&n, i, DECISION_EXPORT, &no_draft, &note, 600);
    EXPECT_ERR(clerk_proof(&anna, &n.arena, ref, approvals, 1, &file, &err), ERR_DENIED);
    EXPECT_ERR(clerk_proof(&anna, &n.arena, ref, approvals, 2, &file, &err), ERR_NOT_FOUND);
    EXPECT(strstr(err.text, "cannot be proven yet") != NULL);
    clerk_hang_up(&anna);
    node_down(&n);
    cosign_newest(&n);
    node_up(&n);
    anna = node_officer(&n, ANNA);
    // A longer log does not lose the older, cosigned checkpoint.
    d = approved(&n, &anna, node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY));
    EXPECT(release(&n, &anna, &d).done);
    err = (struct err){0};
    EXPECT_OK(clerk_proof(&anna, &n.arena, ref, approvals, 2, &file, &err));
    struct digest anchor = digest_of(n.community);
    EXPECT_OK(proof_file_verify(&n.arena, file, &anchor, &shown, &err));
    EXPECT(shown.verdict == ERR_NONE);
    EXPECT(shown.quorum.met);
    EXPECT(shown.size.n == 2);
    EXPECT(digest_eq(&shown.said->note_hash, &note));
    struct buffer ask = node_columns(&n);
    buffer_block16(&ask, str_bytes(ref));
    json_t *s = node_show(&anna, CLERK_SHOW, &ask);
    EXPECT(json_array_size(json_object_get(s, "cosignatures")) == 1);
    EXPECT(number_of(s, "cosigned_size") == 2);
    json_decref(s);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(a_destroyed_body_is_gone_and_its_row_stays)
{
    struct node n;
    struct digest blob;
    struct draft_id no_draft = {{0}};
    struct str text;
    struct err err = {0};
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    struct draft_id d =
        approved(&n, &anna, node_text(&n, "XA/technical", ROUTINE_GREEN, SOLIDARITY));
    struct asked a = release(&n, &anna, &d);
    json_t *r = parsed(&a);
    struct buffer show = node_columns(&n);
    buffer_block16(&show, str_bytes(str_of(text_of(r, "ref"))));
    json_decref(r);
    r = node_show(&anna, CLERK_SHOW, &show);
    EXPECT(digest_read(str_of(text_of(r, "body")), &blob));
    EXPECT_OK(arena_fmt(&n.arena, &text, &err,
                        "elchi erase v1\nlog " XA_ORIGIN "\nref %s %s\nbody %s\n",
                        text_of(r, "ref"), text_of(r, "note"), text_of(r, "body")));
    json_decref(r);
    struct digest hash = digest_of(str_bytes(text));
    for (size_t count = 1; count <= 2; count++) { // one officer is too few
        struct buffer ask = node_columns(&n);
        buffer_put(&ask, bytes_of(blob.octets, DIGEST_BYTES));
        buffer_number(&ask, count, 2);
        for (size_t i = 0; i < count; i++)
            buffer_block16(&ask, node_approval(&n, (int)i, DECISION_EXPORT, &no_draft, &hash, 600));
        struct asked erased = node_ask(&n, &anna, CLERK_ERASE, &ask);
        if (erased.done != (count == 2))
            fail_msg("%zu approvals: %s", count, erased.err.text);
    }
    r = node_show(&anna, CLERK_SHOW, &show);
    EXPECT(strcmp(text_of(r, "text"), "") == 0);
    EXPECT(strcmp(text_of(r, "signed"), "") == 0);
    EXPECT(text_of(r, "erased")[0] != '\0'); // when it was destroyed stands beside it
    json_decref(r);
    struct buffer gone = of_draft(&n, &d);
    EXPECT(!node_ask(&n, &anna, CLERK_DRAFT_SHOW, &gone).done);
    clerk_hang_up(&anna);
    end(&n);
}
