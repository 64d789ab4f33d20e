#include "clerk/landed.h"

#include "store/exchange_stage.h"

#include <stdio.h>

// A mark's value: u64 index, u8 from the author, the origin.
#define LANDED "landed/"
// One mark for each record that named the blob, under the hash of the origin so that keys stay
// short.
enum {
    AT_A_TIME = 64,
    SHOWN_MAX = 256, // marks kept until what was shown is durable
    KEY_BYTES = sizeof LANDED + (size_t)2 * DIGEST_TEXT_CHARS + 24,
};

static struct str key_of(const struct digest *blob, const struct clerk_landed *l,
                         char room[KEY_BYTES])
{
    char text[DIGEST_TEXT_CHARS + 1];
    char log[DIGEST_TEXT_CHARS + 1];
    struct digest origin = digest_of(str_bytes(l->origin));
    digest_write(blob, text);
    digest_write(&origin, log);
    (void)snprintf(room, KEY_BYTES, LANDED "%s/%llu/%s", text, (unsigned long long)l->at.n, log);
    return str_of(room);
}

// What was shown, by the marks' keys, since they were last taken away.
struct landed_shown {
    char keys[SHOWN_MAX][KEY_BYTES];
    size_t count;
};

static bool is_shown(const struct clerk *c, struct str key)
{
    for (size_t i = 0; c->shown != NULL && i < c->shown->count; i++)
        if (str_eq(str_of(c->shown->keys[i]), key))
            return true;
    return false;
}

static void note_shown(struct clerk *c, struct str key)
{
    if (c->shown == NULL)
        c->shown = memory_new(1, sizeof *c->shown);
    CHECK(c->shown->count < SHOWN_MAX);
    CHECK(key.len < KEY_BYTES);
    memcpy(c->shown->keys[c->shown->count++], key.ptr, key.len); // zeroed, so it ends there
}

static void forget_shown(struct clerk *c, struct str key)
{
    for (size_t i = 0; c->shown != NULL && i < c->shown->count; i++) {
        if (!str_eq(str_of(c->shown->keys[i]), key))
            continue;
        c->shown->count--;
        memcpy(c->shown->keys[i], c->shown->keys[c->shown->count], KEY_BYTES);
        memset(c->shown->keys[c->shown->count], 0, KEY_BYTES);
        return;
    }
}

bool clerk_landed_mark(struct clerk *c, struct txn *exchange, const struct digest *blob,
                       const struct clerk_landed *l, struct err *err)
{
    char key[KEY_BYTES];
    uint8_t value[512];
    struct writer w = writer_of(value, sizeof value);
    writer_u64(&w, l->at.n);
    writer_u8(&w, l->from_author ? 1 : 0);
    writer_put(&w, str_bytes(l->origin));
    CHECK(!w.full);
    forget_shown(c, key_of(blob, l, key)); // it came anew, and is to be shown anew
    return exchange_setting_put(exchange, str_of(key), writer_bytes(&w), err);
}

bool clerk_landed_owes(const struct clerk *c)
{
    return c->shown != NULL && c->shown->count > 0;
}

void clerk_landed_forget(struct clerk *c)
{
    memory_release(c->shown);
    c->shown = NULL;
}

bool clerk_landed_settle(struct clerk *c, struct err *err)
{
    struct txn txn = {0};
    if (!clerk_landed_owes(c))
        return true;
    bool done = db_settle(c->exchange, err) && db_settle(c->office, err) &&
                db_begin_deferred(c->exchange, &txn, err);
    for (size_t i = 0; done && i < c->shown->count; i++)
        done = exchange_setting_drop(&txn, str_of(c->shown->keys[i]), err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    if (done)
        clerk_landed_forget(c);
    return done;
}

struct marks {
    struct clerk *c;
    struct arena *arena;
    struct str keys[AT_A_TIME];
    struct clerk_landed rows[AT_A_TIME];
    size_t count;
};

static bool take_mark(void *context, struct str key, struct bytes value, struct err *err)
{
    struct marks *m = context;
    struct reader r = reader_of(value);
    struct str origin;
    if (m->count == AT_A_TIME || is_shown(m->c, key))
        return true; // the rest in the next round
    struct clerk_landed *row = &m->rows[m->count];
    row->at.n = reader_u64(&r);
    row->from_author = reader_u8(&r) != 0;
    if (r.failed || !text_check_line(r.rest, &origin, err))
        return err_set(err, ERR_MALFORMED, NULL, "a mark of a body that landed");
    return arena_str(m->arena, key, &m->keys[m->count++], err) &&
           arena_str(m->arena, origin, &row->origin, err);
}

static bool show_some(struct clerk *c, struct marks *m, struct err *err)
{
    struct txn txn = {0};
    bool done =
        db_begin(c->exchange, &txn, err) && exchange_settings(&txn, STR(LANDED), take_mark, m, err);
    txn_release(&txn);
    if (done && m->count > 0)
        done = clerk_project_landed(c, m->rows, m->count, err);
    for (size_t i = 0; done && i < m->count; i++)
        note_shown(c, m->keys[i]);
    return done;
}

bool clerk_landed_all(struct clerk *c, struct err *err)
{
    struct marks *m = memory_new(1, sizeof *m);
    bool done = true;
    do {
        struct arena a;
        arena_init(&a, 1 << 20);
        *m = (struct marks){.c = c, .arena = &a};
        if (c->shown != NULL && c->shown->count + AT_A_TIME > SHOWN_MAX)
            done = clerk_landed_settle(c, err);
        done = done && show_some(c, m, err);
        arena_release(&a);
    } while (done && m->count == AT_A_TIME);
    memory_release(m);
    return done;
}
