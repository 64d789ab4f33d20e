// Tests that no request reaches a handler which two readers could read differently.
// The cases are those of the comparison of HTTP servers that chose the library, and more.
#include "tests/http/fixture.h"

#include "base/limits.h"

static const char good[] = "GET /hello HTTP/1.1\r\nHost: xa.example\r\n\r\n";
static const char good_post[] = "POST /echo HTTP/1.1\r\nHost: xa.example\r\n"
                                "Content-Length: 3\r\n\r\nabc";
static const char good_chunked[] = "POST /echo HTTP/1.1\r\nHost: xa.example\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";

#define CASE(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }
static const struct {
    const char *octets;
    size_t len;
} refused[] = {
    // two lengths, alike and different
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc"),
    // both length forms, either order
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
         "3\r\nabc\r\n0\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
         "3\r\nabc\r\n0\r\n\r\n"),
    // other encodings
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
         "xchunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, "
         "chunked\r\n\r\n3\r\nabc\r\n0\r\n"
         "\r\n"),
    CASE(
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n3\r\nabc\r\n0"
        "\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
         "identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"),
    // spaces around the colon, names that are no tokens
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length\t: 3\r\n\r\nabc"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX Y: 1\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX@Y: 1\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX(Y): 1\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX\xc3\xa9: 1\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nNoColon\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\n Host: a\r\n\r\n"),
    // padding that another reader might keep
    CASE("GET /hello HTTP/1.1\r\nHost:  a\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost:\ta\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost:a\r\n\r\n"),
    // folded lines: short, empty, before and after, and long enough to hide in the library's sums
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n \r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n \n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n bcdefg\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n bcdefghijkl\r\nY: 2\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n c\r\n d\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n 0\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Leng: 1\r\n th: 3\r\n\r\nabc"),
    // CR, NUL and other controls in a value
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\0\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX\0Y: a\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\0b\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\x01 b\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\x7f b\r\n\r\n"),
    // lengths that are no numbers
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3abc\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3 \r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nabc"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551619\r\n\r\nabc"),
    // chunk sizes
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
         "chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3 "
         "\r\nabc\r\n0\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
         "chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"),
    CASE("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
         "11111111111111111\r\nabc\r\n0\r\n\r\n"),
    // hosts
    CASE("GET /hello HTTP/1.1\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost:\r\n\r\n"),
    // bare LF
    CASE("GET /hello HTTP/1.1\nHost: a\n\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\n\r\n"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\n\n"),
    CASE("GET /hello HTTP/1.1\nHost: a\r\n\r\n"),
    // the request line
    CASE("GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /hello  HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n"),
    CASE("GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET\t/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /hello\0x HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /hello?a\x01 HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /hello?\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /hello HTTP/1.0\r\nHost: a\r\n\r\n"),
    CASE("GET /hello HTTP/1.2\r\nHost: a\r\n\r\n"),
    CASE("GET /hello HTTP/2.0\r\nHost: a\r\n\r\n"),
    CASE("GET /hello http/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /hello\r\n\r\n"),
    CASE("get /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("G@T /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET http://a/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /../hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /%2e/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("GET /hello#x HTTP/1.1\r\nHost: a\r\n\r\n"),
    CASE("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
    // a body where none belongs
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
    CASE("GET /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
};

TEST(plain_good_requests_are_answered)
{
    bool closed;
    fixture_up(false);
    EXPECT(raw_status(good, sizeof good - 1, &closed) == 200);
    EXPECT(!closed);
    EXPECT(raw_status(good_post, sizeof good_post - 1, &closed) == 200);
    EXPECT(!closed);
    EXPECT(raw_status(good_chunked, sizeof good_chunked - 1, &closed) == 200);
    EXPECT(!closed);
    fixture_down();
}

TEST(ambiguous_requests_are_refused_and_reach_no_handler)
{
    fixture_up(false);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        bool closed;
        int status = raw_status(refused[i].octets, refused[i].len, &closed);
        bool bad = status == 200 || (status != 0 && status < 400) || (status == 0 && !closed);
        if (bad || fx.handled != 0)
            fail_msg("%zu: %d, closed %d, handled %u:\n%s", i, status, (int)closed, fx.handled,
                     refused[i].octets);
    }
    fixture_down();
}

// A refused request must not be followed by a second one hidden in what another reader took for
// its body.
TEST(nothing_behind_a_refused_request_is_read)
{
    static const char smuggled[] =
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char folded[] = "GET /hello HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"
                                 "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    bool closed;
    fixture_up(false);
    EXPECT(raw_status(smuggled, sizeof smuggled - 1, &closed) == 400);
    EXPECT(closed);
    EXPECT(raw_status(folded, sizeof folded - 1, &closed) == 400);
    EXPECT(closed);
    EXPECT(fx.handled == 0);
    fixture_down();
}

TEST(pipelined_good_requests_are_all_answered)
{
    char answer[8192];
    bool closed;
    size_t count = 0;
    fixture_up(false);
    int fd = raw_connect();
    for (int i = 0; i < 5; i++)
        raw_send(fd, good, sizeof good - 1);
    raw_read(fd, answer, sizeof answer, 500, &closed);
    for (const char *at = answer; (at = strstr(at, "HTTP/1.1 200")) != NULL; at++)
        count++;
    EXPECT(count == 5);
    EXPECT(fx.handled == 5);
    close(fd);
    fixture_down();
}

// One octet at a time: the library's buffer grows in other steps then, and the layout check must
// still see one piece.
TEST(a_good_request_in_single_octets_is_answered)
{
    char answer[2048];
    bool closed;
    fixture_up(false);
    int fd = raw_connect();
    for (size_t i = 0; i < sizeof good_post - 1; i++) {
        raw_send(fd, good_post + i, 1);
        (void)poll(NULL, 0, 1);
    }
    raw_read(fd, answer, sizeof answer, 500, &closed);
    EXPECT(memcmp(answer, "HTTP/1.1 200", 12) == 0);
    EXPECT(strstr(answer, "\r\n\r\nabc") != NULL);
    close(fd);
    fixture_down();
}

// Every cut of a good request, and every octet changed: an answer or a closed connection, no crash.
TEST(cut_and_changed_requests_break_nothing)
{
    char copy[256];
    fixture_up(false);
    size_t len = sizeof good_post - 1;
    for (size_t i = 0; i < len; i++) {
        char answer[1024];
        bool closed;
        int fd = raw_connect();
        memcpy(copy, good_post, len);
        copy[i] = (char)(copy[i] ^ 0x21);
        raw_send(fd, copy, len);
        shutdown(fd, SHUT_WR);
        (void)raw_read(fd, answer, sizeof answer, 120, &closed);
        close(fd);
        fd = raw_connect();
        raw_send(fd, good_post, i);
        shutdown(fd, SHUT_WR);
        (void)raw_read(fd, answer, sizeof answer, 120, &closed);
        EXPECT(strstr(answer, "HTTP/1.1 200") == NULL);
        close(fd);
    }
    bool closed;
    EXPECT(raw_status(good, sizeof good - 1, &closed) == 200);
    fixture_down();
}

TEST(heads_above_the_limits_are_refused)
{
    static char big[HTTP_CONNECTION_BYTES_MAX * 2];
    bool closed;
    fixture_up(false);
    // a long field
    int n = snprintf(big, sizeof big, "GET /hello HTTP/1.1\r\nHost: a\r\nX: ");
    memset(big + n, 'x', sizeof big - (size_t)n);
    int status = raw_status(big, sizeof big, &closed);
    EXPECT(closed && (status == 0 || status >= 400));
    // many fields
    n = snprintf(big, sizeof big, "GET /hello HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < HTTP_HEADERS_MAX; i++)
        n += snprintf(big + n, sizeof big - (size_t)n, "X: %d\r\n", i);
    n += snprintf(big + n, sizeof big - (size_t)n, "\r\n");
    status = raw_status(big, (size_t)n, &closed);
    if (status != 413)
        fail_msg("%d", status);
    // a long target
    n = snprintf(big, sizeof big, "GET /hello?");
    memset(big + n, 'x', HTTP_TARGET_BYTES_MAX);
    n += HTTP_TARGET_BYTES_MAX;
    n += snprintf(big + n, sizeof big - (size_t)n, " HTTP/1.1\r\nHost: a\r\n\r\n");
    status = raw_status(big, (size_t)n, &closed);
    if (status != 413)
        fail_msg("%d", status);
    EXPECT(fx.handled == 0);
    fixture_down();
}
