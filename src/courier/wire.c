#include "courier/wire.h"

#include "record/entry.h"

enum { ENTRY_RAW, ENTRY_PACKED_OPEN, ENTRY_PACKED_SEALED };
enum { WAITING_NAMED = 4, WAITING_PRECEDENCE = 3 };

struct origin_id origin_id_of(struct str origin)
{
    struct origin_id id;
    struct digest d = digest_of(str_bytes(origin));
    memcpy(id.octets, d.octets, sizeof id.octets);
    return id;
}

struct origin_id wire_book_id(struct str name)
{
    struct origin_id id;
    struct hash h;
    hash_init(&h);
    hash_put(&h, str_bytes(STR("codebook ")));
    hash_put(&h, str_bytes(name));
    struct digest d = hash_end(&h);
    memcpy(id.octets, d.octets, sizeof id.octets);
    return id;
}

bool origin_id_eq(const struct origin_id *a, const struct origin_id *b)
{
    return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

// -- numbers -------------------------------------------------------------------------------------
static uint64_t take_number(struct reader *r)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t octet = reader_u8(r);
        uint64_t part = octet & 0x7F;
        bool over = part << shift >> shift != part;
        bool longer = octet == 0 && shift > 0; // a shorter form exists
        if (over || longer)
            break;
        n |= part << shift;
        if ((octet & 0x80) == 0)
            return n;
    }
    r->failed = true;
    return 0;
}

static void put_number(struct buffer *out, uint64_t n)
{
    while (n > 0x7F) {
        buffer_number(out, (n & 0x7F) | 0x80, 1);
        n >>= 7;
    }
    buffer_number(out, n, 1);
}

static void put_octets(struct buffer *out, const void *octets, size_t size)
{
    buffer_put(out, bytes_of(octets, size));
}

// -- what several frames hold --------------------------------------------------------------------
static uint64_t take_size(struct reader *r)
{
    uint64_t n = take_number(r);
    if (n > TREE_SIZE_MAX)
        r->failed = true;
    return n;
}

static void take_id(struct reader *r, struct origin_id *ret)
{
    reader_copy(r, ret->octets, sizeof ret->octets);
}

static void take_line(struct reader *r, struct wire_log_line *ret)
{
    ret->key_id = reader_u32(r);
    reader_copy(r, ret->signature.octets, SIGNATURE_BYTES);
}

static void put_line(struct buffer *out, const struct wire_log_line *line)
{
    buffer_number(out, line->key_id, 4);
    put_octets(out, line->signature.octets, SIGNATURE_BYTES);
}

// Room for as many rows as the octets left can hold at most.
static size_t rows_most(const struct reader *r, size_t row_bytes)
{
    return r->rest.len / row_bytes + 1;
}

// -- HELLO, HAVE, WAITING, WANT ------------------------------------------------------------------
static bool read_hello(struct reader *r, struct wire_hello *ret, struct err *err)
{
    uint8_t version = reader_u8(r);
    ret->flags = reader_u8(r);
    take_id(r, &ret->from);
    take_id(r, &ret->to);
    if (version != WIRE_VERSION && !r->failed)
        return err_set(err, ERR_UNSUPPORTED, "FORMATS 7", "wire version %u", version);
    if ((ret->flags & ~WIRE_FLAGS_ALL) != 0)
        r->failed = true;
    return true;
}

static bool no_room(struct err *err)
{
    return err_set(err, ERR_LIMIT, "courier/wire.h", "the batch holds too much");
}

static bool read_have(struct reader *r, struct arena *a, struct wire_frame *ret, struct err *err)
{
    size_t count = 0;
    size_t most = rows_most(r, ORIGIN_ID_BYTES + 1 + ROOT_PREFIX_BYTES);
    struct wire_have *rows = arena_new(a, struct wire_have, most);
    if (rows == NULL)
        return no_room(err);
    for (; r->rest.len > 0 && !r->failed; count++) {
        CHECK(count < most);
        take_id(r, &rows[count].origin);
        rows[count].size.n = take_size(r);
        reader_copy(r, rows[count].root_prefix, ROOT_PREFIX_BYTES);
    }
    ret->of.have.rows = rows;
    ret->of.have.count = count;
    return true;
}

static void read_hint(struct reader *r, struct wire_waiting *ret)
{
    take_id(r, &ret->origin);
    ret->index.n = take_size(r);
    uint8_t marks = reader_u8(r);
    ret->precedence = (enum precedence)(marks & WAITING_PRECEDENCE);
    ret->named = (marks & WAITING_NAMED) != 0;
    if ((marks & ~(WAITING_NAMED | WAITING_PRECEDENCE)) != 0)
        r->failed = true;
    if (!ret->named)
        return;
    reader_copy(r, ret->hash.octets, DIGEST_BYTES);
    ret->size = take_number(r);
    if (ret->size > BLOB_BYTES_MAX)
        r->failed = true;
}

static bool read_waiting(struct reader *r, struct arena *a, struct wire_frame *ret, struct err *err)
{
    size_t count = 0;
    size_t most = rows_most(r, ORIGIN_ID_BYTES + 2);
    struct wire_waiting *rows = arena_new(a, struct wire_waiting, most);
    if (rows == NULL)
        return no_room(err);
    for (; r->rest.len > 0 && !r->failed; count++) {
        CHECK(count < most);
        read_hint(r, &rows[count]);
    }
    ret->of.waiting.rows = rows;
    ret->of.waiting.count = count;
    return true;
}

static bool read_want(struct reader *r, struct arena *a, struct wire_frame *ret, struct err *err)
{
    size_t count = 0;
    size_t most = rows_most(r, DIGEST_BYTES + 1);
    struct wire_want *rows = arena_new(a, struct wire_want, most);
    if (rows == NULL)
        return no_room(err);
    for (; r->rest.len > 0 && !r->failed; count++) {
        CHECK(count < most);
        reader_copy(r, rows[count].hash.octets, DIGEST_BYTES);
        rows[count].have = take_number(r);
    }
    ret->of.want.rows = rows;
    ret->of.want.count = count;
    return true;
}

// -- ENTRIES and COSIGS --------------------------------------------------------------------------
// A commitment has one form on the wire, the packed one.
static bool is_commitment(struct bytes octets, struct entry *ret)
{
    struct err why = {0};
    return entry_read(octets, ret, &why) && (ret->kind == ENTRY_OPEN || ret->kind == ENTRY_SEALED);
}

static bool read_packed(struct reader *r, enum entry_kind kind, struct arena *a, struct bytes *ret,
                        struct err *err)
{
    struct entry entry = {.kind = kind};
    struct entry again;
    reader_copy(r, entry.body.octets, DIGEST_BYTES);
    entry.body_bytes = take_number(r);
    reader_copy(r, entry.commit.octets, DIGEST_BYTES);
    if (r->failed)
        return true;
    if (!entry_write(&entry, a, ret, err))
        return false;
    if (!is_commitment(*ret, &again))
        r->failed = true; // a size that no entry has
    return true;
}

static bool read_entry(struct reader *r, struct arena *a, struct bytes *ret, struct err *err)
{
    struct entry entry;
    uint8_t form = reader_u8(r);
    if (form == ENTRY_PACKED_OPEN || form == ENTRY_PACKED_SEALED)
        return read_packed(r, form == ENTRY_PACKED_OPEN ? ENTRY_OPEN : ENTRY_SEALED, a, ret, err);
    uint64_t size = take_number(r);
    if (form != ENTRY_RAW || size > ENTRY_BYTES_MAX)
        r->failed = true;
    *ret = reader_take(r, r->failed ? 0 : (size_t)size);
    if (!r->failed && is_commitment(*ret, &entry))
        r->failed = true;
    return true;
}

static bool read_entries(struct reader *r, struct arena *a, struct wire_entries *ret,
                         struct err *err)
{
    take_id(r, &ret->origin);
    ret->first.n = take_size(r);
    uint64_t count = take_size(r);
    if (count > r->rest.len / 2) // an entry takes two octets at least
        r->failed = true;
    if (r->failed)
        return true;
    struct bytes *entries = arena_new(a, struct bytes, (size_t)count + 1);
    if (entries == NULL)
        return no_room(err);
    for (uint64_t i = 0; i < count && !r->failed; i++)
        if (!read_entry(r, a, &entries[i], err))
            return false;
    ret->entries = entries;
    ret->count = (size_t)count;
    ret->size.n = take_size(r);
    reader_copy(r, ret->root.octets, DIGEST_BYTES);
    take_line(r, &ret->line);
    return true;
}

static bool read_cosigs(struct reader *r, struct arena *a, struct wire_cosigs *ret, struct err *err)
{
    take_id(r, &ret->origin);
    ret->size.n = take_size(r);
    take_line(r, &ret->line);
    size_t most = rows_most(r, ORIGIN_ID_BYTES + 1 + 4 + 8 + SIGNATURE_BYTES);
    struct wire_cosig *rows = arena_new(a, struct wire_cosig, most);
    if (rows == NULL)
        return no_room(err);
    ret->rows = rows;
    for (ret->count = 0; r->rest.len > 0 && !r->failed; ret->count++) {
        CHECK(ret->count < most);
        struct wire_cosig *row = &rows[ret->count];
        take_id(r, &row->cosigner);
        uint8_t role = reader_u8(r);
        row->mirror = role == 2;
        if (role != 1 && role != 2)
            r->failed = true;
        row->key_id = reader_u32(r);
        row->time_s = reader_u64(r);
        reader_copy(r, row->signature.octets, SIGNATURE_BYTES);
    }
    return true;
}

// -- a batch -------------------------------------------------------------------------------------
static bool read_payload(struct reader *r, struct arena *a, struct wire_frame *ret, struct err *err)
{
    switch (ret->kind) {
    case WIRE_HELLO:
        return read_hello(r, &ret->of.hello, err);
    case WIRE_HAVE:
        return read_have(r, a, ret, err);
    case WIRE_ENTRIES:
        return read_entries(r, a, &ret->of.entries, err);
    case WIRE_COSIGS:
        return read_cosigs(r, a, &ret->of.cosigs, err);
    case WIRE_MANIFESTS:
        take_id(r, &ret->of.manifests.origin);
        ret->of.manifests.chain = reader_take(r, r->rest.len);
        return true;
    case WIRE_EVIDENCE:
        ret->of.evidence = reader_take(r, r->rest.len);
        return true;
    case WIRE_WAITING:
        return read_waiting(r, a, ret, err);
    case WIRE_WANT:
        return read_want(r, a, ret, err);
    case WIRE_NONE:
    case WIRE_KIND_COUNT:
        break;
    }
    return err_set(err, ERR_MALFORMED, "courier/wire.h", "a frame of kind %d", (int)ret->kind);
}

static bool read_frame(struct reader *all, struct arena *a, struct wire_frame *ret, struct err *err)
{
    struct reader r = reader_of(reader_block32(all));
    uint8_t kind = reader_u8(&r);
    if (all->failed || r.failed || kind >= WIRE_KIND_COUNT)
        return err_set(err, ERR_MALFORMED, "courier/wire.h",
                       "a frame that is cut short or unknown");
    ret->kind = (enum wire_kind)kind;
    if (!read_payload(&r, a, ret, err))
        return false;
    return reader_done(&r) ||
           err_set(err, ERR_MALFORMED, "courier/wire.h", "a frame of kind %d", (int)kind);
}

bool wire_read(struct bytes sent, struct arena *a, struct wire_batch *ret, struct err *err)
{
    struct reader all = reader_of(sent);
    size_t count = 0;
    if (sent.len > WIRE_BATCH_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 7", "a batch of %zu octets", sent.len);
    struct wire_frame *frames = arena_new(a, struct wire_frame, WIRE_FRAMES_MAX);
    if (frames == NULL)
        return no_room(err);
    for (; all.rest.len > 0; count++) {
        if (count == WIRE_FRAMES_MAX)
            return err_set(err, ERR_LIMIT, "courier/wire.h", "more than %zu frames", count);
        if (!read_frame(&all, a, &frames[count], err))
            return false;
        if ((frames[count].kind == WIRE_HELLO) != (count == 0))
            return err_set(err, ERR_MALFORMED, "FORMATS 7", "HELLO stands first, and once");
    }
    if (count == 0)
        return err_set(err, ERR_MALFORMED, "FORMATS 7", "an empty batch");
    *ret = (struct wire_batch){frames, count};
    return true;
}

// -- writing -------------------------------------------------------------------------------------
static void put_entry(struct buffer *out, struct bytes octets)
{
    struct entry entry;
    if (!is_commitment(octets, &entry)) {
        buffer_number(out, ENTRY_RAW, 1);
        put_number(out, octets.len);
        buffer_put(out, octets);
        return;
    }
    buffer_number(out, entry.kind == ENTRY_OPEN ? ENTRY_PACKED_OPEN : ENTRY_PACKED_SEALED, 1);
    put_octets(out, entry.body.octets, DIGEST_BYTES);
    put_number(out, entry.body_bytes);
    put_octets(out, entry.commit.octets, DIGEST_BYTES);
}

size_t wire_entry_bytes(struct bytes entry)
{
    return entry.len + 4;
}

static void put_entries(struct buffer *out, const struct wire_entries *e)
{
    put_octets(out, e->origin.octets, ORIGIN_ID_BYTES);
    put_number(out, e->first.n);
    put_number(out, e->count);
    for (size_t i = 0; i < e->count; i++)
        put_entry(out, e->entries[i]);
    put_number(out, e->size.n);
    put_octets(out, e->root.octets, DIGEST_BYTES);
    put_line(out, &e->line);
}

static void put_cosigs(struct buffer *out, const struct wire_cosigs *c)
{
    put_octets(out, c->origin.octets, ORIGIN_ID_BYTES);
    put_number(out, c->size.n);
    put_line(out, &c->line);
    for (size_t i = 0; i < c->count; i++) {
        put_octets(out, c->rows[i].cosigner.octets, ORIGIN_ID_BYTES);
        buffer_number(out, c->rows[i].mirror ? 2 : 1, 1);
        buffer_number(out, c->rows[i].key_id, 4);
        buffer_number(out, c->rows[i].time_s, 8);
        put_octets(out, c->rows[i].signature.octets, SIGNATURE_BYTES);
    }
}

static void put_waiting(struct buffer *out, const struct wire_waiting *w)
{
    put_octets(out, w->origin.octets, ORIGIN_ID_BYTES);
    put_number(out, w->index.n);
    buffer_number(out, (unsigned)w->precedence | (w->named ? WAITING_NAMED : 0U), 1);
    if (!w->named)
        return;
    put_octets(out, w->hash.octets, DIGEST_BYTES);
    put_number(out, w->size);
}

static void put_have(struct buffer *out, const struct wire_have *h)
{
    put_octets(out, h->origin.octets, ORIGIN_ID_BYTES);
    put_number(out, h->size.n);
    put_octets(out, h->root_prefix, ROOT_PREFIX_BYTES);
}

static void put_payload(struct buffer *out, const struct wire_frame *f)
{
    switch (f->kind) {
    case WIRE_HELLO:
        buffer_number(out, WIRE_VERSION, 1);
        buffer_number(out, f->of.hello.flags, 1);
        put_octets(out, f->of.hello.from.octets, ORIGIN_ID_BYTES);
        put_octets(out, f->of.hello.to.octets, ORIGIN_ID_BYTES);
        return;
    case WIRE_HAVE:
        for (size_t i = 0; i < f->of.have.count; i++)
            put_have(out, &f->of.have.rows[i]);
        return;
    case WIRE_ENTRIES:
        put_entries(out, &f->of.entries);
        return;
    case WIRE_COSIGS:
        put_cosigs(out, &f->of.cosigs);
        return;
    case WIRE_MANIFESTS:
        put_octets(out, f->of.manifests.origin.octets, ORIGIN_ID_BYTES);
        buffer_put(out, f->of.manifests.chain);
        return;
    case WIRE_EVIDENCE:
        buffer_put(out, f->of.evidence);
        return;
    case WIRE_WAITING:
        for (size_t i = 0; i < f->of.waiting.count; i++)
            put_waiting(out, &f->of.waiting.rows[i]);
        return;
    case WIRE_WANT:
        for (size_t i = 0; i < f->of.want.count; i++) {
            put_octets(out, f->of.want.rows[i].hash.octets, DIGEST_BYTES);
            put_number(out, f->of.want.rows[i].have);
        }
        return;
    case WIRE_NONE:
    case WIRE_KIND_COUNT:
        break;
    }
    CHECK(false);
}

void wire_put(struct buffer *out, const struct wire_frame *frame)
{
    size_t at = out->len;
    buffer_number(out, 0, 4);
    buffer_number(out, (uint64_t)frame->kind, 1);
    put_payload(out, frame);
    if (out->full)
        return;
    uint64_t size = out->len - at - 4;
    for (int i = 0; i < 4; i++)
        out->ptr[at + (size_t)i] = (uint8_t)(size >> (24 - 8 * i));
}
