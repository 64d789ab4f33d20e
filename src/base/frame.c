#include "base/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"

static bool wait_for(int socket, short events, int timeout_ms, struct err *err)
{
    struct pollfd p = {.fd = socket, .events = events};
    int n;
    do
        n = poll(&p, 1, timeout_ms);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_set_errno(err, "waiting for the other process");
    if (n == 0)
        return err_set(err, ERR_BUSY, NULL, "the other process did not answer in %d ms",
                       timeout_ms);
    return true;
}

// The descriptor rides with the first octet of the frame.
static ssize_t send_some(int socket, struct bytes part, int fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    union {
        const uint8_t *from;
        void *base;
    } octets = {part.ptr};
    struct iovec io = {octets.base, part.len};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
    if (fd >= 0) {
        m.msg_control = control.room;
        m.msg_controllen = sizeof control.room;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    return sendmsg(socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static bool send_all(int socket, struct bytes part, int fd, int timeout_ms, struct err *err)
{
    while (part.len > 0) {
        ssize_t n = send_some(socket, part, fd);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            if (!wait_for(socket, POLLOUT, timeout_ms, err))
                return false;
            continue;
        }
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
            return err_set(err, ERR_OFFLINE, NULL, "the other process has gone");
        if (n < 0)
            return err_set_errno(err, "sending a frame");
        fd = -1;
        part.ptr += n;
        part.len -= (size_t)n;
    }
    return true;
}

bool frame_send(int socket, struct frame f, int timeout_ms, struct err *err)
{
    uint8_t head[FRAME_HEAD_BYTES];
    if (f.payload.len > FRAME_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a frame of %zu octets", f.payload.len);
    struct writer w = writer_of(head, sizeof head);
    writer_u32(&w, (uint32_t)f.payload.len);
    writer_u16(&w, f.kind);
    writer_u16(&w, 0);
    CHECK(!w.full);
    return send_all(socket, writer_bytes(&w), f.fd, timeout_ms, err) &&
           send_all(socket, f.payload, -1, timeout_ms, err);
}

static int descriptor_in(struct msghdr *m)
{
    int fd = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
            c->cmsg_len == CMSG_LEN(sizeof fd))
            memcpy(&fd, CMSG_DATA(c), sizeof fd);
    }
    if (fd >= 0)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

// Takes a descriptor when one came; a second one in the same frame is closed.
static ssize_t receive_some(int socket, void *to, size_t size, int *fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec io = {to, size};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
    m.msg_control = control.room;
    m.msg_controllen = sizeof control.room;
    ssize_t n = recvmsg(socket, &m, MSG_DONTWAIT);
    int came = n > 0 ? descriptor_in(&m) : -1;
    if (came >= 0 && *fd >= 0)
        (void)close(came);
    else if (came >= 0)
        *fd = came;
    return n;
}

static bool receive_all(int socket, uint8_t *to, size_t size, int timeout_ms, int *fd,
                        struct err *err)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = receive_some(socket, to + done, size - done, fd);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            if (!wait_for(socket, POLLIN, timeout_ms, err))
                return false;
            continue;
        }
        if (n < 0 && errno != ECONNRESET)
            return err_set_errno(err, "receiving a frame");
        if (n <= 0)
            return err_set(err, ERR_OFFLINE, NULL, "the other process has gone");
        done += (size_t)n;
    }
    return true;
}

static bool receive_payload(int socket, struct arena *a, int timeout_ms, struct frame *f,
                            struct err *err)
{
    uint8_t head[FRAME_HEAD_BYTES];
    if (!receive_all(socket, head, sizeof head, timeout_ms, &f->fd, err))
        return false;
    struct reader r = reader_of(bytes_of(head, sizeof head));
    size_t len = reader_u32(&r);
    f->kind = reader_u16(&r);
    uint16_t zero = reader_u16(&r);
    CHECK(reader_done(&r));
    if (len > FRAME_BYTES_MAX || zero != 0)
        return err_set(err, ERR_MALFORMED, "base/frame.h", "a frame out of bounds (%zu octets)",
                       len);
    uint8_t *payload = arena_new(a, uint8_t, len);
    if (payload == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a frame of %zu octets is too much here",
                       len);
    f->payload = (struct bytes){payload, len};
    return receive_all(socket, payload, len, timeout_ms, &f->fd, err);
}

bool frame_receive(int socket, struct arena *a, int timeout_ms, struct frame *ret, struct err *err)
{
    struct frame f = {.fd = -1};
    if (!receive_payload(socket, a, timeout_ms, &f, err)) {
        if (f.fd >= 0)
            (void)close(f.fd);
        return false;
    }
    *ret = f;
    return true;
}

enum { ANSWER_TIMEOUT_MS = 60000 };

bool frame_answer_ok(int socket, struct bytes payload, int fd, struct err *err)
{
    return frame_send(socket, (struct frame){FRAME_ANSWER_OK, payload, fd}, ANSWER_TIMEOUT_MS, err);
}

bool frame_answer_err(int socket, const struct err *what, struct err *err)
{
    uint8_t octets[ERR_TEXT_BYTES + 256];
    struct str clause = str_of(what->clause == NULL ? "" : what->clause);
    struct writer w = writer_of(octets, sizeof octets);
    CHECK(what->kind != ERR_NONE);
    writer_u8(&w, (uint8_t)what->kind);
    writer_block16(&w, bytes_of(clause.ptr, clause.len > 200 ? 200 : clause.len));
    writer_block16(&w, str_bytes(str_of(what->text)));
    CHECK(!w.full);
    struct frame f = {FRAME_ANSWER_ERR, writer_bytes(&w), -1};
    return frame_send(socket, f, ANSWER_TIMEOUT_MS, err);
}

// -- errors of the other process -----------------------------------------------------------------
// A clause is static text wherever an error goes, also one that came from another process: each is
// kept once, for as long as the process lives. Our own programs have some hundreds of them.
enum { CLAUSE_CHARS_MAX = 200, CLAUSES_MAX = 1024 };
static pthread_mutex_t clauses_lock = PTHREAD_MUTEX_INITIALIZER;
static char *clauses[CLAUSES_MAX]; // owned, never released
static size_t clauses_count;

static const char *find_or_keep(struct bytes clause)
{
    for (size_t i = 0; i < clauses_count; i++)
        if (bytes_eq(str_bytes(str_of(clauses[i])), clause))
            return clauses[i];
    if (clauses_count == CLAUSES_MAX)
        return NULL; // the sentence still says what was wrong
    char *kept = memory_new(clause.len + 1, 1);
    memcpy(kept, clause.ptr, clause.len);
    clauses[clauses_count++] = kept;
    return kept;
}

static const char *keep_clause(struct bytes clause)
{
    if (clause.len == 0 || clause.len > CLAUSE_CHARS_MAX ||
        memchr(clause.ptr, '\0', clause.len) != NULL)
        return NULL;
    CHECK(pthread_mutex_lock(&clauses_lock) == 0);
    const char *kept = find_or_keep(clause);
    CHECK(pthread_mutex_unlock(&clauses_lock) == 0);
    return kept;
}

static bool answer_to_err(struct bytes payload, struct err *err)
{
    struct reader r = reader_of(payload);
    uint8_t kind = reader_u8(&r);
    struct bytes clause = reader_block16(&r);
    struct bytes text = reader_block16(&r);
    if (!reader_done(&r) || kind == ERR_NONE || kind >= ERR_KIND_COUNT ||
        text.len >= ERR_TEXT_BYTES)
        return err_set(err, ERR_MALFORMED, "base/frame.h", "an error answer that is none");
    return err_set(err, (enum err_kind)kind, keep_clause(clause), "%.*s", (int)text.len,
                   (const char *)text.ptr);
}

bool frame_call(int socket, struct frame ask, struct arena *a, int timeout_ms,
                struct frame *ret_answer, struct err *err)
{
    struct frame answer = {.fd = -1};
    if (!frame_send(socket, ask, timeout_ms, err) ||
        !frame_receive(socket, a, timeout_ms, &answer, err))
        return false;
    if (answer.kind == FRAME_ANSWER_OK) {
        *ret_answer = answer;
        return true;
    }
    if (answer.fd >= 0)
        (void)close(answer.fd);
    if (answer.kind == FRAME_ANSWER_ERR)
        return answer_to_err(answer.payload, err);
    return err_set(err, ERR_MALFORMED, "base/frame.h", "an answer of kind %u", answer.kind);
}

bool frame_pair(int ret_sockets[2], struct err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return err_set_errno(err, "making a socket pair");
    (void)fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(pair[1], F_SETFD, FD_CLOEXEC);
    ret_sockets[0] = pair[0];
    ret_sockets[1] = pair[1];
    return true;
}
