#include "keeper/state.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/lines.h"

#include <stdio.h>

static const char *const lock_words[] = {"signs", "unfounded", "restored", "own-histories",
                                         "retired"};
_Static_assert(sizeof lock_words / sizeof lock_words[0] == KEEPER_LOCK_COUNT, "a word per lock");
static const char *const role_words[] = {"witness", "mirror"};

const char *keeper_lock_word(enum keeper_lock lock)
{
    CHECK(lock < KEEPER_LOCK_COUNT);
    return lock_words[lock];
}

void keeper_state_fresh(struct keeper_state *s, struct moment now)
{
    *s = (struct keeper_state){.time = now, .lock = KEEPER_UNFOUNDED, .cosigns = true};
    edge_init(&s->edge);
}

struct keeper_cosigned_row *keeper_state_cosigned(struct keeper_state *s, enum keeper_role role,
                                                  struct str origin)
{
    for (size_t i = 0; i < s->cosigned_count; i++)
        if (s->cosigned[i].role == role && str_eq(str_of(s->cosigned[i].origin), origin))
            return &s->cosigned[i];
    return NULL;
}

static int row_order(const struct keeper_cosigned_row *row, enum keeper_role role,
                     struct str origin)
{
    if (row->role != role)
        return row->role < role ? -1 : 1;
    return str_cmp(str_of(row->origin), origin);
}

bool keeper_state_cosigned_add(struct keeper_state *s, enum keeper_role role, struct str origin,
                               struct keeper_cosigned_row **ret, struct err *err)
{
    size_t at = 0;
    if (s->cosigned_count == KEEPER_COSIGNED_MAX || origin.len > ORIGIN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many logs to cosign");
    while (at < s->cosigned_count && row_order(&s->cosigned[at], role, origin) < 0)
        at++;
    CHECK(at == s->cosigned_count || row_order(&s->cosigned[at], role, origin) > 0);
    memmove(&s->cosigned[at + 1], &s->cosigned[at],
            (s->cosigned_count - at) * sizeof s->cosigned[0]);
    s->cosigned_count++;
    s->cosigned[at] = (struct keeper_cosigned_row){.role = role};
    memcpy(s->cosigned[at].origin, origin.ptr, origin.len);
    *ret = &s->cosigned[at];
    return true;
}

// -- writing -----------------------------------------------------------------------------------
static void put_base64(struct buffer *out, struct bytes octets)
{
    char *text = arena_new(out->arena, char, BASE64_CHARS(octets.len) + 1);
    if (text == NULL) {
        out->full = true;
        return;
    }
    size_t len = base64_write(octets, BASE64_PADDED, text);
    buffer_str(out, (struct str){text, len});
}

static void put_row(struct buffer *out, const struct keeper_cosigned_row *row)
{
    char genesis[DIGEST_TEXT_CHARS + 1];
    char when[MOMENT_CHARS + 1];
    digest_write(&row->genesis, genesis);
    moment_write((struct moment){(int64_t)row->time_s}, when);
    buffer_fmt(out, "cosigned %s %s %s %llu ", role_words[row->role], row->origin, genesis,
               (unsigned long long)row->size.n);
    put_base64(out, bytes_of(row->root.octets, DIGEST_BYTES));
    buffer_fmt(out, " %s\n", when);
}

static void put_log(const struct keeper_state *s, struct buffer *out)
{
    uint8_t edge[EDGE_BYTES_MAX];
    char leaves[DIGEST_TEXT_CHARS + 1];
    struct writer w = writer_of(edge, sizeof edge);
    edge_write(&s->edge, &w);
    CHECK(!w.full);
    buffer_str(out, STR("edge "));
    put_base64(out, writer_bytes(&w));
    digest_write(&s->batch_leaves, leaves);
    buffer_fmt(out, "\nbatch %llu %llu %s\ncheckpoint ", (unsigned long long)s->batch_first.n,
               (unsigned long long)s->batch_count, leaves);
    if (s->checkpoint_size == 0)
        buffer_str(out, STR("none"));
    else
        put_base64(out, bytes_of(s->checkpoint, s->checkpoint_size));
    buffer_str(out, STR("\n"));
}

bool keeper_state_write(const struct keeper_state *s, struct str origin, struct arena *a,
                        struct bytes *ret, struct err *err)
{
    char when[MOMENT_CHARS + 1];
    char until[MOMENT_CHARS + 1] = "none";
    char end[DIGEST_TEXT_CHARS + 1];
    struct buffer out;
    buffer_init(&out, a, KEEPER_STATE_BYTES_MAX);
    moment_write(s->time, when);
    if (s->has_void_until)
        moment_write(s->void_until, until);
    buffer_fmt(&out, "elchi keeper state v1\nlog %.*s\ngeneration %llu\ntime %s\nlock %s\n",
               STR_ARG(origin), (unsigned long long)s->generation, when, lock_words[s->lock]);
    buffer_fmt(&out, "cosigns %s\nvoid-until %s\n", s->cosigns ? "yes" : "no", until);
    put_log(s, &out);
    for (size_t i = 0; i < s->cosigned_count; i++)
        put_row(&out, &s->cosigned[i]);
    struct digest sum = digest_of(buffer_bytes(&out));
    digest_write(&sum, end);
    buffer_fmt(&out, "end %s\n", end);
    return buffer_take(&out, ret, err);
}

// -- reading -----------------------------------------------------------------------------------
static bool take_base64(struct str text, uint8_t *to, size_t cap, size_t *ret_size)
{
    return base64_read(text, BASE64_PADDED, to, cap, ret_size);
}

static bool take_u64(struct str text, uint64_t *ret)
{
    return decimal_read(text, TREE_SIZE_MAX, ret);
}

static void read_edge(struct lines *l, struct keeper_state *s)
{
    uint8_t octets[EDGE_BYTES_MAX];
    size_t size = 0;
    struct err why = {0};
    struct str value = lines_value(l, STR("edge"));
    if (l->failed)
        return;
    if (!take_base64(value, octets, sizeof octets, &size) ||
        !edge_read(bytes_of(octets, size), &s->edge, &why))
        (void)lines_fail(l, "keeper/state.h", "a right edge that is none");
}

static void read_batch(struct lines *l, struct keeper_state *s)
{
    struct fields f = fields_of(lines_value(l, STR("batch")));
    struct str first = field_next(&f);
    struct str count = field_next(&f);
    struct str leaves = field_next(&f);
    if (!fields_done(&f) || !take_u64(first, &s->batch_first.n) ||
        !take_u64(count, &s->batch_count) || !digest_read(leaves, &s->batch_leaves))
        (void)lines_fail(l, "keeper/state.h", "a batch that is none");
    struct str note = lines_value(l, STR("checkpoint"));
    if (l->failed || str_eq(note, STR("none")))
        return;
    if (!take_base64(note, s->checkpoint, sizeof s->checkpoint, &s->checkpoint_size))
        (void)lines_fail(l, "keeper/state.h", "a checkpoint that is none");
}

static bool read_row_fields(struct str value, struct keeper_state *s, struct err *err)
{
    struct fields f = fields_of(value);
    struct str role = field_next(&f);
    struct str origin = field_next(&f);
    struct str genesis = field_next(&f);
    struct str size = field_next(&f);
    struct str root = field_next(&f);
    struct str when = field_next(&f);
    struct keeper_cosigned_row *row = NULL;
    struct moment at = {0};
    size_t root_size = 0;
    bool is_mirror = str_eq(role, STR("mirror"));
    if (!fields_done(&f) || (!is_mirror && !str_eq(role, STR("witness"))))
        return false;
    enum keeper_role as = is_mirror ? KEEPER_MIRROR : KEEPER_WITNESS;
    size_t last = s->cosigned_count;
    if (last > 0 && row_order(&s->cosigned[last - 1], as, origin) >= 0)
        return false;
    if (!keeper_state_cosigned_add(s, as, origin, &row, err))
        return false;
    if (!digest_read(genesis, &row->genesis) || !take_u64(size, &row->size.n) ||
        !moment_read(when, &at) || !take_base64(root, row->root.octets, DIGEST_BYTES, &root_size))
        return false;
    row->time_s = (uint64_t)at.s;
    return root_size == DIGEST_BYTES;
}

static void read_rows(struct lines *l, struct keeper_state *s)
{
    struct str value = {0};
    struct err why = {0};
    while (lines_optional(l, STR("cosigned"), &value))
        if (!read_row_fields(value, s, &why))
            (void)lines_fail(l, "keeper/state.h", "a cosigned row that is none");
}

static void read_head(struct lines *l, struct str origin, struct keeper_state *s)
{
    lines_exact(l, STR("elchi keeper state v1"));
    struct str log = lines_value(l, STR("log"));
    if (!l->failed && !str_eq(log, origin))
        (void)lines_fail(l, "keeper/state.h", "it is of another log, %.*s", STR_ARG(log));
    struct str generation = lines_value(l, STR("generation"));
    struct str when = lines_value(l, STR("time"));
    struct str lock = lines_value(l, STR("lock"));
    struct str cosigns = lines_value(l, STR("cosigns"));
    struct str until = lines_value(l, STR("void-until"));
    s->has_void_until = !str_eq(until, STR("none"));
    s->cosigns = str_eq(cosigns, STR("yes"));
    s->lock = KEEPER_LOCK_COUNT;
    for (unsigned i = 0; i < KEEPER_LOCK_COUNT; i++)
        if (str_eq(lock, str_of(lock_words[i])))
            s->lock = (enum keeper_lock)i;
    if (s->lock == KEEPER_LOCK_COUNT || !take_u64(generation, &s->generation) ||
        !moment_read(when, &s->time) ||
        (s->has_void_until && !moment_read(until, &s->void_until)) ||
        (!s->cosigns && !str_eq(cosigns, STR("no"))))
        (void)lines_fail(l, "keeper/state.h", "a line of the head that is none");
}

bool keeper_state_read(struct bytes file, struct str origin, struct keeper_state *ret,
                       struct err *err)
{
    enum { END_BYTES = 4 + DIGEST_TEXT_CHARS + 1 };
    struct str text;
    struct lines l;
    struct digest said;
    struct keeper_state *s = memory_new(1, sizeof *s);
    struct str before = {0};
    struct digest sum = {{0}};
    bool done = false;
    if (!text_check(file, &text, err))
        goto out;
    if (text.len < END_BYTES ||
        !str_starts(str_slice(text, text.len - END_BYTES, text.len), STR("end ")) ||
        !digest_read(str_slice(text, text.len - END_BYTES + 4, text.len - 1), &said)) {
        (void)err_set(err, ERR_MALFORMED, "keeper/state.h", "the state file has no end");
        goto out;
    }
    before = str_slice(text, 0, text.len - END_BYTES);
    sum = digest_of(str_bytes(before));
    if (!digest_eq(&sum, &said)) {
        (void)err_set(err, ERR_TAMPERED, "keeper/state.h", "the state file is damaged");
        goto out;
    }
    lines_init(&l, "keeper state", before, err);
    read_head(&l, origin, s);
    read_edge(&l, s);
    read_batch(&l, s);
    read_rows(&l, s);
    done = lines_done(&l);
    if (done)
        *ret = *s;
out:
    memory_release(s);
    return done;
}

// -- the two files -----------------------------------------------------------------------------
static void path_of(const char *folder, unsigned slot, char *ret, size_t cap)
{
    int len = snprintf(ret, cap, "%s/state.%u", folder, slot);
    CHECK(len > 0 && (size_t)len < cap);
}

enum slot { SLOT_ABSENT, SLOT_GOOD, SLOT_DAMAGED };

static bool load_slot(struct world *w, const char *folder, unsigned slot, struct str origin,
                      struct keeper_state *s, enum slot *ret, struct err *err)
{
    char path[4096];
    struct arena a;
    struct bytes file;
    struct err why = {0};
    path_of(folder, slot, path, sizeof path);
    arena_init(&a, (size_t)2 * KEEPER_STATE_BYTES_MAX);
    bool done = true;
    *ret = SLOT_DAMAGED;
    if (!world_exists(w, path))
        *ret = SLOT_ABSENT;
    else if (!world_read_file(w, path, KEEPER_STATE_BYTES_MAX, &a, &file, &why))
        done = why.kind == ERR_LIMIT; // no state of ours is that long: damaged
    else
        *ret = keeper_state_read(file, origin, s, &why) && s->generation % 2 == slot ? SLOT_GOOD
                                                                                     : SLOT_DAMAGED;
    arena_release(&a);
    if (!done)
        *err = why;
    return done;
}

// Whoever cannot be sure how far it signed must ask the others. What it writes then must never look
// like the neighbour of a generation that was left lying.
static void lock_as_restored(struct keeper_state *s, const struct keeper_state both[2],
                             const enum slot slots[2], struct moment now)
{
    keeper_state_fresh(s, now);
    for (size_t i = 0; i < 2; i++)
        if (slots[i] == SLOT_GOOD && both[i].generation + 2 > s->generation)
            s->generation = both[i].generation + 2;
    s->lock = KEEPER_RESTORED;
    s->cosigns = false;
}

bool keeper_state_load(struct world *w, const char *folder, struct str origin,
                       struct keeper_state *ret, struct err *err)
{
    struct keeper_state *both = memory_new(2, sizeof *both);
    enum slot slots[2] = {SLOT_ABSENT, SLOT_ABSENT};
    bool done = load_slot(w, folder, 0, origin, &both[0], &slots[0], err) &&
                load_slot(w, folder, 1, origin, &both[1], &slots[1], err);
    bool two = slots[0] == SLOT_GOOD && slots[1] == SLOT_GOOD;
    if (!done)
        goto out;
    // Both are written when a keeper is made, so that one alone is always a loss.
    if (two && (both[0].generation == both[1].generation + 1 ||
                both[1].generation == both[0].generation + 1))
        *ret = both[0].generation > both[1].generation ? both[0] : both[1];
    else
        lock_as_restored(ret, both, slots, world_now(w));
out:
    memory_release(both);
    return done;
}

bool keeper_state_save(struct world *w, const char *folder, struct str origin,
                       struct keeper_state *s, struct err *err)
{
    char path[4096];
    struct arena a;
    struct bytes file;
    arena_init(&a, (size_t)4 * KEEPER_STATE_BYTES_MAX);
    s->generation++;
    path_of(folder, (unsigned)(s->generation % 2), path, sizeof path);
    bool done =
        keeper_state_write(s, origin, &a, &file, err) && world_write_file(w, path, file, 0600, err);
    if (!done)
        s->generation--;
    arena_release(&a);
    return done;
}
