#include "clerk/node.h"

#include "base/limits.h"
#include "clerk/books.h"
#include "clerk/landed.h"
#include "clerk/restore.h"
#include "community/held.h"
#include "crypto/age.h"
#include "crypto/box.h"
#include "store/office_view.h"

#include <stdio.h>
#include <unistd.h>

enum { LASTING_BYTES_MAX = 64 << 20, FACTS_BYTES_MAX = 256 << 20, PATH_BYTES = 4096 };

// -- small questions ---------------------------------------------------------------------------
struct moment clerk_now(const struct clerk *c)
{
    return world_now(c->world);
}

void clerk_ring(struct clerk *c)
{
    c->rang = true;
}

void clerk_step(const struct clerk *c, const char *step, bool done)
{
    if (c->options.at_step != NULL)
        c->options.at_step(step, done);
}

const struct community_state *clerk_state_of(const struct clerk *c, struct str origin)
{
    return c->has_community ? community_by_origin(&c->community, origin) : NULL;
}

const struct chain *clerk_chain(const struct clerk *c, struct str origin)
{
    return c->has_community ? chains_of(&c->chains, origin) : NULL;
}

bool clerk_is_on(const struct clerk *c, struct str origin, enum optin_function f)
{
    const struct community_state *state = clerk_state_of(c, origin);
    return state != NULL && optin_is_on(&c->optin, state->code, f);
}

bool clerk_log(struct clerk *c, struct txn *txn, struct str origin, struct log_id *ret,
               struct err *err)
{
    if (str_eq(origin, c->origin)) {
        *ret = c->own;
        return true;
    }
    if (clerk_state_of(c, origin) == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "no State of this community has the log %.*s",
                       STR_ARG(origin));
    return exchange_log_add(txn, origin, false, ret, err);
}

static bool elect(const void *who, struct str state)
{
    const struct clerk *c = who;
    return c->has_community && community_by_code(&c->community, state) != NULL;
}

// -- opening -----------------------------------------------------------------------------------
static bool open_stores(struct clerk *c, struct err *err)
{
    const struct db_driver *driver;
    char path[PATH_BYTES];
    if (!db_driver("sqlite", &driver, err))
        return false;
    (void)snprintf(path, sizeof path, "%s/exchange.db", c->options.folder);
    if (!exchange_open_write(driver, c->world, path, &c->exchange, err))
        return err_wrap(err, "exchange store");
    (void)snprintf(path, sizeof path, "%s/office.db", c->options.folder);
    if (!office_open_write(driver, c->world, path, &c->office, err))
        return err_wrap(err, "office store");
    return true;
}

static bool learn_who_we_are(struct clerk *c, struct err *err)
{
    struct keeper_status s;
    if (!keeper_status(&c->keeper, &c->lasting, &s, err))
        return false;
    c->origin = s.origin;
    if (!state_code_read(s.state, &c->state))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "the keeper names no State");
    for (int d = DESK_TECHNICAL; d < DESK_COUNT; d++)
        if (!keeper_desk_key(&c->keeper, (enum desk)d, &c->desk_keys[d], err))
            return false;
    return true;
}

static bool start_own_log(struct clerk *c, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_log_add(&txn, c->origin, true, &c->own, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

static bool start_views(struct clerk *c, struct err *err)
{
    struct txn txn = {0};
    bool current = false;
    bool done = db_begin(c->office, &txn, err) && office_views_current(&txn, &current, err);
    if (done && !current)
        done = office_views_reset(&txn, err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

bool clerk_open(struct clerk *c, const struct clerk_options *options, struct err *err)
{
    *c = (struct clerk){.options = *options, .world = options->world};
    c->keeper.socket = options->keeper_socket;
    c->electorate = (struct electorate){elect, c};
    arena_init(&c->lasting, LASTING_BYTES_MAX);
    bool done = learn_who_we_are(c, err) && open_stores(c, err) && start_own_log(c, err) &&
                start_views(c, err) && clerk_books_load(c, err) && clerk_reload(c, err);
    if (!done)
        clerk_close(c);
    return done;
}

void clerk_close(struct clerk *c)
{
    for (int d = 0; d < DESK_COUNT; d++)
        secret_release(&c->desk_keys[d]);
    db_close(c->office);
    db_close(c->exchange);
    c->office = NULL;
    c->exchange = NULL;
    arena_release(&c->facts);
    arena_release(&c->books);
    clerk_restore_forget(c);
    clerk_landed_forget(c);
    arena_release(&c->lasting);
}

// -- facts -------------------------------------------------------------------------------------
bool clerk_reload(struct clerk *c, struct err *err)
{
    struct arena facts;
    struct held *held = memory_new(1, sizeof *held);
    struct txn txn = {0};
    arena_init(&facts, FACTS_BYTES_MAX);
    bool done = db_begin(c->exchange, &txn, err) && held_load(&txn, &facts, held, err);
    txn_release(&txn);
    if (done) {
        c->rang = c->changed = true;
        arena_release(&c->facts);
        c->facts = facts;
        c->has_community = held->has_community;
        c->community = held->community;
        c->chain_items = held->chain_items;
        c->optin = held->optin;
        c->chains = (struct chains){&c->community, (const struct chain *const *)c->chain_items};
        c->keys = chains_record_keys(&c->chains);
        for (size_t i = 0; i < COMMUNITY_STATES_MAX; i++)
            c->cosign_due[i] = true; // functions or keys may have changed
        // chains keep the arena they grow in: it has moved into this struct
        for (size_t i = 0; c->has_community && i < c->community.states_count; i++)
            if (c->chain_items[i] != NULL)
                c->chain_items[i]->arena = &c->facts;
    } else {
        arena_release(&facts);
    }
    memory_release(held);
    return done;
}

// -- sealing and opening -------------------------------------------------------------------------
static bool place_of(enum desk desk, const char *table, struct str row, struct arena *a,
                     struct str *ret, struct err *err)
{
    return arena_fmt(a, ret, err, "%s\n%.*s\n%s\n", table, STR_ARG(row), desk_word(desk));
}

// What is sealed, where it stands, and with what: eight things, none of them another.
// NOLINTNEXTLINE(readability-function-size)
bool clerk_text_seal(struct clerk *c, enum desk desk, const char *table, struct str row,
                     struct bytes text, struct arena *a, struct bytes *ret, struct err *err)
{
    struct str place = {0};
    CHECK(desk > DESK_NONE && desk < DESK_COUNT);
    return place_of(desk, table, row, a, &place, err) &&
           box_seal(c->world, &c->desk_keys[desk], text, str_bytes(place), a, ret, err);
}

// NOLINTNEXTLINE(readability-function-size)
bool clerk_text_open(struct clerk *c, enum desk desk, const char *table, struct str row,
                     struct bytes sealed, struct arena *a, struct bytes *ret, struct err *err)
{
    struct str place = {0};
    CHECK(desk > DESK_NONE && desk < DESK_COUNT);
    return place_of(desk, table, row, a, &place, err) &&
           box_open(&c->desk_keys[desk], sealed, str_bytes(place), a, ret, err);
}

bool clerk_age_key(struct clerk *c, struct bytes header, struct arena *a, struct age_file_key *ret,
                   struct err *err)
{
    enum { STANZAS_TRIED_MAX = 256 };
    struct age_header h;
    if (!age_header_parse(header, a, &h, err))
        return false;
    size_t count = h.wrapped_count < STANZAS_TRIED_MAX ? h.wrapped_count : STANZAS_TRIED_MAX;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.3", "the file is sealed to nobody we know");
    struct keeper_file_key *keys = memory_new(count, sizeof *keys);
    bool done = keeper_open_stanzas(&c->keeper, h.wrapped, count, keys, err);
    bool found = false;
    for (size_t i = 0; done && !found && i < count; i++) {
        struct err why = {0};
        found = keys[i].opened && age_header_check(&h, &keys[i].key, &why);
        if (found)
            *ret = keys[i].key;
    }
    secret_wipe(keys, count * sizeof *keys);
    memory_release(keys);
    if (done && !found)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.3", "the file is not sealed to this State");
    return done;
}

bool clerk_age_open(struct clerk *c, struct bytes file, struct arena *a, struct bytes *ret_plain,
                    struct err *err)
{
    struct age_file_key key;
    if (!clerk_age_key(c, file, a, &key, err))
        return false;
    bool done = age_file_open_with_key(file, &key, a, ret_plain, err);
    secret_wipe(key.octets, sizeof key.octets);
    return done;
}
