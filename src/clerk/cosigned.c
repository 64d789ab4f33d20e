#include "clerk/cosigned.h"

#include "log/checkpoint.h"
#include "log/cosign.h"
#include "store/exchange_witness.h"

enum { SIZES_TRIED_MAX = 256 }; // a quorum far above the entry is as good as the one before it

// -- keeping -------------------------------------------------------------------------------------
bool clerk_cosigned_keep(struct txn *txn, struct log_id log, struct bytes note, uint16_t *ret_new,
                         struct err *err)
{
    struct note read;
    struct checkpoint_claim claim;
    uint8_t room[NOTE_LINE_BYTES_MAX];
    uint16_t fresh = 0;
    if (!note_read(note, &read, err) || !checkpoint_read(read.text, &claim, err))
        return false;
    for (size_t i = 0; i < read.signatures_count; i++) {
        const struct note_signature *line = &read.signatures[i];
        struct writer w = writer_of(room, sizeof room);
        struct exchange_cosig row = {
            .log = log, .size = claim.said.size, .key_name = line->name, .key_id = line->id};
        bool own = str_eq(line->name, claim.said.origin);
        bool is_new = false;
        if (line->repeated || (!own && !cosign_claimed_time(line, &row.time_s)))
            continue;
        note_line_write(line, &w);
        CHECK(!w.full);
        row.line = writer_bytes(&w);
        if (!exchange_cosig_put(txn, &row, &is_new, err))
            return false;
        fresh = (uint16_t)(fresh + (is_new && !own ? 1 : 0));
    }
    *ret_new = fresh;
    return true;
}

// -- putting together ----------------------------------------------------------------------------
struct putting {
    struct str origin;
    struct bytes own; // the log's line
    struct buffer lines;
    size_t count;
};

static bool take_line(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct putting *p = context;
    if (str_eq(row->key_name, p->origin))
        return arena_copy(p->lines.arena, row->line, &p->own, err);
    if (p->count == NOTE_SIGNATURES_MAX - 1)
        return true; // more than a note may carry; a quorum needs fewer
    p->count++;
    buffer_put(&p->lines, row->line);
    return true;
}

// The newest checkpoint's line stands in the log's row.
static bool own_line(const struct exchange_log *log, struct tree_size size, struct putting *p,
                     struct err *err)
{
    struct note note;
    uint8_t room[NOTE_LINE_BYTES_MAX];
    if (p->own.len > 0)
        return true;
    if (log->signed_size.n != size.n || log->checkpoint.len == 0)
        return err_set(err, ERR_NOT_FOUND, "FORMATS 9",
                       "no checkpoint of %llu entries of %.*s is held", (unsigned long long)size.n,
                       STR_ARG(log->origin));
    if (!note_read(log->checkpoint, &note, err))
        return false;
    for (size_t i = 0; i < note.signatures_count; i++) {
        struct writer w = writer_of(room, sizeof room);
        if (!str_eq(note.signatures[i].name, log->origin))
            continue;
        note_line_write(&note.signatures[i], &w);
        CHECK(!w.full);
        return arena_copy(p->lines.arena, writer_bytes(&w), &p->own, err);
    }
    return err_set(err, ERR_TAMPERED, "DESIGN 5.4", "the stored checkpoint has no line of its log");
}

static bool root_at(struct txn *txn, const struct exchange_log *log, struct tree_size size,
                    struct digest *ret, struct err *err)
{
    struct exchange_tiles tiles;
    if (size.n == 0 || size.n > log->size.n)
        return err_set(err, ERR_NOT_FOUND, "FORMATS 9", "%llu of %llu entries are held",
                       (unsigned long long)log->size.n, (unsigned long long)size.n);
    exchange_tiles_init(&tiles, txn, log->id);
    return merkle_subtree_hash(&tiles.source, (struct subtree){0, size.n}, ret, err);
}

bool clerk_cosigned_at(struct txn *txn, const struct exchange_log *log, struct tree_size size,
                       struct arena *a, struct bytes *ret, struct err *err)
{
    struct putting p = {.origin = log->origin};
    struct digest root;
    struct buffer out;
    uint8_t text[CHECKPOINT_BYTES_MAX];
    struct writer w = writer_of(text, sizeof text);
    buffer_init(&p.lines, a, NOTE_BYTES_MAX);
    buffer_init(&out, a, NOTE_BYTES_MAX);
    if (!root_at(txn, log, size, &root, err) ||
        !exchange_cosigs(txn, log->id, size, take_line, &p, err) || !own_line(log, size, &p, err))
        return false;
    checkpoint_text(log->origin, size, &root, &w);
    CHECK(!w.full);
    buffer_put(&out, writer_bytes(&w));
    buffer_str(&out, STR("\n"));
    buffer_put(&out, p.own);
    buffer_put(&out, buffer_bytes(&p.lines));
    return buffer_take(&out, ret, err);
}

// -- finding -------------------------------------------------------------------------------------
static bool counted(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                    struct tree_size size, struct arena *a, struct clerk_cosigned *ret,
                    struct err *err)
{
    struct note note;
    struct clerk_cosigned found = {.size = size};
    if (!clerk_cosigned_at(txn, log, size, a, &found.note, err) ||
        !note_read(found.note, &note, err) ||
        !quorum_count(&c->chains, log->origin, &note, NULL, a, &found.quorum, err))
        return false;
    *ret = found;
    return true;
}

// One walk over sizes with three ways out; cut in two it would be read twice.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
bool clerk_cosigned_over(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                         struct tree_size least, struct arena *a, struct clerk_cosigned *ret,
                         struct err *err)
{
    struct clerk_cosigned best = {0};
    struct tree_size from = least;
    if (!c->has_community)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no community file is applied here");
    for (int i = 0; i < SIZES_TRIED_MAX; i++) {
        struct err why = {0};
        struct clerk_cosigned found;
        struct tree_size size;
        if (!exchange_cosig_size(txn, log->id, from, &size, &why)) {
            if (why.kind != ERR_NOT_FOUND)
                return err_set(err, why.kind, why.clause, "%s", why.text);
            break;
        }
        from.n = size.n + 1;
        if (!counted(c, txn, log, size, a, &found, &why)) {
            if (why.kind != ERR_NOT_FOUND)
                return err_set(err, why.kind, why.clause, "%s", why.text);
            continue;
        }
        if (best.size.n == 0 || found.quorum.counted > best.quorum.counted)
            best = found;
        if (best.quorum.met)
            break;
    }
    if (best.quorum.counted == 0)
        return err_set(err, ERR_NOT_FOUND, "FORMATS 9",
                       "no checkpoint that contains it has been cosigned yet");
    *ret = best;
    return true;
}

// -- the newest ----------------------------------------------------------------------------------
struct newest {
    struct str origin;
    struct tree_size size;
};

static bool take_newest(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct newest *n = context;
    (void)err; // nothing can fail
    if (!str_eq(row->key_name, n->origin) && row->size.n > n->size.n)
        n->size = row->size;
    return true;
}

bool clerk_cosigned_newest(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                           struct arena *a, struct clerk_cosigned *ret, struct err *err)
{
    struct newest n = {.origin = log->origin};
    if (!exchange_cosigs_newest(txn, log->id, take_newest, &n, err))
        return false;
    if (n.size.n == 0 || !c->has_community)
        return err_set(err, ERR_NOT_FOUND, "FORMATS 6", "nobody has cosigned this log yet");
    return counted(c, txn, log, n.size, a, ret, err);
}
