#include "log/witness.h"

#include "base/encode.h"
#include "log/parts.h"

static const char clause[] = "C2SP tlog-witness";

// -- the request -----------------------------------------------------------------------------

bool witness_request_read(struct bytes sent, struct witness_request *ret, struct err *err)
{
    struct reader r = reader_of(sent);
    struct witness_request request;
    if (sent.len > WITNESS_REQUEST_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a request of %zu octets", sent.len);
    struct str old = parts_value(&r, STR("old"));
    if (r.failed || !decimal_read(old, TREE_SIZE_MAX, &request.old.n))
        return err_set(err, ERR_MALFORMED, clause, "the first line is not \"old SIZE\"");
    if (!parts_hashes_read(&r, &request.proof, clause, err))
        return false;
    request.note = r.rest;
    if (request.note.len == 0)
        return err_set(err, ERR_MALFORMED, clause, "no checkpoint follows the proof");
    *ret = request;
    return true;
}

void witness_request_write(const struct witness_request *request, struct writer *w)
{
    parts_number_write(STR("old "), request->old.n, w);
    parts_hashes_write(&request->proof, w);
    writer_put(w, request->note);
}

// The first line of a note's text.
static bool origin_of(const struct note *note, struct str *ret, struct err *err)
{
    struct str rest = note->text, origin;
    if (!str_split(&rest, '\n', &origin) || !checkpoint_origin_check(origin, err))
        return err_set(err, ERR_MALFORMED, clause, "the checkpoint names no origin");
    *ret = origin;
    return true;
}

bool witness_request_origin(const struct witness_request *request, struct str *ret_origin,
                            struct err *err)
{
    struct note note = {0};
    return note_read(request->note, &note, err) && origin_of(&note, ret_origin, err);
}

// -- the decision ----------------------------------------------------------------------------

#define WITNESS_STATUS(name, status, keep) [name] = {status, keep},
static const struct {
    int status;
    bool keep;
} verdicts[WITNESS_VERDICT_COUNT] = {WITNESS_VERDICTS(WITNESS_STATUS)};

int witness_status(enum witness_verdict verdict)
{
    CHECK(verdict < WITNESS_VERDICT_COUNT);
    return verdicts[verdict].status;
}

bool witness_keep(enum witness_verdict verdict)
{
    CHECK(verdict < WITNESS_VERDICT_COUNT);
    return verdicts[verdict].keep;
}

// The rules about sizes and roots, for a checkpoint the log has signed.
static enum witness_verdict decide_sizes(const struct witness_log *log,
                                         const struct witness_request *request,
                                         const struct checkpoint *next, struct err *err)
{
    struct digest held = log->size.n == 0 ? merkle_empty() : log->root;
    if (request->old.n > next->size.n) {
        (void)err_set(err, ERR_MALFORMED, clause, "the old size is above the checkpoint's");
        return WITNESS_OLD_ABOVE_NEW;
    }
    if (request->old.n != log->size.n) {
        (void)err_set(err, ERR_CONFLICT, clause, "the size cosigned last is %llu",
                      (unsigned long long)log->size.n);
        return WITNESS_OTHER_OLD;
    }
    if (next->size.n == log->size.n && !digest_eq(&next->root, &held)) {
        (void)err_set(err, ERR_TAMPERED, clause, "the size cosigned last has another root");
        return WITNESS_OTHER_ROOT;
    }
    if (!merkle_check_consistency(log->size, held, next->size, next->root,
                                  proof_of(&request->proof), err))
        return WITNESS_WRONG_PROOF;
    return WITNESS_COSIGN;
}

enum witness_verdict witness_decide(const struct witness_log *log,
                                    const struct witness_request *request,
                                    struct checkpoint *ret_next, struct err *err)
{
    struct note note = {0};
    struct str origin = {0};
    struct checkpoint_claim claim = {0};
    uint64_t verified = 0;
    if (!note_read(request->note, &note, err) || !origin_of(&note, &origin, err))
        return WITNESS_MALFORMED;
    if (log == NULL || !str_eq(log->origin, origin)) {
        (void)err_set(err, ERR_NOT_FOUND, clause, "the log %.*s is not witnessed here",
                      STR_ARG(origin));
        return WITNESS_UNKNOWN_LOG;
    }
    for (size_t i = 0; i < log->keys_count; i++)
        CHECK(log->keys[i].type == NOTE_KEY_ED25519);
    if (!note_verify(&note, log->keys, log->keys_count, &verified, err))
        return WITNESS_UNSIGNED;
    if (!checkpoint_read(note.text, &claim, err))
        return err->kind == ERR_TAMPERED ? WITNESS_WRONG_EMPTY_ROOT : WITNESS_MALFORMED;
    enum witness_verdict verdict = decide_sizes(log, request, &claim.said, err);
    if (verdict == WITNESS_COSIGN)
        *ret_next = claim.said;
    return verdict;
}

// -- the answer ------------------------------------------------------------------------------

void witness_size_write(struct tree_size size, struct writer *w)
{
    parts_number_write(STR(""), size.n, w);
}

bool witness_size_read(struct bytes sent, struct tree_size *ret, struct err *err)
{
    struct reader r = reader_of(sent);
    struct str line = parts_line(&r);
    if (!reader_done(&r) || !decimal_read(line, TREE_SIZE_MAX, &ret->n))
        return err_set(err, ERR_MALFORMED, clause, "the answer is not a size");
    return true;
}
