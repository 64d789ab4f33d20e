// keeper/act_hold.c - status, the few secrets the table hands out, the register, the community.
#define _GNU_SOURCE // memfd_create
#include "keeper/acts.h"

#include "base/limits.h"
#include "crypto/age_header.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STANZAS_MAX = 256, ENCRYPTION_KEYS_MAX = 16 };

static const char *const lock_reasons[] = {
    [KEEPER_SIGNS] = "",
    [KEEPER_UNFOUNDED] = "the log is not founded: the roots' key manifest is missing",
    [KEEPER_RESTORED] =
        ("the keeper's state is not there or damaged, as after a restore: it waits for "
         "a quorum or an order of the roots"),
    [KEEPER_OWN_HISTORIES] = ("a checkpoint signed with this log's key was shown that this keeper "
                              "does not know: this may be fault, theft or intent"),
    [KEEPER_RETIRED] = "the roots retired this log",
};
_Static_assert(sizeof lock_reasons / sizeof lock_reasons[0] == KEEPER_LOCK_COUNT,
               "a reason per lock");

const char *act_lock_reason(const struct vault *v)
{
    return lock_reasons[v->state.lock];
}

bool act_must_sign(const struct vault *v, struct err *err)
{
    if (v->state.lock == KEEPER_SIGNS && !v->broken)
        return true;
    return err_set(err, ERR_LOCKED, "DESIGN 9", "%s",
                   v->broken ? "a durable step failed; the keeper starts anew"
                             : act_lock_reason(v));
}

bool act_columns_done(const struct act_io *io, struct err *err)
{
    if (reader_done(&io->ask))
        return true;
    return err_set(err, ERR_MALFORMED, "keeper/frames.h", "columns too few or too many");
}

bool act_save(struct vault *v, struct err *err)
{
    (void)vault_now(v); // what is saved is the time that never goes back
    if (keeper_state_save(v->world, v->folder, v->origin, &v->state, err))
        return true;
    v->broken = true;
    return err_wrap(err, "the keeper's state");
}

static bool check_until(const struct vault *v, struct moment until, struct err *err)
{
    char after[MOMENT_CHARS + 1];
    if (!v->state.has_void_until || until.s > v->state.void_until.s)
        return true;
    moment_write(v->state.void_until, after);
    return err_set(err, ERR_DENIED, "FORMATS 10",
                   "approvals given before the restore are void; approve anew, until after %s",
                   after);
}

bool act_check_not_void(struct vault *v, const struct bytes *approvals, size_t count,
                        struct moment *ret_longest, struct err *err)
{
    struct moment longest = {0};
    for (size_t i = 0; i < count; i++) {
        struct verified_approval a;
        if (!register_open_approval(&v->approvers, approvals[i], vault_now(v), &a, err) ||
            !check_until(v, a.approval.until, err))
            return false;
        if (a.approval.until.s > longest.s)
            longest = a.approval.until;
    }
    *ret_longest = longest;
    return true;
}

bool act_take_approvals(struct act_io *io, const struct bytes **ret, size_t *ret_count,
                        struct err *err)
{
    size_t count = reader_u16(&io->ask);
    if (io->ask.failed || count > REGISTER_APPROVALS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu approvals", count);
    struct bytes *notes = arena_new(io->arena, struct bytes, count + 1);
    if (notes == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu approvals", count);
    for (size_t i = 0; i < count; i++)
        notes[i] = reader_block16(&io->ask);
    if (io->ask.failed)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "an approval cut short");
    *ret = notes;
    *ret_count = count;
    return true;
}

bool act_status(struct vault *v, struct act_io *io, struct err *err)
{
    struct digest root = edge_root(&v->state.edge);
    struct buffer *b = &io->answer;
    if (!act_columns_done(io, err))
        return false;
    buffer_block16(b, str_bytes(v->origin));
    buffer_block16(b, str_bytes(state_code_str(&v->state_code)));
    buffer_number(b, v->state.edge.size.n, 8);
    buffer_put(b, bytes_of(root.octets, DIGEST_BYTES));
    buffer_block32(b, bytes_of(v->state.checkpoint, v->state.checkpoint_size));
    buffer_number(b, (uint64_t)v->state.lock, 1);
    buffer_block16(b, str_bytes(str_of(act_lock_reason(v))));
    buffer_number(b, v->has_manifest && v->manifest.keys.demo ? 1 : 0, 1);
    buffer_block32(b, str_bytes(v->approvers.text));
    buffer_put(b, bytes_of(v->approvers.hash.octets, DIGEST_BYTES));
    return true;
}

// Newest key first: most bodies are sealed to it.
static bool open_stanza(const struct vault *v, const struct age_wrapped *wrapped,
                        struct age_file_key *ret)
{
    char name[32];
    struct err why = {0};
    for (int n = ENCRYPTION_KEYS_MAX; n > 0; n--) {
        (void)snprintf(name, sizeof name, "encryption/%d", n);
        const struct secret *identity = vault_secret(v, name);
        if (identity != NULL && age_stanza_open(wrapped, identity, ret, &why))
            return true;
    }
    return false;
}

bool act_open_stanzas(struct vault *v, struct act_io *io, struct err *err)
{
    size_t count = reader_u16(&io->ask);
    if (io->ask.failed || count > STANZAS_MAX)
        return err_set(err, ERR_LIMIT, "keeper/frames.h", "%zu stanzas", count);
    buffer_number(&io->answer, count, 2);
    for (size_t i = 0; i < count; i++) {
        struct age_wrapped wrapped;
        struct age_file_key key = {{0}};
        reader_copy(&io->ask, wrapped.share, sizeof wrapped.share);
        reader_copy(&io->ask, wrapped.body, sizeof wrapped.body);
        bool opened = !io->ask.failed && open_stanza(v, &wrapped, &key);
        buffer_number(&io->answer, opened ? ERR_NONE : ERR_NOT_FOUND, 1);
        buffer_put(&io->answer, bytes_of(key.octets, sizeof key.octets));
        secret_wipe(key.octets, sizeof key.octets);
    }
    return act_columns_done(io, err);
}

bool act_desk_key(struct vault *v, struct act_io *io, struct err *err)
{
    char name[32];
    uint8_t desk = reader_u8(&io->ask);
    if (!act_columns_done(io, err))
        return false;
    if (desk == DESK_NONE || desk >= DESK_COUNT)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "desk %u", desk);
    (void)snprintf(name, sizeof name, "office/%s", desk_word((enum desk)desk));
    const struct secret *key = vault_secret(v, name);
    if (key == NULL)
        return err_set(err, ERR_NOT_FOUND, NULL, "there is no key of that desk's office");
    buffer_put(&io->answer, secret_bytes(key));
    return true;
}

bool act_tls_key(struct vault *v, struct act_io *io, struct err *err)
{
    const char *name = io->caller == KEEPER_FOR_DOOR ? "tls/door" : "tls/courier";
    const struct secret *seed = vault_secret(v, name);
    if (!act_columns_done(io, err))
        return false;
    if (seed == NULL)
        return err_set(err, ERR_NOT_FOUND, NULL, "there is no TLS key");
    int fd = memfd_create("tls", MFD_CLOEXEC);
    if (fd < 0 || pwrite(fd, seed->ptr, seed->len, 0) != (ssize_t)seed->len) {
        if (fd >= 0)
            (void)close(fd); // a memory file that holds nothing anyone waits for
        return err_set(err, ERR_IO, NULL, "cannot make a memory file for the TLS key");
    }
    io->fd = fd;
    return true;
}

static struct decision_case no_draft(struct vault *v, const struct bytes *approvals, size_t count)
{
    return (struct decision_case){{{0}}, approvals, count, vault_now(v)};
}

bool act_change_register(struct vault *v, struct act_io *io, struct err *err)
{
    struct approver_register next;
    const struct bytes *approvals;
    size_t count;
    struct bytes sent = reader_block32(&io->ask);
    if (!act_take_approvals(io, &approvals, &count, err) || !act_columns_done(io, err) ||
        !register_read(io->arena, sent, &next, err))
        return false;
    struct decision_case how = no_draft(v, approvals, count);
    struct moment longest;
    if (!register_check_change(&v->approvers, &next, &how, err) ||
        !act_check_not_void(v, approvals, count, &longest, err) ||
        !vault_put_register(v, sent, err))
        return false;
    buffer_put(&io->answer, bytes_of(v->approvers.hash.octets, DIGEST_BYTES));
    return true;
}

// Administrators approve the file's hash as they approve a register's.
static bool check_community_change(struct vault *v, struct bytes file,
                                   const struct bytes *approvals, size_t count, struct err *err)
{
    struct digest wanted = digest_of(file);
    struct str names[REGISTER_APPROVALS_MAX];
    unsigned administrators = 0;
    for (size_t i = 0; i < count; i++) {
        struct verified_approval a;
        if (!register_open_approval(&v->approvers, approvals[i], vault_now(v), &a, err))
            return false;
        if (a.approval.decision != DECISION_REGISTER || !digest_eq(&a.approval.text, &wanted) ||
            !officer_has_role(a.officer, OFFICER_ADMINISTRATOR))
            return err_set(err, ERR_DENIED, "DESIGN 8", "an approval of something else");
        for (size_t n = 0; n < i; n++)
            if (str_eq(names[n], a.approval.officer))
                return err_set(err, ERR_DENIED, "FORMATS 5", "the same officer twice");
        names[i] = a.approval.officer;
        administrators++;
    }
    if (administrators < v->approvers.change)
        return err_set(err, ERR_DENIED, "DESIGN 8",
                       "%u of %u administrators approved the community file", administrators,
                       v->approvers.change);
    return true;
}

bool act_community(struct vault *v, struct act_io *io, struct err *err)
{
    struct community next;
    const struct bytes *approvals;
    size_t count;
    struct bytes sent = reader_block32(&io->ask);
    if (!act_take_approvals(io, &approvals, &count, err) || !act_columns_done(io, err) ||
        !community_read(io->arena, sent, &next, err))
        return false;
    const struct community_state *own = community_by_origin(&next, v->origin);
    if (own == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "the community file does not name this log");
    if (v->has_community && digest_eq(&v->community.hash, &next.hash))
        return true;
    // A keeper that waits for a quorum takes nobody's word for what a quorum is.
    bool first = !v->has_community && v->state.lock != KEEPER_RESTORED;
    struct moment longest;
    if (!first && (!check_community_change(v, sent, approvals, count, err) ||
                   !act_check_not_void(v, approvals, count, &longest, err)))
        return false;
    return vault_put_community(v, sent, err);
}
