// http/reply.c - see reply.h and the second half of request.h.
#include "http/reply.h"

#include "base/limits.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>

enum {
    REPLY_FIELDS_BYTES_MAX = 8192,
    REPLY_BLOCK_BYTES = 65536, // read from a source at once
    STATUS_PART = 206,
    STATUS_METHOD = 405,
    STATUS_RANGE = 416,
};

bool reply_header(struct request *rq, const char *name, struct str value, struct err *err)
{
    if (!http_is_token(str_of(name)) || !http_is_field_value(value))
        return err_set(err, ERR_MALFORMED, "RFC 9110 5.5", "the value of %s is no field value",
                       name);
    if (rq->fields.arena == NULL)
        buffer_init(&rq->fields, &rq->arena, REPLY_FIELDS_BYTES_MAX);
    buffer_put(&rq->fields, bytes_of(name, strlen(name) + 1));
    buffer_str(&rq->fields, value);
    buffer_put(&rq->fields, bytes_of("", 1));
    if (rq->fields.full)
        return err_set(err, ERR_LIMIT, NULL, "too many fields in an answer");
    return true;
}

static void response_drop(struct request *rq)
{
    if (rq->response != NULL)
        MHD_destroy_response(rq->response);
    rq->response = NULL;
}

static void fields_send(struct request *rq)
{
    const char *at = (const char *)rq->fields.ptr;
    const char *end = at == NULL ? NULL : at + rq->fields.len;
    while (at != end) {
        const char *value = at + strlen(at) + 1;
        CHECK(MHD_add_response_header(rq->response, at, value) == MHD_YES);
        at = value + strlen(value) + 1;
    }
}

static bool response_ready(struct request *rq, int status, const char *type, struct err *err)
{
    if (rq->response == NULL)
        return err_set(err, ERR_IO, NULL, "the library made no answer");
    if (type != NULL)
        CHECK(MHD_add_response_header(rq->response, "Content-Type", type) == MHD_YES);
    rq->status = status;
    return true;
}

bool reply_bytes(struct request *rq, int status, const char *type, struct bytes body,
                 struct err *err)
{
    // the library promises to only read a persistent buffer, yet asks for a pointer to write
    union {
        const uint8_t *read;
        void *write;
    } octets = {.read = body.ptr};
    CHECK(status >= 200 && status <= 599);
    CHECK(rq->response == NULL);
    rq->response = MHD_create_response_from_buffer(body.len, octets.write, MHD_RESPMEM_PERSISTENT);
    return response_ready(rq, status, type, err);
}

// -- streams and ranges --------------------------------------------------------------------------
static ssize_t source_read(void *own, uint64_t at, char *to, size_t cap)
{
    struct request *rq = own;
    struct err err = {0};
    size_t count = 0;
    if (!rq->source.read(rq->source.own, rq->source_from + at, to, cap, &count, &err)) {
        server_told(rq->server, rq, &err);
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    CHECK(count > 0);
    CHECK(count <= cap);
    return (ssize_t)count;
}

static enum range_kind range_asked(struct request *rq, const struct reply_source *source,
                                   struct range *ret)
{
    struct str value;
    struct str same;
    if (rq->facts.method != METHOD_GET || !request_header(rq, STR("Range"), &value))
        return RANGE_NONE;
    if (request_header(rq, STR("If-Range"), &same) &&
        (source->etag.len == 0 || !str_eq(same, source->etag)))
        return RANGE_NONE;
    return range_read(value, source->size, ret);
}

static bool range_outside(struct request *rq, uint64_t size, struct err *err)
{
    struct str total;
    if (!arena_fmt(&rq->arena, &total, err, "bytes */%" PRIu64, size) ||
        !reply_header(rq, "Content-Range", total, err))
        return false;
    return reply_bytes(rq, STATUS_RANGE, NULL, (struct bytes){0}, err);
}

static bool range_fields(struct request *rq, const struct reply_source *source,
                         const struct range *part, struct err *err)
{
    struct str text;
    if (source->etag.len > 0 && !reply_header(rq, "ETag", source->etag, err))
        return false;
    if (!reply_header(rq, "Accept-Ranges", STR("bytes"), err))
        return false;
    if (part == NULL)
        return true;
    return arena_fmt(&rq->arena, &text, err, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, part->first,
                     part->first + part->count - 1, source->size) &&
           reply_header(rq, "Content-Range", text, err);
}

bool reply_stream(struct request *rq, const struct reply_source *source, struct err *err)
{
    struct range part = {0, source->size};
    enum range_kind kind = range_asked(rq, source, &part);
    int status = kind == RANGE_PART ? STATUS_PART : 200;
    CHECK(rq->response == NULL);
    if (!range_fields(rq, source, kind == RANGE_PART ? &part : NULL, err))
        return false;
    if (kind == RANGE_OUTSIDE)
        return range_outside(rq, source->size, err);
    if (part.count == 0)
        return reply_bytes(rq, status, source->type, (struct bytes){0}, err);
    rq->source = *source;
    rq->source_from = part.first;
    rq->response =
        MHD_create_response_from_callback(part.count, REPLY_BLOCK_BYTES, source_read, rq, NULL);
    return response_ready(rq, status, source->type, err);
}

// -- errors --------------------------------------------------------------------------------------
static int error_status(struct request *rq, const struct err *why)
{
    const struct server *s = rq->server;
    int own = s->options.ops->status == NULL ? 0 : s->options.ops->status(s->options.ctx, rq, why);
    if (own != 0)
        return own;
    return rq->wrong_method ? STATUS_METHOD : err_kind_http(why->kind);
}

// "word: sentence". What failed inside is the log's business and not the peer's.
static struct bytes error_text(struct request *rq, const struct err *why)
{
    struct str text;
    struct err ignored = {0};
    const char *sentence = why->kind == ERR_IO ? "the node failed; its log says why" : why->text;
    if (!arena_fmt(&rq->arena, &text, &ignored, "%s: %s\n", err_kind_word(why->kind), sentence))
        return (struct bytes){0}; // no room for a sentence: the status has to do
    return str_bytes(text);
}

void reply_error(struct request *rq, const struct err *why)
{
    struct server *s = rq->server;
    struct err err = {0};
    struct bytes body = {0};
    const char *type = "text/plain; charset=utf-8";
    CHECK(why->kind != ERR_NONE);
    server_told(s, rq, why);
    server_lock(s);
    s->counts.refused++;
    server_unlock(s);
    response_drop(rq);
    if (s->options.ops->explain == NULL ||
        !s->options.ops->explain(s->options.ctx, rq, why, &body, &type))
        body = error_text(rq, why);
    if (!reply_bytes(rq, error_status(rq, why), type, body, &err))
        server_told(s, rq, &err); // no answer stands ready: the connection is cut
}

bool reply_queue(struct request *rq)
{
    bool done = false;
    if (rq->response == NULL)
        return false;
    fields_send(rq);
    if (rq->close)
        CHECK(MHD_add_response_header(rq->response, "Connection", "close") == MHD_YES);
    rq->replied = true;
    connection_phase_set(rq->connection, PHASE_BUSY);
    done = MHD_queue_response(rq->handle, (unsigned)rq->status, rq->response) == MHD_YES;
    response_drop(rq);
    return done;
}
