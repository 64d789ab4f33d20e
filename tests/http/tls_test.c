// Tests of pinned keys on both sides, and of TLS 1.3 alone.
#include "tests/http/fixture.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>

TEST(both_sides_with_the_pinned_keys_talk)
{
    struct answer an;
    struct err err = {0};
    char want[DIGEST_TEXT_CHARS + 1];
    fixture_up(true);
    struct client *c = fixture_client(TRUST_PINNED, &fx.friend_cert);
    EXPECT_OK(get(c, "/hello", &an, &err));
    EXPECT(body_is(&an, "hello"));
    EXPECT_OK(get(c, "/secret", &an, &err));
    digest_write(&fx.friend_cert.key_pin, want);
    EXPECT_OK(get(c, "/pin", &an, &err));
    EXPECT(body_is(&an, want));
    struct server_counts counts;
    server_counts(fx.server, &counts);
    EXPECT(counts.connections == 1); // kept
    client_close(c);
    fixture_down();
}

TEST(a_server_with_another_key_gets_nothing)
{
    struct answer an;
    struct err err = {0};
    struct client *c = NULL;
    struct server_counts counts;
    fixture_up(true);
    struct client_options o = {.host = "127.0.0.1",
                               .port = server_port(fx.server),
                               .trust = TRUST_PINNED,
                               .pin = fx.stranger_cert.key_pin,
                               .cert = &fx.friend_cert};
    EXPECT_OK(client_open(&o, &c, &err));
    EXPECT_ERR(get(c, "/hello", &an, &err), ERR_DENIED);
    EXPECT_ERR(get(c, "/hello", &an, &err), ERR_DENIED); // and again, on a new connection
    server_counts(fx.server, &counts);
    EXPECT(counts.requests == 0);
    client_close(c);
    // the same connection options, no key pinned: for what proves itself
    o.trust = TRUST_ANY_KEY;
    EXPECT_OK(client_open(&o, &c, &err));
    EXPECT_OK(get(c, "/hello", &an, &err));
    client_close(c);
    // a pin that was never filled in matches no key
    o.trust = TRUST_PINNED;
    o.pin = (struct digest){{0}};
    EXPECT_OK(client_open(&o, &c, &err));
    EXPECT_ERR(get(c, "/hello", &an, &err), ERR_DENIED);
    client_close(c);
    fixture_down();
}

TEST(a_stranger_is_let_in_but_not_to_what_needs_a_pinned_key)
{
    struct answer an;
    struct err err = {0};
    char want[DIGEST_TEXT_CHARS + 1];
    fixture_up(true);
    struct client *c = fixture_client(TRUST_PINNED, &fx.stranger_cert);
    EXPECT_OK(get(c, "/hello", &an, &err));
    EXPECT_ERR(get(c, "/secret", &an, &err), ERR_DENIED);
    digest_write(&fx.stranger_cert.key_pin, want);
    EXPECT_OK(get(c, "/pin", &an, &err));
    EXPECT(body_is(&an, want));
    client_close(c);
    fixture_down();
}

TEST(a_client_without_a_certificate_has_no_pinned_key)
{
    struct answer an;
    struct err err = {0};
    fixture_up(true);
    struct client *c = fixture_client(TRUST_PINNED, NULL);
    EXPECT_OK(get(c, "/pin", &an, &err));
    EXPECT(body_is(&an, "none"));
    EXPECT_ERR(get(c, "/secret", &an, &err), ERR_DENIED);
    client_close(c);
    fixture_down();
}

TEST(a_server_that_does_not_ask_sees_no_key)
{
    struct answer an;
    struct err err = {0};
    fixture_up(true);
    server_stop(fx.server, 0);
    struct server_options o = fixture_options(true);
    o.ask_peer_cert = false;
    fixture_start(&o);
    struct client *c = fixture_client(TRUST_PINNED, &fx.friend_cert);
    EXPECT_OK(get(c, "/pin", &an, &err));
    EXPECT(body_is(&an, "none"));
    EXPECT_ERR(get(c, "/secret", &an, &err), ERR_DENIED);
    client_close(c);
    fixture_down();
}

TEST(plain_text_does_not_reach_a_tls_server_nor_tls_a_plain_one)
{
    struct answer an;
    struct err err = {0};
    fixture_up(true);
    struct client *c = fixture_client(TRUST_PLAIN, NULL);
    EXPECT(!get(c, "/hello", &an, &err));
    EXPECT(fx.handled == 0);
    client_close(c);
    fixture_down();
    fixture_up(false);
    c = fixture_client(TRUST_ANY_KEY, NULL);
    EXPECT_ERR(get(c, "/hello", &an, &err), ERR_OFFLINE);
    EXPECT(fx.handled == 0);
    client_close(c);
    fixture_down();
}

// -- versions -------------------------------------------------------------------------------------
static bool handshake(const char *priority)
{
    gnutls_session_t session;
    gnutls_certificate_credentials_t cred;
    int fd = raw_connect();
    EXPECT(gnutls_init(&session, GNUTLS_CLIENT) == 0);
    EXPECT(gnutls_certificate_allocate_credentials(&cred) == 0);
    EXPECT(gnutls_priority_set_direct(session, priority, NULL) == 0);
    EXPECT(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred) == 0);
    gnutls_transport_set_int(session, fd);
    gnutls_handshake_set_timeout(session, 3000);
    int code;
    do
        code = gnutls_handshake(session);
    while (code < 0 && gnutls_error_is_fatal(code) == 0);
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(cred);
    close(fd);
    return code == 0;
}

TEST(the_server_speaks_tls_1_3_alone)
{
    fixture_up(true);
    EXPECT(handshake("NORMAL:-VERS-ALL:+VERS-TLS1.3"));
    EXPECT(handshake("NORMAL"));
    EXPECT(!handshake("NORMAL:-VERS-ALL:+VERS-TLS1.2"));
    EXPECT(!handshake("NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT"));
    fixture_down();
}

static enum MHD_Result old_step(void *own, struct MHD_Connection *c, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *size, void **kept)
{
    unsigned *asked = own;
    (void)c;
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    (void)size;
    (void)kept;
    (*asked)++;
    return MHD_NO;
}

TEST(the_client_speaks_tls_1_3_alone)
{
    struct answer an;
    struct err err = {0};
    struct client *c = NULL;
    unsigned asked = 0;
    fixture_up(true);
    struct MHD_Daemon *old = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS, 0, NULL, NULL, old_step, &asked,
        MHD_OPTION_HTTPS_MEM_KEY, fx.cert.key_pem.ptr, MHD_OPTION_HTTPS_MEM_CERT, fx.cert.pem.ptr,
        MHD_OPTION_HTTPS_PRIORITIES, "NORMAL:-VERS-ALL:+VERS-TLS1.2", MHD_OPTION_END);
    EXPECT(old != NULL);
    struct client_options o = {.host = "127.0.0.1",
                               .port = MHD_get_daemon_info(old, MHD_DAEMON_INFO_BIND_PORT)->port,
                               .trust = TRUST_PINNED,
                               .pin = fx.cert.key_pin};
    EXPECT_OK(client_open(&o, &c, &err));
    EXPECT_ERR(get(c, "/hello", &an, &err), ERR_OFFLINE);
    EXPECT(asked == 0);
    client_close(c);
    MHD_stop_daemon(old);
    fixture_down();
}

// -- dates and names say nothing ------------------------------------------------------------------
static void expired_cert(const struct cert *like, struct cert *ret)
{
    static const uint8_t serial[1] = {9};
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
    gnutls_datum_t text;
    gnutls_datum_t pem = {like->key_pem.ptr, (unsigned)like->key_pem.len - 1};
    struct str copy;
    struct err err = {0};
    EXPECT(gnutls_x509_privkey_init(&key) == 0);
    EXPECT(gnutls_x509_privkey_import(key, &pem, GNUTLS_X509_FMT_PEM) == 0);
    EXPECT(gnutls_x509_crt_init(&crt) == 0);
    EXPECT(gnutls_x509_crt_set_version(crt, 3) == 0);
    EXPECT(gnutls_x509_crt_set_serial(crt, serial, 1) == 0);
    EXPECT(gnutls_x509_crt_set_activation_time(crt, 1000) == 0);
    EXPECT(gnutls_x509_crt_set_expiration_time(crt, 2000) == 0);
    EXPECT(gnutls_x509_crt_set_dn(crt, "CN=somebody.else.example", NULL) == 0);
    EXPECT(gnutls_x509_crt_set_key(crt, key) == 0);
    EXPECT(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA512, 0) == 0);
    EXPECT(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &text) == 0);
    EXPECT_OK(arena_str(&fx.arena, (struct str){(const char *)text.data, text.size}, &copy, &err));
    *ret = (struct cert){.pem = copy, .key_pin = like->key_pin};
    secret_copy(&ret->key_pem, secret_bytes(&like->key_pem));
    gnutls_free(text.data);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
}

TEST(dates_and_names_in_certificates_are_ignored)
{
    struct answer an;
    struct err err = {0};
    struct cert old_server;
    struct cert old_friend;
    fixture_up(true);
    server_stop(fx.server, 0);
    expired_cert(&fx.cert, &old_server);
    expired_cert(&fx.friend_cert, &old_friend);
    struct server_options o = fixture_options(true);
    o.cert = &old_server;
    fixture_start(&o);
    struct client *c = fixture_client(TRUST_PINNED, &old_friend);
    EXPECT_OK(get(c, "/secret", &an, &err));
    client_close(c);
    cert_release(&old_server);
    cert_release(&old_friend);
    fixture_down();
}

// The same strictness stands behind TLS.
static void tls_ask(const char *octets, size_t len, char *answer, size_t cap)
{
    gnutls_session_t session;
    gnutls_certificate_credentials_t cred;
    size_t got = 0;
    int fd = raw_connect();
    EXPECT(gnutls_init(&session, GNUTLS_CLIENT) == 0);
    EXPECT(gnutls_certificate_allocate_credentials(&cred) == 0);
    EXPECT(gnutls_set_default_priority(session) == 0);
    EXPECT(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred) == 0);
    gnutls_transport_set_int(session, fd);
    EXPECT(gnutls_handshake(session) == 0);
    EXPECT(gnutls_record_send(session, octets, len) == (ssize_t)len);
    gnutls_record_set_timeout(session, 300);
    while (got + 1 < cap) {
        ssize_t n = gnutls_record_recv(session, answer + got, cap - 1 - got);
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    answer[got] = '\0';
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(cred);
    close(fd);
}

TEST(ambiguous_requests_are_refused_behind_tls_too)
{
    static const char good[] = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char *const wrong[] = {
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET /hello HTTP/1.1\nHost: a\n\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    };
    char answer[2048];
    fixture_up(true);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        tls_ask(wrong[i], strlen(wrong[i]), answer, sizeof answer);
        EXPECT(memcmp(answer, "HTTP/1.1 400", 12) == 0);
    }
    EXPECT(fx.handled == 0);
    tls_ask(good, sizeof good - 1, answer, sizeof answer);
    EXPECT(memcmp(answer, "HTTP/1.1 200", 12) == 0);
    fixture_down();
}
