// http/client.c - see client.h.
#include "http/client.h"

#include "base/encode.h"
#include "base/limits.h"
#include "http/memfile.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>

enum { CLIENT_ARENA_BYTES = 65536, PIN_TEXT_BYTES = 64, BLOCK_BYTES = 65536 };

struct client {
    CURL *easy;
    struct arena arena; // dies with the client
    struct str base;    // "https://host:port"
    enum client_trust trust;
    char pin[PIN_TEXT_BYTES]; // "sha256//BASE64"
    struct memfile cert, key;
    int connect_timeout_ms, stall_timeout_s;
    const atomic_bool *abandon;
};

// One exchange; lives on the stack of client_ask.
struct call {
    const struct client *client;
    const struct ask *ask;
    struct answer answer;
    struct buffer fields, body, refusal;
    uint64_t sent, skip; // octets given to the library; octets before resume_from to drop
    struct err err;      // set by a callback that stopped the exchange
};

static void must(CURLcode code)
{
    // an option the library does not know or cannot hold: going on would be less strict than asked
    CHECK(code == CURLE_OK);
}

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static void library_start(void)
{
    must(curl_global_init(CURL_GLOBAL_DEFAULT));
}

// -- open and close -------------------------------------------------------------------------------
static bool host_check(const char *host, struct err *err)
{
    size_t len = host == NULL ? 0 : strlen(host);
    bool good = len > 0 && len <= 255;
    for (size_t i = 0; i < len && good; i++) {
        char c = host[i];
        good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '.' || c == '-' || c == '_' || c == ':';
    }
    if (!good)
        return err_set(err, ERR_USAGE, NULL, "not the name or address of a host");
    return true;
}

static bool base_make(struct client *c, const struct client_options *o, struct err *err)
{
    bool six = strchr(o->host, ':') != NULL;
    return arena_fmt(&c->arena, &c->base, err, "%s://%s%s%s:%u",
                     o->trust == TRUST_PLAIN ? "http" : "https", six ? "[" : "", o->host,
                     six ? "]" : "", (unsigned)o->port);
}

static void pin_make(struct client *c, const struct digest *pin)
{
    char text[BASE64_CHARS(DIGEST_BYTES) + 1];
    (void)base64_write(bytes_of(pin->octets, DIGEST_BYTES), BASE64_PADDED, text);
    (void)snprintf(c->pin, sizeof c->pin, "sha256//%s", text);
}

static bool cert_show(struct client *c, const struct cert *cert, struct err *err)
{
    struct bytes key = secret_bytes(&cert->key_pem);
    CHECK(key.len > 0);
    key.len--; // its closing NUL
    return memfile_open(&c->cert, str_bytes(cert->pem), err) && memfile_open(&c->key, key, err);
}

bool client_open(const struct client_options *o, struct client **ret_owned, struct err *err)
{
    CHECK(o->trust > TRUST_NONE);
    CHECK(o->trust <= TRUST_ANY_KEY);
    CHECK(pthread_once(&library_once, library_start) == 0);
    if (!host_check(o->host, err))
        return false;
    struct client *c = memory_new(1, sizeof *c);
    arena_init(&c->arena, CLIENT_ARENA_BYTES);
    c->trust = o->trust;
    c->connect_timeout_ms = o->connect_timeout_ms == 0 ? HTTP_CONNECT_MS : o->connect_timeout_ms;
    c->stall_timeout_s = o->stall_timeout_s == 0 ? HTTP_STALL_S : o->stall_timeout_s;
    c->abandon = o->abandon;
    c->easy = curl_easy_init();
    CHECK(c->easy != NULL);
    pin_make(c, &o->pin);
    if (!base_make(c, o, err) || (o->cert != NULL && !cert_show(c, o->cert, err))) {
        client_close(c);
        return false;
    }
    *ret_owned = c;
    return true;
}

void client_close(struct client *c)
{
    if (c == NULL)
        return;
    curl_easy_cleanup(c->easy);
    memfile_close(&c->cert);
    memfile_close(&c->key);
    arena_release(&c->arena);
    memory_release(c);
}

// -- the library's callbacks ----------------------------------------------------------------------
static size_t on_send(char *to, size_t size, size_t count, void *own)
{
    struct call *call = own;
    const struct ask *ask = call->ask;
    size_t cap = size * count;
    size_t got = 0;
    uint64_t left = ask->body_bytes - call->sent;
    if (cap > left)
        cap = (size_t)left;
    if (cap == 0)
        return 0;
    if (!ask->read(ask->own, call->sent, to, cap, &got, &call->err))
        return CURL_READFUNC_ABORT;
    CHECK(got > 0);
    CHECK(got <= cap);
    call->sent += got;
    return got;
}

// The library begins again when a kept connection turned out to be closed.
static int on_seek(void *own, curl_off_t offset, int origin)
{
    struct call *call = own;
    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > call->ask->body_bytes)
        return CURL_SEEKFUNC_FAIL;
    call->sent = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static size_t refuse(struct call *call, enum err_kind kind, const char *sentence)
{
    if (call->err.kind == ERR_NONE)
        err_set(&call->err, kind, NULL, "%s", sentence);
    return 0;
}

static bool total_learn(struct call *call, struct str value)
{
    struct range part;
    if (!content_range_read(value, &part, &call->answer.total))
        return false;
    return part.first == call->ask->resume_from;
}

static void status_learn(struct call *call, struct str line)
{
    // "HTTP/1.1 200 OK": a new head; what an interim answer said counts no more
    uint64_t status = 0;
    call->fields.len = 0;
    call->answer.total = 0;
    call->skip = 0;
    if (line.len >= 12 && decimal_read(str_slice(line, 9, 12), 999, &status))
        call->answer.status = (int)status;
    if (call->answer.status == 200)
        call->skip = call->ask->resume_from;
}

static bool field_is(struct str line, struct str lower_name)
{
    if (line.len <= lower_name.len || line.ptr[lower_name.len] != ':')
        return false;
    for (size_t i = 0; i < lower_name.len; i++) {
        char c = line.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower_name.ptr[i])
            return false;
    }
    return true;
}

static struct str field_value(struct str line, size_t name_len)
{
    struct str value = str_slice(line, name_len + 1, line.len);
    while (value.len > 0 && (value.ptr[0] == ' ' || value.ptr[0] == '\t'))
        value = str_slice(value, 1, value.len);
    return value;
}

// NOLINTNEXTLINE(readability-non-const-parameter): the library's signature
static size_t on_field(char *octets, size_t size, size_t count, void *own)
{
    struct call *call = own;
    size_t all = size * count;
    struct str line = {octets, all};
    while (line.len > 0 && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
        line.len--;
    if (line.len == 0)
        return all;
    if (str_starts(line, STR("HTTP/"))) {
        status_learn(call, line);
        return all;
    }
    buffer_str(&call->fields, line);
    buffer_str(&call->fields, STR("\n"));
    if (call->fields.full)
        return refuse(call, ERR_LIMIT, "the answer's head is too long");
    bool range = call->answer.status == 206 && field_is(line, STR("content-range"));
    if (range && !total_learn(call, field_value(line, strlen("content-range"))))
        return refuse(call, ERR_MALFORMED, "the peer sends another range than asked");
    if (call->answer.status != 206 && field_is(line, STR("content-length"))) {
        uint64_t length;
        if (decimal_read(field_value(line, strlen("content-length")), INT64_MAX, &length))
            call->answer.total = length;
    }
    return all;
}

static bool is_success(int status)
{
    return status >= 200 && status <= 299;
}

static size_t on_body(char *octets, size_t size, size_t count, void *own)
{
    struct call *call = own;
    size_t all = size * count;
    struct bytes more = bytes_of(octets, all);
    if (!is_success(call->answer.status)) {
        if (all <= HTTP_REFUSAL_BYTES_MAX - call->refusal.len)
            buffer_put(&call->refusal, more);
        call->answer.body_bytes += all;
        return call->answer.body_bytes <= HTTP_DRAIN_BYTES_MAX
                   ? all
                   : refuse(call, ERR_LIMIT, "the peer's refusal is too long");
    }
    size_t drop = call->skip < more.len ? (size_t)call->skip : more.len;
    call->skip -= drop;
    more = bytes_of(more.ptr + drop, more.len - drop);
    if (more.len > call->ask->answer_bytes_max - call->answer.body_bytes)
        return refuse(call, ERR_LIMIT, "the answer is longer than it may be");
    call->answer.body_bytes += more.len;
    if (more.len == 0)
        return all;
    if (call->ask->put != NULL)
        return call->ask->put(call->ask->own, more, &call->err) ? all : 0;
    buffer_put(&call->body, more);
    return call->body.full ? refuse(call, ERR_LIMIT, "no room for the answer") : all;
}

static int on_progress(void *own, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct call *call = own;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    if (call->client->abandon == NULL || !atomic_load(call->client->abandon))
        return 0;
    err_set(&call->err, ERR_BUSY, NULL, "given up on request");
    return 1;
}

// -- options --------------------------------------------------------------------------------------
static void set_transport(struct client *c)
{
    CURL *e = c->easy;
    bool tls = c->trust != TRUST_PLAIN;
    must(curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, tls ? "https" : "http"));
    must(curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1));
    must(curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L));
    must(curl_easy_setopt(e, CURLOPT_PROXY, "")); // not even the environment's
    must(curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L));
    must(curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L));
    must(curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)BLOCK_BYTES));
    must(curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)c->connect_timeout_ms));
    if (!tls)
        return;
    // Names and dates in certificates say nothing here; the pinned key says all.
    must(curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L));
    must(curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L));
    must(curl_easy_setopt(e, CURLOPT_SSLVERSION,
                          (long)CURL_SSLVERSION_TLSv1_3 | (long)CURL_SSLVERSION_MAX_TLSv1_3));
    must(curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L));
    if (c->trust == TRUST_PINNED)
        must(curl_easy_setopt(e, CURLOPT_PINNEDPUBLICKEY, c->pin));
    if (!c->cert.open)
        return;
    must(curl_easy_setopt(e, CURLOPT_SSLCERT, c->cert.path));
    must(curl_easy_setopt(e, CURLOPT_SSLCERTTYPE, "PEM"));
    must(curl_easy_setopt(e, CURLOPT_SSLKEY, c->key.path));
    must(curl_easy_setopt(e, CURLOPT_SSLKEYTYPE, "PEM"));
}

static void set_callbacks(struct client *c, struct call *call)
{
    CURL *e = c->easy;
    must(curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_field));
    must(curl_easy_setopt(e, CURLOPT_HEADERDATA, call));
    must(curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body));
    must(curl_easy_setopt(e, CURLOPT_WRITEDATA, call));
    must(curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L));
    must(curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress));
    must(curl_easy_setopt(e, CURLOPT_XFERINFODATA, call));
    if (call->ask->total_timeout_ms > 0) {
        must(curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)call->ask->total_timeout_ms));
        return;
    }
    must(curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L));
    must(curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)c->stall_timeout_s));
}

static void set_body(struct client *c, struct call *call)
{
    CURL *e = c->easy;
    const struct ask *ask = call->ask;
    if (ask->read != NULL) {
        must(curl_easy_setopt(e, CURLOPT_READFUNCTION, on_send));
        must(curl_easy_setopt(e, CURLOPT_READDATA, call));
        must(curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, on_seek));
        must(curl_easy_setopt(e, CURLOPT_SEEKDATA, call));
        must(curl_easy_setopt(e, CURLOPT_UPLOAD, 1L));
        must(curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ask->body_bytes));
    } else {
        must(curl_easy_setopt(e, CURLOPT_POST, 1L));
        must(curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.len));
        must(curl_easy_setopt(e, CURLOPT_POSTFIELDS,
                              ask->body.len == 0 ? "" : (const char *)ask->body.ptr));
    }
    must(curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method_word(ask->method)));
}

static void set_method(struct client *c, struct call *call)
{
    CURL *e = c->easy;
    switch (call->ask->method) {
    case METHOD_GET:
        must(curl_easy_setopt(e, CURLOPT_HTTPGET, 1L));
        return;
    case METHOD_HEAD:
        must(curl_easy_setopt(e, CURLOPT_NOBODY, 1L));
        return;
    case METHOD_POST:
    case METHOD_PUT:
        set_body(c, call);
        return;
    case METHOD_DELETE:
        must(curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, "DELETE"));
        return;
    case METHOD_NONE:
    case METHOD_COUNT:
        break;
    }
    CHECK(call->ask->method == METHOD_DELETE); // every other method returned above
}

static void list_put(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    CHECK(longer != NULL);
    *list = longer;
}

static bool set_fields(struct client *c, struct call *call, struct arena *a,
                       struct curl_slist **list, struct err *err)
{
    const struct ask *ask = call->ask;
    struct str line;
    list_put(list, "Accept:"); // the library's own says nothing
    // Below this size waiting for "100 Continue" costs more than sending in vain.
    if (ask->read == NULL || ask->body_bytes <= BLOCK_BYTES)
        list_put(list, "Expect:");
    if (ask->method == METHOD_POST || ask->method == METHOD_PUT) {
        if (!arena_fmt(a, &line, err, "Content-Type: %s",
                       ask->content_type == NULL ? "application/octet-stream" : ask->content_type))
            return false;
        list_put(list, line.ptr);
    }
    if (ask->resume_from > 0) {
        if (!arena_fmt(a, &line, err, "Range: bytes=%llu-", (unsigned long long)ask->resume_from))
            return false;
        list_put(list, line.ptr);
    }
    for (size_t i = 0; ask->headers != NULL && ask->headers[i] != NULL; i++) {
        if (!http_is_field_value(str_of(ask->headers[i])))
            return err_set(err, ERR_USAGE, NULL, "a header line with a control in it");
        list_put(list, ask->headers[i]);
    }
    must(curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, *list));
    return true;
}

static bool set_target(struct client *c, const char *target, struct arena *a, struct err *err)
{
    struct str url;
    CHECK(target != NULL);
    for (const char *at = target; *at != '\0'; at++)
        if (*at <= ' ' || *at >= 0x7f || *at == '#' || target[0] != '/')
            return err_set(err, ERR_USAGE, NULL, "not a target that can be asked for");
    if (!arena_fmt(a, &url, err, "%.*s%s", STR_ARG(c->base), target))
        return false;
    must(curl_easy_setopt(c->easy, CURLOPT_URL, url.ptr)); // the library copies it
    return true;
}

// -- what came back -------------------------------------------------------------------------------
static bool transport_error(struct call *call, CURLcode code, struct err *err)
{
    const char *said = curl_easy_strerror(code);
    if (call->err.kind != ERR_NONE) {
        *err = call->err;
        return false;
    }
    switch ((int)code) {
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return err_set(err, ERR_DENIED, "DESIGN 5.4", "the peer shows another key than the pinned");
    case CURLE_OUT_OF_MEMORY:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_FAILED_INIT:
        return err_set(err, ERR_IO, NULL, "%s", said);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
        return err_set(err, ERR_MALFORMED, NULL, "%s", said);
    default:
        return err_set(err, ERR_OFFLINE, NULL, "%s", said);
    }
}

static enum err_kind kind_of_status(int status)
{
    for (int k = ERR_MALFORMED; k < ERR_KIND_COUNT; k++)
        if (err_kind_http((enum err_kind)k) == status)
            return (enum err_kind)k;
    if (status == 416)
        return ERR_CONFLICT;
    if (status == 401)
        return ERR_DENIED;
    if (status == 405 || (status >= 300 && status <= 399))
        return ERR_UNSUPPORTED;
    if (status == 429 || status == 504)
        return ERR_BUSY;
    return status >= 500 ? ERR_IO : ERR_MALFORMED;
}

// "word: sentence\n" as our server writes it. The word counts only where it fits the status.
static bool status_error(const struct call *call, struct err *err)
{
    int status = call->answer.status;
    struct bytes sent = buffer_bytes(&call->refusal);
    struct err ignored = {0};
    struct str text;
    enum err_kind kind;
    char word[24] = "";
    if (sent.len > 0 && sent.ptr[sent.len - 1] == '\n')
        sent.len--;
    if (sent.len == 0 || !text_check_line(sent, &text, &ignored))
        return err_set(err, kind_of_status(status), NULL, "the peer answered %d", status);
    const char *colon = memchr(text.ptr, ':', text.len);
    size_t len = colon == NULL ? 0 : (size_t)(colon - text.ptr);
    if (len > 0 && len < sizeof word && text.len > len + 2) {
        memcpy(word, text.ptr, len);
        word[len] = '\0';
    }
    if (!err_kind_from_word(word, &kind) || err_kind_http(kind) != status)
        return err_set(err, kind_of_status(status), NULL, "the peer answered %d", status);
    text = str_slice(text, len + 2, text.len);
    return err_set(err, kind, NULL, "the peer answered: %.*s", STR_ARG(text));
}

static bool perform(struct client *c, struct call *call, struct err *err)
{
    CURLcode code = curl_easy_perform(c->easy);
    if (code != CURLE_OK)
        return transport_error(call, code, err);
    if (!is_success(call->answer.status))
        return status_error(call, err);
    if (call->answer.status == 206 && call->ask->resume_from == 0)
        return err_set(err, ERR_MALFORMED, "RFC 9110 15.3.7", "a part that nobody asked for");
    return true;
}

bool client_ask(struct client *c, const struct ask *what, struct arena *a, struct answer *ret,
                struct err *err)
{
    struct call call = {.client = c, .ask = what};
    struct curl_slist *list = NULL;
    bool done = false;
    CHECK(what->body_bytes == 0 || what->read != NULL);
    buffer_init(&call.fields, a, HTTP_ANSWER_HEAD_BYTES_MAX);
    buffer_init(&call.body, a,
                what->answer_bytes_max > SIZE_MAX ? SIZE_MAX : (size_t)what->answer_bytes_max);
    buffer_init(&call.refusal, a, HTTP_REFUSAL_BYTES_MAX);
    curl_easy_reset(c->easy); // options alone; the connection stays
    set_transport(c);
    set_callbacks(c, &call);
    set_method(c, &call);
    if (!set_target(c, what->target, a, err) || !set_fields(c, &call, a, &list, err))
        goto out;
    done = perform(c, &call, err);
    ret->status = call.answer.status;
    if (!done)
        goto out;
    *ret = call.answer;
    ret->body = buffer_bytes(&call.body);
    ret->fields = buffer_bytes(&call.fields);
out:
    curl_slist_free_all(list);
    return done;
}

bool answer_header(const struct answer *an, struct str name, struct str *ret)
{
    struct str rest = {(const char *)an->fields.ptr, an->fields.len};
    struct str line;
    struct str lower = name;
    char small[64];
    if (name.len >= sizeof small)
        return false;
    for (size_t i = 0; i < name.len; i++)
        small[i] =
            (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20 : name.ptr[i]);
    lower.ptr = small;
    while (rest.len > 0 && str_split(&rest, '\n', &line)) {
        struct err ignored = {0};
        if (field_is(line, lower))
            return text_check_line(str_bytes(field_value(line, name.len)), ret, &ignored);
    }
    return false;
}
