// Tests of http/server.h and request.h over plain TCP: answers, bodies, limits, waiting, stopping.
#include "tests/http/fixture.h"

#include "base/limits.h"

TEST(errors_become_their_status_and_a_sentence)
{
    static const struct {
        const char *word;
        int status;
        enum err_kind kind;
    } cases[] = {{"malformed", 400, ERR_MALFORMED},
                 {"denied", 403, ERR_DENIED},
                 {"not-found", 404, ERR_NOT_FOUND},
                 {"conflict", 409, ERR_CONFLICT},
                 {"gap", 409, ERR_GAP},
                 {"limit", 413, ERR_LIMIT},
                 {"tampered", 422, ERR_TAMPERED},
                 {"void", 422, ERR_VOID},
                 {"unanchored", 422, ERR_UNANCHORED},
                 {"io", 500, ERR_IO},
                 {"unsupported", 501, ERR_UNSUPPORTED},
                 {"offline", 502, ERR_OFFLINE},
                 {"busy", 503, ERR_BUSY},
                 {"locked", 503, ERR_LOCKED}};
    struct answer an;
    struct err err = {0};
    char target[64];
    fixture_up(false);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(target, sizeof target, "/fail/%s", cases[i].word);
        EXPECT_ERR(get(c, target, &an, &err), cases[i].kind);
        EXPECT(an.status == cases[i].status);
        // what failed inside is not told to a peer
        EXPECT((strstr(err.text, "/secret/path") == NULL) == (cases[i].kind == ERR_IO));
    }
    EXPECT_ERR(get(c, "/fail/silently", &an, &err), ERR_IO);
    EXPECT_ERR(get(c, "/nowhere", &an, &err), ERR_NOT_FOUND);
    EXPECT_ERR(get(c, "/secret", &an, &err), ERR_DENIED);
    EXPECT(fx.handled == 0);
    EXPECT(fx.told > 10);
    EXPECT_OK(get(c, "/hello", &an, &err)); // the connection lives on
    struct server_counts counts;
    server_counts(fx.server, &counts);
    EXPECT(counts.connections <= 2); // one request that went without an answer cost its connection
    EXPECT(counts.requests == 18);
    client_close(c);
    fixture_down();
}

TEST(what_a_failed_handler_prepared_is_not_sent)
{
    static const char ask[] = "GET /fail/denied HTTP/1.1\r\nHost: a\r\n\r\n";
    char answer[2048];
    bool closed;
    fixture_up(false);
    int fd = raw_connect();
    raw_send(fd, ask, sizeof ask - 1);
    raw_read(fd, answer, sizeof answer, 300, &closed);
    EXPECT(strstr(answer, "403") != NULL);
    EXPECT(strstr(answer, "X-Half-Done") == NULL);
    EXPECT(strstr(answer, "denied: asked to fail") != NULL);
    EXPECT(!closed);
    close(fd);
    fixture_down();
}

TEST(another_method_gets_405_and_the_list)
{
    static const char ask[] = "DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char unknown[] = "BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    char answer[2048];
    bool closed;
    fixture_up(false);
    int fd = raw_connect();
    raw_send(fd, ask, sizeof ask - 1);
    raw_read(fd, answer, sizeof answer, 300, &closed);
    EXPECT(memcmp(answer, "HTTP/1.1 405", 12) == 0);
    EXPECT(strstr(answer, "Allow: GET, HEAD\r\n") != NULL);
    raw_send(fd, unknown, sizeof unknown - 1);
    raw_read(fd, answer, sizeof answer, 300, &closed);
    EXPECT(memcmp(answer, "HTTP/1.1 501", 12) == 0);
    close(fd);
    fixture_down();
}

TEST(queries_and_captures_reach_the_handler_decoded)
{
    struct answer an;
    struct err err = {0};
    fixture_up(false);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    EXPECT_OK(get(c, "/query?a=1&q=%D0%B0+b%26", &an, &err));
    EXPECT(body_is(&an, "\xd0\xb0 b&"));
    EXPECT_OK(get(c, "/files/a/b%20c", &an, &err));
    EXPECT(body_is(&an, "a/b c"));
    EXPECT_ERR(get(c, "/query?q=%", &an, &err), ERR_MALFORMED);
    EXPECT_ERR(get(c, "/query", &an, &err), ERR_MALFORMED);
    client_close(c);
    fixture_down();
}

// -- bodies ---------------------------------------------------------------------------------------
TEST(bodies_come_back_as_they_went)
{
    static uint8_t body[ECHO_BYTES_MAX + 1];
    struct answer an;
    struct err err = {0};
    fixture_up(false);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = pattern_at(i);
    static const size_t sizes[] = {0, 1, 1000, 32768, ECHO_BYTES_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct ask ask = {.method = METHOD_POST,
                          .target = "/echo",
                          .body = {body, sizes[i]},
                          .answer_bytes_max = sizeof body};
        EXPECT_OK(client_ask(c, &ask, &fx.arena, &an, &err));
        EXPECT(bytes_eq(an.body, ask.body));
    }
    struct ask ask = {.method = METHOD_POST,
                      .target = "/echo",
                      .body = {body, ECHO_BYTES_MAX},
                      .answer_bytes_max = ECHO_BYTES_MAX - 1};
    EXPECT_ERR(client_ask(c, &ask, &fx.arena, &an, &err), ERR_LIMIT);
    client_close(c);
    fixture_down();
}

TEST(a_declared_body_above_the_limit_is_refused_before_it_comes)
{
    static const char ask[] = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n";
    static const char none[] = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: "
                               "9223372036854775807\r\n\r\n";
    bool closed;
    fixture_up(false);
    EXPECT(raw_status(ask, sizeof ask - 1, &closed) == 413);
    EXPECT(closed);
    EXPECT(raw_status(none, sizeof none - 1, &closed) == 413);
    EXPECT(closed);
    EXPECT(fx.handled == 0);
    fixture_down();
}

TEST(a_chunked_body_above_the_limit_is_refused_as_it_comes)
{
    static char chunk[1 << 15];
    static const char head[] =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    char answer[2048];
    bool closed;
    fixture_up(false);
    // a little above: the refusal is heard
    int fd = raw_connect();
    raw_send(fd, head, sizeof head - 1);
    for (int i = 0; i < 3; i++) {
        raw_send(fd, "8000\r\n", 6);
        raw_send(fd, chunk, sizeof chunk);
        raw_send(fd, "\r\n", 2);
    }
    raw_send(fd, "0\r\n\r\n", 5);
    raw_read(fd, answer, sizeof answer, 500, &closed);
    EXPECT(memcmp(answer, "HTTP/1.1 413", 12) == 0);
    EXPECT(closed);
    close(fd);
    // without end: cut off
    fd = raw_connect();
    raw_send(fd, head, sizeof head - 1);
    ssize_t sent = 1;
    for (int i = 0; i < 1000 && sent > 0; i++) {
        raw_send(fd, "8000\r\n", 6);
        raw_send(fd, chunk, sizeof chunk);
        sent = send(fd, "\r\n", 2, MSG_NOSIGNAL);
    }
    EXPECT(sent <= 0);
    close(fd);
    EXPECT(fx.handled == 0);
    fixture_down();
}

TEST(a_sink_that_refuses_ends_the_request_with_its_error)
{
    static const uint8_t thirteen[13] = {0};
    struct answer an;
    struct err err = {0};
    fixture_up(false);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    struct ask ask = {.method = METHOD_PUT,
                      .target = "/sink/open",
                      .body = {thirteen, sizeof thirteen},
                      .answer_bytes_max = 100};
    EXPECT_ERR(client_ask(c, &ask, &fx.arena, &an, &err), ERR_CONFLICT);
    EXPECT(ended(1));
    ask.target = "/sink/closed";
    EXPECT_ERR(client_ask(c, &ask, &fx.arena, &an, &err), ERR_DENIED);
    EXPECT(ended(1));
    EXPECT(fx.handled == 0);
    client_close(c);
    fixture_down();
}

TEST(an_upload_that_breaks_off_runs_its_ends_and_no_handler)
{
    static const char ask[] = "PUT /sink/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n0123";
    fixture_up(false);
    int fd = raw_connect();
    raw_send(fd, ask, sizeof ask - 1);
    (void)poll(NULL, 0, 100);
    close(fd);
    for (int i = 0; i < 100 && fx.ended == 0; i++)
        (void)poll(NULL, 0, 10);
    EXPECT(ended(1));
    EXPECT(fx.handled == 0);
    fixture_down();
}

// -- time and number ------------------------------------------------------------------------------
TEST(a_head_that_trickles_is_cut_off_in_time)
{
    static const char head[] =
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    bool cut = false;
    int passed = 0;
    fixture_up(false);
    server_stop(fx.server, 0);
    struct server_options o = fixture_options(false);
    o.head_timeout_ms = 600;
    fixture_start(&o);
    int fd = raw_connect();
    for (size_t i = 0; i < sizeof head - 1 && !cut; i++, passed += 50) {
        char octet;
        raw_send(fd, head + i, 1);
        (void)poll(NULL, 0, 50);
        cut = recv(fd, &octet, 1, MSG_DONTWAIT) == 0;
    }
    EXPECT(cut);
    EXPECT(passed >= 500);
    EXPECT(passed <= 1500);
    close(fd);
    fixture_down();
}

TEST(a_body_that_trickles_is_cut_off_in_time)
{
    static const char head[] = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n";
    bool cut = false;
    fixture_up(false);
    server_stop(fx.server, 0);
    struct server_options o = fixture_options(false);
    o.stall_timeout_s = 1;
    fixture_start(&o);
    int fd = raw_connect();
    raw_send(fd, head, sizeof head - 1);
    for (int i = 0; i < 40 && !cut; i++) {
        char octet;
        raw_send(fd, "x", 1);
        (void)poll(NULL, 0, 100);
        ssize_t n = recv(fd, &octet, 1, MSG_DONTWAIT);
        cut = n == 0;
    }
    EXPECT(cut);
    EXPECT(fx.handled == 0);
    close(fd);
    fixture_down();
}

TEST(one_address_holds_only_so_many_connections)
{
    static const char ask[] = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    int fds[6];
    int answered = 0;
    fixture_up(false);
    server_stop(fx.server, 0);
    struct server_options o = fixture_options(false);
    o.per_address_max = 3;
    fixture_start(&o);
    for (int i = 0; i < 6; i++) {
        char answer[1024];
        bool closed;
        fds[i] = raw_connect();
        raw_send(fds[i], ask, sizeof ask - 1);
        raw_read(fds[i], answer, sizeof answer, 200, &closed);
        answered += strstr(answer, "200 OK") != NULL;
    }
    EXPECT(answered == 3);
    for (int i = 0; i < 6; i++)
        close(fds[i]);
    fixture_down();
}

// -- waiting --------------------------------------------------------------------------------------
struct asker {
    pthread_t thread;
    const char *target;
    struct arena arena;
    struct answer answer;
    struct err err;
    bool done;
};
static void *asker_run(void *own)
{
    struct asker *k = own;
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    struct ask ask = {.method = METHOD_GET,
                      .target = k->target,
                      .answer_bytes_max = 1000,
                      .total_timeout_ms = 20000};
    k->done = client_ask(c, &ask, &k->arena, &k->answer, &k->err);
    client_close(c);
    return NULL;
}
static void asker_start(struct asker *k, const char *target)
{
    memset(k, 0, sizeof *k);
    k->target = target;
    arena_init(&k->arena, 1 << 20);
    EXPECT(pthread_create(&k->thread, NULL, asker_run, k) == 0);
}
static void asker_end(struct asker *k, const char *want)
{
    EXPECT(pthread_join(k->thread, NULL) == 0);
    if (!k->done)
        fail_msg("%s", k->err.text);
    EXPECT(body_is(&k->answer, want));
    arena_release(&k->arena);
}
static void until_waiting(unsigned count)
{
    for (int i = 0; i < 500 && fx.waiting < count; i++)
        (void)poll(NULL, 0, 5);
    EXPECT(fx.waiting >= count);
}

TEST(a_waiting_request_is_answered_when_somebody_wakes_it)
{
    struct asker one;
    struct answer an;
    struct err err = {0};
    struct server_counts counts;
    fixture_up(false);
    asker_start(&one, "/wait/long");
    until_waiting(1);
    server_counts(fx.server, &counts);
    EXPECT(counts.waiting == 1);
    // others are served meanwhile
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    EXPECT_OK(get(c, "/hello", &an, &err));
    struct wait_ticket wrong = {fx.ticket.n + 1};
    server_wake(fx.server, wrong);
    server_wake(fx.server, (struct wait_ticket){0});
    server_counts(fx.server, &counts);
    EXPECT(counts.waiting == 1);
    server_wake(fx.server, fx.ticket);
    server_wake(fx.server, fx.ticket); // a ticket that is over does nothing
    asker_end(&one, "called");
    client_close(c);
    fixture_down();
}

TEST(a_wait_ends_by_itself)
{
    struct asker one;
    fixture_up(false);
    asker_start(&one, "/wait/short");
    asker_end(&one, "time");
    fixture_down();
}

TEST(many_wait_at_once_and_all_are_woken)
{
    struct asker many[20];
    fixture_up(false);
    for (size_t i = 0; i < 20; i++)
        asker_start(&many[i], "/wait/long");
    until_waiting(20);
    server_wake_all(fx.server);
    for (size_t i = 0; i < 20; i++)
        asker_end(&many[i], "called");
    fixture_down();
}

TEST(stopping_wakes_who_waits_and_lets_work_in_flight_end)
{
    struct asker waits;
    struct asker works;
    fixture_up(false);
    asker_start(&waits, "/wait/long");
    until_waiting(1);
    asker_start(&works, "/slow");
    until_waiting(2);
    server_stop(fx.server, 3000);
    asker_end(&waits, "stop");
    asker_end(&works, "slow");
    fx.server = NULL;
    fixture_down();
}

TEST(stopping_is_bounded_by_its_drain_time)
{
    static const char ask[] = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc";
    struct world *w = world_real();
    fixture_up(false);
    int fd = raw_connect();
    raw_send(fd, ask, sizeof ask - 1);
    (void)poll(NULL, 0, 100);
    int64_t from = world_monotonic_ms(w);
    server_stop(fx.server, 300);
    int64_t took = world_monotonic_ms(w) - from;
    EXPECT(took >= 290);
    EXPECT(took < 2000);
    close(fd);
    fx.server = NULL;
    fixture_down();
}

TEST(a_client_gives_up_when_told)
{
    struct answer an;
    struct err err = {0};
    static atomic_bool abandon;
    struct client *c = NULL;
    fixture_up(false);
    atomic_store(&abandon, true);
    struct client_options o = {.host = "127.0.0.1",
                               .port = server_port(fx.server),
                               .trust = TRUST_PLAIN,
                               .abandon = &abandon};
    EXPECT_OK(client_open(&o, &c, &err));
    EXPECT_ERR(get(c, "/wait/long", &an, &err), ERR_BUSY);
    client_close(c);
    fixture_down();
}

TEST(a_client_that_cannot_connect_says_offline)
{
    struct answer an;
    struct err err = {0};
    struct client *c = NULL;
    fixture_up(false);
    struct client_options o = {
        .host = "127.0.0.1", .port = server_port(fx.server), .trust = TRUST_PLAIN};
    server_stop(fx.server, 0);
    fx.server = NULL;
    EXPECT_OK(client_open(&o, &c, &err));
    EXPECT_ERR(get(c, "/hello", &an, &err), ERR_OFFLINE);
    client_close(c);
    struct client_options wrong = {.host = "a b", .trust = TRUST_PLAIN};
    EXPECT_ERR(client_open(&wrong, &c, &err), ERR_USAGE);
    fixture_down();
}

TEST(a_client_follows_no_redirect_and_no_proxy_of_the_environment)
{
    struct answer an;
    struct err err = {0};
    fixture_up(false);
    EXPECT(setenv("http_proxy", "http://127.0.0.1:1", 1) == 0);
    EXPECT(setenv("ALL_PROXY", "http://127.0.0.1:1", 1) == 0);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    EXPECT_OK(get(c, "/hello", &an, &err));
    EXPECT_ERR(get(c, "/elsewhere", &an, &err), ERR_UNSUPPORTED);
    EXPECT(an.status == 303);
    EXPECT(fx.handled == 1);
    EXPECT_ERR(get(c, "hello", &an, &err), ERR_USAGE);
    EXPECT_ERR(get(c, "/hel lo", &an, &err), ERR_USAGE);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    client_close(c);
    fixture_down();
}

TEST(several_threads_serve_and_wake_as_one_does)
{
    struct asker many[8];
    fixture_up(false);
    server_stop(fx.server, 0);
    struct server_options o = fixture_options(false);
    o.threads = 2;
    fixture_start(&o);
    for (size_t i = 0; i < 8; i++)
        asker_start(&many[i], "/wait/long");
    until_waiting(8);
    server_wake_all(fx.server);
    for (size_t i = 0; i < 8; i++)
        asker_end(&many[i], "called");
    fixture_down();
}

TEST(a_server_does_not_start_on_what_it_cannot_serve)
{
    static const struct route wrong[] = {{METHOD_GET, "/", 0, 0, do_hello, NULL}};
    struct server *s = NULL;
    struct err err = {0};
    fixture_up(false);
    struct server_options o = fixture_options(false);
    o.port = server_port(fx.server);
    EXPECT_ERR(server_start(&o, &s, &err), ERR_IO);
    o = fixture_options(false);
    o.address = "localhost"; // a name is no address
    EXPECT_ERR(server_start(&o, &s, &err), ERR_USAGE);
    o = fixture_options(false);
    o.routes = (struct route_table){wrong, 1};
    EXPECT_ERR(server_start(&o, &s, &err), ERR_USAGE);
    EXPECT(s == NULL);
    o = fixture_options(false);
    o.address = "::1";
    if (server_start(&o, &s, &err)) // where the machine has IPv6
        server_stop(s, 0);
    fixture_down();
}
