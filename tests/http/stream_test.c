// Tests of large bodies both ways with flat memory, of ranges and of resuming.
#include "tests/http/fixture.h"

// Octets of memory that are resident now.
static uint64_t resident(void)
{
    unsigned long long size = 0;
    unsigned long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    EXPECT(f != NULL);
    EXPECT(fscanf(f, "%llu %llu", &size, &pages) == 2);
    fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

struct taken {
    uint64_t count, from;
    bool wrong;
};
static bool take(void *own, struct bytes more, struct err *err)
{
    struct taken *t = own;
    (void)err;
    for (size_t i = 0; i < more.len; i++)
        t->wrong = t->wrong || more.ptr[i] != pattern_at(t->from + t->count + i);
    t->count += more.len;
    return true;
}

static void large_both_ways(bool tls)
{
    struct answer an;
    struct err err = {0};
    struct taken t = {0};
    char want[64];
    fixture_up(tls);
    struct client *c = fixture_client(tls ? TRUST_PINNED : TRUST_PLAIN, &fx.friend_cert);
    EXPECT_OK(get(c, "/hello", &an, &err));
    uint64_t before = resident();
    struct ask down = {.method = METHOD_GET,
                       .target = "/big",
                       .put = take,
                       .own = &t,
                       .answer_bytes_max = BIG_BYTES};
    EXPECT_OK(client_ask(c, &down, &fx.arena, &an, &err));
    EXPECT(t.count == BIG_BYTES);
    EXPECT(!t.wrong);
    EXPECT(an.total == BIG_BYTES);
    struct ask up = {.method = METHOD_PUT,
                     .target = "/sink/x",
                     .read = pattern_read,
                     .body_bytes = BIG_BYTES,
                     .answer_bytes_max = 100};
    EXPECT_OK(client_ask(c, &up, &fx.arena, &an, &err));
    (void)snprintf(want, sizeof want, "%llu right", (unsigned long long)BIG_BYTES);
    EXPECT(body_is(&an, want));
    uint64_t after = resident();
    uint64_t grown = after > before ? after - before : 0;
    print_message("grown by %llu KiB\n", (unsigned long long)(grown / 1024));
#ifndef __SANITIZE_ADDRESS__ // which keeps what was freed
    EXPECT(grown < (uint64_t)16 * 1024 * 1024);
#endif
    EXPECT(ended(1));
    client_close(c);
    fixture_down();
}

TEST(a_hundred_megabytes_go_both_ways_over_tls_with_flat_memory)
{
    large_both_ways(true);
}

TEST(a_hundred_megabytes_go_both_ways_in_plain_with_flat_memory)
{
    large_both_ways(false);
}

static bool raw_get(const char *fields, char *answer, size_t cap)
{
    char ask[512];
    bool closed;
    int fd = raw_connect();
    int n = snprintf(ask, sizeof ask, "GET /blob HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
    raw_send(fd, ask, (size_t)n);
    raw_read(fd, answer, cap, 200, &closed);
    close(fd);
    return !closed;
}

static size_t body_bytes(const char *answer, size_t len)
{
    const char *head_end = strstr(answer, "\r\n\r\n");
    EXPECT(head_end != NULL);
    return len - (size_t)(head_end + 4 - answer);
}

TEST(ranges_are_answered_as_the_standard_says)
{
    static const struct {
        const char *fields, *status, *range, *length;
    } cases[] = {
        {"", "200", NULL, "1000"},
        {"Range: bytes=0-99\r\n", "206", "bytes 0-99/1000", "100"},
        {"Range: bytes=990-\r\n", "206", "bytes 990-999/1000", "10"},
        {"Range: bytes=-5\r\n", "206", "bytes 995-999/1000", "5"},
        {"Range: bytes=1000-\r\n", "416", "bytes */1000", "0"},
        {"Range: bytes=5-1\r\n", "200", NULL, "1000"},
        {"Range: bytes=0-1,5-6\r\n", "200", NULL, "1000"},
        {"Range: bytes=0-1\r\nRange: bytes=5-6\r\n", "200", NULL, "1000"},
        {"Range: bytes=0-99\r\nIf-Range: \"v1\"\r\n", "206", "bytes 0-99/1000", "100"},
        {"Range: bytes=0-99\r\nIf-Range: \"v2\"\r\n", "200", NULL, "1000"},
    };
    char answer[4096];
    char field[64];
    fixture_up(false);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EXPECT(raw_get(cases[i].fields, answer, sizeof answer));
        EXPECT(memcmp(answer + 9, cases[i].status, 3) == 0);
        (void)snprintf(field, sizeof field, "Content-Length: %s\r\n", cases[i].length);
        EXPECT(strstr(answer, field) != NULL);
        (void)snprintf(field, sizeof field, "Content-Range: %s\r\n", cases[i].range);
        EXPECT((strstr(answer, "Content-Range") != NULL) == (cases[i].range != NULL));
        if (cases[i].range != NULL)
            EXPECT(strstr(answer, field) != NULL);
    }
    fixture_down();
}

TEST(head_gives_the_size_and_no_body)
{
    static const char ask[] = "HEAD /blob HTTP/1.1\r\nHost: a\r\n\r\n";
    char answer[4096];
    bool closed;
    struct answer an;
    struct err err = {0};
    fixture_up(false);
    int fd = raw_connect();
    raw_send(fd, ask, sizeof ask - 1);
    size_t len = raw_read(fd, answer, sizeof answer, 200, &closed);
    EXPECT(strstr(answer, "Content-Length: 1000\r\n") != NULL);
    EXPECT(body_bytes(answer, len) == 0);
    close(fd);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    struct ask head = {.method = METHOD_HEAD, .target = "/blob"};
    struct str etag;
    EXPECT_OK(client_ask(c, &head, &fx.arena, &an, &err));
    EXPECT(an.total == BLOB_BYTES);
    EXPECT(answer_header(&an, STR("ETag"), &etag));
    EXPECT(str_eq(etag, STR("\"v1\"")));
    EXPECT(!answer_header(&an, STR("Location"), &etag));
    client_close(c);
    fixture_down();
}

TEST(a_client_resumes_where_it_stopped)
{
    struct answer an;
    struct err err = {0};
    struct taken t = {.from = 400};
    fixture_up(false);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    struct ask rest = {.method = METHOD_GET,
                       .target = "/blob",
                       .resume_from = 400,
                       .put = take,
                       .own = &t,
                       .answer_bytes_max = 600};
    EXPECT_OK(client_ask(c, &rest, &fx.arena, &an, &err));
    EXPECT(an.status == 206);
    EXPECT(an.total == BLOB_BYTES);
    EXPECT(t.count == 600);
    EXPECT(!t.wrong);
    rest.resume_from = 1000;
    EXPECT_ERR(client_ask(c, &rest, &fx.arena, &an, &err), ERR_CONFLICT);
    rest.answer_bytes_max = 10;
    rest.resume_from = 0;
    EXPECT_ERR(client_ask(c, &rest, &fx.arena, &an, &err), ERR_LIMIT);
    client_close(c);
    fixture_down();
}

TEST(a_source_that_breaks_cuts_the_connection_and_the_client_notices)
{
    struct answer an;
    struct err err = {0};
    struct taken t = {0};
    fixture_up(false);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    struct ask ask = {.method = METHOD_GET,
                      .target = "/broken",
                      .put = take,
                      .own = &t,
                      .answer_bytes_max = 1000000};
    EXPECT_ERR(client_ask(c, &ask, &fx.arena, &an, &err), ERR_OFFLINE);
    EXPECT(t.count < 1000000);
    EXPECT(fx.told > 0);
    EXPECT_OK(get(c, "/hello", &an, &err)); // a new connection
    client_close(c);
    fixture_down();
}

TEST(a_reader_that_fails_ends_the_upload_with_its_error)
{
    struct answer an;
    struct err err = {0};
    fixture_up(false);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    struct ask up = {.method = METHOD_PUT,
                     .target = "/sink/x",
                     .read = broken_read,
                     .body_bytes = 1000000,
                     .answer_bytes_max = 100};
    EXPECT_ERR(client_ask(c, &up, &fx.arena, &an, &err), ERR_IO);
    EXPECT(strstr(err.text, "the disk is gone") != NULL);
    EXPECT(fx.handled == 0);
    client_close(c);
    fixture_down();
}

TEST(an_upload_that_is_refused_is_refused_before_it_is_sent)
{
    struct answer an;
    struct err err = {0};
    fixture_up(true);
    struct client *c = fixture_client(TRUST_PINNED, NULL);
    struct ask up = {.method = METHOD_PUT,
                     .target = "/sink/closed",
                     .read = pattern_read,
                     .body_bytes = BIG_BYTES,
                     .answer_bytes_max = 100};
    EXPECT_ERR(client_ask(c, &up, &fx.arena, &an, &err), ERR_DENIED);
    up.target = "/sink/x";
    up.body_bytes = (uint64_t)SINK_BYTES_MAX + 1;
    EXPECT_ERR(client_ask(c, &up, &fx.arena, &an, &err), ERR_LIMIT);
    EXPECT(fx.handled == 0);
    client_close(c);
    fixture_down();
}
