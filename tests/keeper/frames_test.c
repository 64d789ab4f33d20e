// Who may ask what, and frames that are none.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "crypto/age_header.h"
#include "tests/keeper/made.h"

static const struct {
    enum keeper_caller caller;
    const char *name;
} callers[] = {
    {KEEPER_FOR_CLERK, "clerk"}, {KEEPER_FOR_COURIER, "courier"}, {KEEPER_FOR_DOOR, "door"}};

static int socket_of(const struct kept *k, enum keeper_caller caller)
{
    return caller == KEEPER_FOR_CLERK ? k->clerk.socket
                                      : (caller == KEEPER_FOR_COURIER ? k->courier : k->door);
}

TEST(every_row_of_the_table_is_open_to_exactly_the_callers_it_names)
{
    struct kept *k = kept_new();
    size_t count = 0;
    const struct keeper_row *rows = keeper_rows(&count);
    EXPECT(count == 17);
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < count; i++) {
            struct err err = {0};
            struct bytes answer;
            bool done = ask_raw(k, socket_of(k, callers[c].caller), rows[i].number,
                                (struct bytes){0}, &answer, &err);
            bool turned_away = !done && strstr(err.text, "this process may not ask for") != NULL;
            bool allowed = (rows[i].who & (unsigned)callers[c].caller) != 0;
            EXPECT(rows[i].who != 0);
            if (turned_away == allowed)
                fail_msg("%s as %s", rows[i].name, callers[c].name);
            EXPECT(!turned_away || err.kind == ERR_DENIED);
        }
    kept_release(k);
}

TEST(a_secret_leaves_by_three_rows_alone_and_none_of_them_is_a_signing_key)
{
    size_t count = 0;
    const struct keeper_row *rows = keeper_rows(&count);
    for (size_t i = 0; i < count; i++) {
        bool courier = (rows[i].who & KEEPER_FOR_COURIER) != 0;
        bool door = (rows[i].who & KEEPER_FOR_DOOR) != 0;
        EXPECT(courier == (rows[i].number == KEEPER_TLS_KEY));
        EXPECT(door == (rows[i].number == KEEPER_TLS_KEY || rows[i].number == KEEPER_DESK_KEY));
    }
}

TEST(courier_and_door_get_each_its_own_tls_key)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct keeper courier = {k->courier}, door = {k->door};
    struct secret courier_key = {0}, door_key = {0};
    EXPECT_OK(keeper_tls_seed(&courier, &courier_key, &err));
    EXPECT_OK(keeper_tls_seed(&door, &door_key, &err));
    EXPECT(!secret_eq(&courier_key, &door_key));
    struct vault *v = kept_open(k);
    EXPECT(secret_eq(&courier_key, vault_secret(v, "tls/courier")));
    EXPECT(secret_eq(&door_key, vault_secret(v, "tls/door")));
    kept_close(v);
    secret_release(&courier_key);
    secret_release(&door_key);
    kept_release(k);
}

TEST(desk_keys_differ_and_no_other_desk_has_one)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct secret keys[DESK_COUNT] = {{0}};
    for (int d = DESK_NONE + 1; d < DESK_COUNT; d++) {
        EXPECT_OK(keeper_desk_key(&k->clerk, (enum desk)d, &keys[d], &err));
        for (int before = DESK_NONE + 1; before < d; before++)
            EXPECT(!secret_eq(&keys[before], &keys[d]));
    }
    for (unsigned n = 0; n < 256; n++) {
        uint8_t octet = (uint8_t)n;
        struct bytes answer;
        if (n == DESK_NONE || n >= DESK_COUNT)
            EXPECT_ERR(ask_raw(k, k->door, KEEPER_DESK_KEY, bytes_of(&octet, 1), &answer, &err),
                       ERR_MALFORMED);
    }
    for (int d = 0; d < DESK_COUNT; d++)
        secret_release(&keys[d]);
    kept_release(k);
}

TEST(as_many_stanzas_as_a_frame_takes_are_opened_each_for_itself)
{
    enum { COUNT = 256 };
    struct err err = {0};
    struct kept *k = kept_new();
    struct age_wrapped *asks = arena_new(k->a, struct age_wrapped, COUNT);
    struct keeper_file_key *got = arena_new(k->a, struct keeper_file_key, COUNT);
    struct keys_record keys;
    struct note note;
    struct age_recipient recipient;
    EXPECT_OK(keys_note_read(k->manifest, &note, &keys, &err));
    EXPECT_OK(age_recipient_read(keys.encryption, &recipient, &err));
    for (unsigned i = 0; i < COUNT; i++) {
        struct age_file_key key;
        memset(key.octets, (int)i, sizeof key.octets);
        EXPECT_OK(age_stanza_seal(kept_world(k), &key, &recipient, &asks[i], &err));
        if (i % 3 == 0)
            asks[i].body[5] ^= 1;
    }
    EXPECT_OK(keeper_open_stanzas(&k->clerk, asks, COUNT, got, &err));
    for (unsigned i = 0; i < COUNT; i++) {
        EXPECT(got[i].opened == (i % 3 != 0));
        EXPECT(got[i].key.octets[7] == (i % 3 == 0 ? 0 : i));
    }
    kept_release(k);
}

// -- frames that are none ------------------------------------------------------------------------
TEST(a_kind_that_stands_in_no_row_is_refused_and_ends_nothing)
{
    struct err err = {0};
    struct kept *k = kept_new();
    for (unsigned kind = 0; kind < 70; kind++) {
        struct bytes answer;
        if (kind < KEEPER_STATUS || kind > KEEPER_FOUND)
            EXPECT_ERR(ask_raw(k, k->clerk.socket, kind, (struct bytes){0}, &answer, &err),
                       ERR_MALFORMED);
    }
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    kept_release(k);
}

static void send_head(int socket, uint32_t len, uint16_t kind, uint16_t zero)
{
    uint8_t head[FRAME_HEAD_BYTES];
    struct writer w = writer_of(head, sizeof head);
    writer_u32(&w, len);
    writer_u16(&w, kind);
    writer_u16(&w, zero);
    EXPECT(write(socket, head, sizeof head) == (ssize_t)sizeof head);
}

TEST(a_door_that_sends_frames_out_of_bounds_is_closed_and_the_clerk_goes_on)
{
    struct err err = {0};
    struct frame f;
    struct kept *k = kept_new();
    send_head(k->courier, FRAME_BYTES_MAX + 1, KEEPER_TLS_KEY, 0);
    send_head(k->door, 0, KEEPER_TLS_KEY, 1);
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    EXPECT_ERR(frame_receive(k->courier, k->a, 5000, &f, &err), ERR_OFFLINE);
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    kept_release(k);
}

TEST(a_clerk_that_sends_a_frame_out_of_bounds_ends_the_keeper)
{
    struct kept *k = kept_new();
    send_head(k->clerk.socket, UINT32_MAX, KEEPER_STATUS, 0);
    EXPECT(kept_stop(k) == ENDED_IN_ERROR);
    kept_start(k);
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    kept_release(k);
}

// -- every truncation of one valid frame of each kind ---------------------------------------------
struct valid {
    unsigned kind;
    struct bytes payload;
};

// What the client sends, caught at the other end of a pair on which a refusal waits already.
struct catcher {
    struct kept *k;
    int pair[2];
    struct keeper keeper;
};
static struct catcher catch_begin(struct kept *k)
{
    struct err err = {0}, why = {0};
    struct catcher c = {.k = k};
    EXPECT_OK(frame_pair(c.pair, &err));
    c.keeper.socket = c.pair[0];
    (void)err_set(&why, ERR_BUSY, NULL, "caught");
    EXPECT_OK(frame_answer_err(c.pair[1], &why, &err));
    return c;
}
static struct valid catch_end(struct catcher *c, bool done)
{
    struct err err = {0};
    struct frame f;
    EXPECT(!done);
    EXPECT_OK(frame_receive(c->pair[1], c->k->a, 1000, &f, &err));
    (void)close(c->pair[0]);
    (void)close(c->pair[1]);
    return (struct valid){f.kind, f.payload};
}

enum { VALID_KINDS = 17 };
static size_t valid_asks(struct kept *k, struct valid ret[VALID_KINDS])
{
    struct err err = {0};
    struct catcher c;
    struct keeper_signed got[1];
    struct keeper_file_key keys[1];
    struct bytes out;
    struct secret secret = {0};
    struct tree_size size;
    struct digest root;
    struct str line;
    uint64_t time_s;
    struct challenge challenge;
    struct foreign f;
    struct age_wrapped wrapped = {{0}, {0}};
    struct digest leaf = leaf_of(1);
    struct draft_id d = draft_of(1);
    struct str text = message_text(k, usual());
    struct str receipt = receipt_text(k, 1, NOW);
    struct bytes two[] = {approve(k, d, text, ANNA), approve(k, d, text, BORIS)};
    struct keeper_signing signing = {d, text, two, 2};
    struct order order = {
        .log = STR(XA), .act = ORDER_RESUME, .size = k->edge.size.n, .root = edge_root(&k->edge)};
    struct keeper_status status;
    size_t n = 0;
    foreign_init(&f, 0);
    struct keeper_cosigning ask = cosigning(k, 1, &f, 5);
    struct bytes own = kept_status(k).checkpoint;
    struct keeper_answer answer = {STR("XB"), STR(XB), ask.genesis, ask.chain, own};
#define CATCH(call)                     \
    do {                                \
        c = catch_begin(k);             \
        ret[n++] = catch_end(&c, call); \
    } while (0)
    CATCH(keeper_status(&c.keeper, k->a, &status, &err));
    CATCH(keeper_sign_records(&c.keeper, k->a, &signing, 1, got, &err));
    CATCH(keeper_sign_node(&c.keeper, k->a, &receipt, 1, got, &err));
    CATCH(keeper_sign_index(&c.keeper, k->a, STR("elchi bundle v1\norigin " XA "\n"), &out, &err));
    CATCH(keeper_extend(&c.keeper, k->a, (struct leaf_index){1}, &leaf, 1, &out, &err));
    CATCH(keeper_cosign(&c.keeper, k->a, &ask, &line, &time_s, &err));
    CATCH(keeper_cosigned(&c.keeper, KEEPER_WITNESS, STR(XB), &size, &root, &err));
    CATCH(keeper_open_stanzas(&c.keeper, &wrapped, 1, keys, &err));
    CATCH(keeper_desk_key(&c.keeper, DESK_TECHNICAL, &secret, &err));
    CATCH(keeper_tls_seed(&c.keeper, &secret, &err));
    CATCH(keeper_change_register(&c.keeper, k->register_text, two, 2, &err));
    CATCH(keeper_challenge(&c.keeper, &challenge, &err));
    CATCH(keeper_order(&c.keeper, order_note(k, &order, 2), &k->edge, &err));
    CATCH(keeper_resume(&c.keeper, &k->edge, own, &answer, 1, &err));
    CATCH(keeper_community(&c.keeper, k->community, NULL, 0, &err));
    CATCH(keeper_shown_checkpoint(&c.keeper, own, NULL, &err));
    CATCH(keeper_found(&c.keeper, k->a, k->manifest, &out, &err));
#undef CATCH
    return n;
}

// A courier's question is asked on the courier's socket.
static int asked_on(const struct kept *k, unsigned kind)
{
    return kind == KEEPER_TLS_KEY ? k->courier : k->clerk.socket;
}

TEST(a_frame_cut_short_anywhere_or_with_an_octet_more_is_refused_and_changes_nothing)
{
    struct kept *k = kept_new();
    struct valid all[VALID_KINDS];
    EXPECT(valid_asks(k, all) == VALID_KINDS);
    for (size_t i = 0; i < VALID_KINDS; i++) {
        struct bytes whole = all[i].payload;
        size_t step = whole.len > 3000 ? 7 : 1;
        struct bytes answer;
        for (size_t len = 0; len < whole.len; len += step) {
            struct err err = {0};
            if (ask_raw(k, asked_on(k, all[i].kind), all[i].kind, bytes_of(whole.ptr, len), &answer,
                        &err))
                fail_msg("kind %u cut to %zu of %zu octets was taken", all[i].kind, len, whole.len);
        }
        struct err err = {0};
        uint8_t *longer = arena_new(k->a, uint8_t, whole.len + 1);
        memcpy(longer, whole.ptr, whole.len);
        EXPECT(!ask_raw(k, asked_on(k, all[i].kind), all[i].kind, bytes_of(longer, whole.len + 1),
                        &answer, &err));
    }
    struct keeper_status s = kept_status(k);
    EXPECT(s.size.n == 1);
    EXPECT(s.lock == KEEPER_SIGNS);
    EXPECT(str_eq(s.register_text, k->register_text));
    // Whole they were valid; those that a keeper that signs has no use for say so themselves.
    for (size_t i = 0; i < VALID_KINDS; i++) {
        struct err err = {0};
        struct bytes answer;
        bool done =
            ask_raw(k, asked_on(k, all[i].kind), all[i].kind, all[i].payload, &answer, &err);
        bool not_now = all[i].kind == KEEPER_CHANGE_REGISTER || all[i].kind == KEEPER_ORDER ||
                       all[i].kind == KEEPER_RESUME || all[i].kind == KEEPER_FOUND;
        if (!done && !not_now)
            fail_msg("kind %u: %s", all[i].kind, err.text);
        EXPECT(done || err.kind != ERR_MALFORMED);
    }
    kept_release(k);
}

TEST(a_frame_with_any_one_octet_changed_ends_no_keeper)
{
    struct kept *k = kept_new();
    struct valid all[VALID_KINDS];
    (void)valid_asks(k, all);
    for (size_t i = 0; i < VALID_KINDS; i++) {
        struct bytes whole = all[i].payload;
        uint8_t *copy = arena_new(k->a, uint8_t, whole.len + 1);
        size_t step = whole.len / 400 + 1;
        for (size_t at = 0; at < whole.len; at += step) {
            struct err err = {0};
            struct bytes answer;
            memcpy(copy, whole.ptr, whole.len);
            copy[at] ^= 0x41;
            if (!ask_raw(k, asked_on(k, all[i].kind), all[i].kind, bytes_of(copy, whole.len),
                         &answer, &err))
                EXPECT(err.kind != ERR_OFFLINE);
        }
    }
    (void)kept_status(k);
    kept_release(k);
}
