#include "cli/request.h"

#include "base/encode.h"
#include "base/lines.h"
#include "cli/link.h"
#include "record/record.h"

#include <stdio.h>

static bool fail(struct err *err, const char *what)
{
    return err_set(err, ERR_MALFORMED, "cli/request.h", "approval request: %s", what);
}

// The head is text, what follows it is counted: the text may be anything the decision is about.
static bool split_head(struct bytes sent, struct str *ret_head, struct bytes *ret_rest,
                       struct err *err)
{
    size_t at = 0;
    for (int line = 0; line < 5; line++) {
        while (at < sent.len && sent.ptr[at] != '\n')
            at++;
        if (at == sent.len)
            return fail(err, "it ends within its first lines");
        at++;
    }
    *ret_rest = bytes_of(sent.ptr + at, sent.len - at);
    return text_check(bytes_of(sent.ptr, at), ret_head, err);
}

bool request_read(struct bytes sent, struct request *ret, struct err *err)
{
    struct request r = {0};
    struct lines l;
    struct str head;
    uint64_t size = 0;
    if (sent.len > REQUEST_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "cli/request.h", "an approval request of %zu octets",
                       sent.len);
    if (!split_head(sent, &head, &r.text, err))
        return false;
    lines_init(&l, "approval request", head, err);
    lines_exact(&l, STR("elchi request v1"));
    r.log = lines_value(&l, STR("log"));
    struct str draft = lines_value(&l, STR("draft"));
    struct str decision = lines_value(&l, STR("decision"));
    struct str octets = lines_value(&l, STR("text"));
    if (!lines_done(&l) || !note_name_check(r.log, err))
        return false;
    if (!hex_read(draft, r.draft.octets, DRAFT_ID_BYTES))
        return fail(err, "the draft has 32 hex digits");
    if (!decision_read(decision, &r.decision) || r.decision == DECISION_REFUSE)
        return fail(err, "it asks for a release, an export or a register");
    if (!decimal_read(octets, REQUEST_BYTES_MAX, &size) || size != r.text.len)
        return fail(err, "its text has another size than it says");
    *ret = r;
    return true;
}

bool request_write(const struct request *r, struct arena *a, struct bytes *ret, struct err *err)
{
    struct buffer b;
    char hex[2 * DRAFT_ID_BYTES + 1];
    hex_write(bytes_of(r->draft.octets, DRAFT_ID_BYTES), hex);
    buffer_init(&b, a, REQUEST_BYTES_MAX);
    buffer_fmt(&b, "elchi request v1\nlog %.*s\ndraft %s\ndecision %s\ntext %zu\n", STR_ARG(r->log),
               hex, decision_word(r->decision), r->text.len);
    buffer_put(&b, r->text);
    return buffer_take(&b, ret, err);
}

bool request_digest(const struct request *r, struct arena *a, struct digest *ret, struct err *err)
{
    if (r->decision == DECISION_RELEASE || r->decision == DECISION_REFUSE)
        return record_approved_digest(a, r->text, ret, err);
    *ret = digest_of(r->text);
    return true;
}

static bool check_key(const struct request *r, const struct keyfile *officer, struct arena *a,
                      struct err *err)
{
    struct str name;
    struct approval said = {.log = r->log, .officer = link_officer_name(officer)};
    if (!approval_key_name(&said, a, &name, err))
        return false;
    return str_eq(name, officer->name) ||
           err_set(err, ERR_DENIED, "FORMATS 5", "the key %.*s is no officer's of %.*s",
                   STR_ARG(officer->name), STR_ARG(r->log));
}

bool request_approve(const struct request *r, enum decision decision, const struct keyfile *officer,
                     struct moment until, struct arena *a, struct bytes *ret, struct err *err)
{
    struct str text;
    struct approval said = {.log = r->log,
                            .draft = r->draft,
                            .decision = decision,
                            .officer = link_officer_name(officer),
                            .until = until};
    CHECK(decision == r->decision || decision == DECISION_REFUSE);
    if (!check_key(r, officer, a, err) || !request_digest(r, a, &said.text, err) ||
        !approval_write(&said, a, &text, err))
        return false;
    uint8_t *room = arena_new(a, uint8_t, APPROVAL_TEXT_BYTES_MAX + 1024);
    if (room == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for an approval");
    struct writer w = writer_of(room, APPROVAL_TEXT_BYTES_MAX + 1024);
    note_sign(text, &officer->key, &officer->seed, &w);
    *ret = writer_bytes(&w);
    return !w.full || err_set(err, ERR_LIMIT, "base/limits.h", "an approval too long to sign");
}
