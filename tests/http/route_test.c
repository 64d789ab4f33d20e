// Tests of http/route.h.
#include "http/route.h"

#include "base/limits.h"
#include "tests/test.h"

static bool nothing(struct request *rq, void *ctx, struct err *err)
{
    (void)rq;
    (void)ctx;
    (void)err;
    return true;
}

static const struct route rows[] = {
    {METHOD_GET, "/", 1, 0, nothing, NULL},
    {METHOD_GET, "/records/{}", 1, 0, nothing, NULL},
    {METHOD_GET, "/records/new", 1, 0, nothing, NULL},
    {METHOD_POST, "/records/{}/issue", 1, 16384, nothing, NULL},
    {METHOD_GET, "/collections/{}/objects/", 1, 0, nothing, NULL},
    {METHOD_GET, "/tile/{*}", 1, 0, nothing, NULL},
    {METHOD_GET, "/tile/entries/{*}", 1, 0, nothing, NULL},
    {METHOD_PUT, "/blob/{}", 1, 1000, nothing, nothing},
    {METHOD_GET, "/blob/{}", 1, 0, nothing, NULL},
    {METHOD_HEAD, "/blob/{}", 1, 0, nothing, NULL},
};
static const struct route_table table = {rows, sizeof rows / sizeof rows[0]};

// The path of the row that answers, or a word.
static const char *found(enum http_method method, const char *path, struct route_match *match)
{
    static struct arena a;
    struct str allowed = {0};
    struct err err = {0};
    arena_release(&a);
    arena_init(&a, 65536);
    if (route_find(table, method, str_of(path), &a, match, &allowed, &err))
        return match->row->path;
    return err_kind_word(err.kind);
}

static bool finds(enum http_method method, const char *path, const char *want)
{
    struct route_match match;
    const char *got = found(method, path, &match);
    if (strcmp(got, want) != 0)
        print_message("%s: %s, not %s\n", path, got, want);
    return strcmp(got, want) == 0;
}

TEST(the_most_literal_row_answers)
{
    struct err err = {0};
    EXPECT_OK(route_table_check(table, &err));
    EXPECT(finds(METHOD_GET, "/", "/"));
    EXPECT(finds(METHOD_GET, "/records/7", "/records/{}"));
    EXPECT(finds(METHOD_GET, "/records/new", "/records/new"));
    EXPECT(finds(METHOD_GET, "/records/%6eew", "/records/new"));
    EXPECT(finds(METHOD_POST, "/records/7/issue", "/records/{}/issue"));
    EXPECT(finds(METHOD_GET, "/collections/7/objects/", "/collections/{}/objects/"));
    EXPECT(finds(METHOD_GET, "/tile/0/x001/067.p/8", "/tile/{*}"));
    EXPECT(finds(METHOD_GET, "/tile/entries/x001/067", "/tile/entries/{*}"));
    EXPECT(finds(METHOD_HEAD, "/records/7", "/records/{}"));
}

TEST(paths_that_no_row_has_are_not_found)
{
    static const char *const paths[] = {
        "/records",          "/records/", "/records/7/", "/records/7/8",
        "/RECORDS/7",        "/tile",     "/tile/",      "/collections/7/objects",
        "/records/7/issue/", "/x"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        EXPECT(finds(METHOD_GET, paths[i], "not-found"));
}

TEST(paths_that_two_readers_could_read_differently_are_refused)
{
    static const char *const paths[] = {
        "",
        "records/7",
        "*",
        "http://xa.example/",
        "/records/..",
        "/./records",
        "/tile/%2e%2e/",
        "//",
        "//records/7",
        "/tile/a//b",
        "/tile/a%2Fb",
        "/tile/a%2fb",
        "/records/%00",
        "/records/%0a",
        "/records/%7f",
        "/records/%",
        "/records/%4",
        "/records/%zz",
        "/records/%ff",
        "/records/\xc3\xa9",
        "/records/a b",
        "/records/a#b",
        "/records/%E2%80%AE",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        EXPECT(finds(METHOD_GET, paths[i], "malformed"));
}

TEST(captures_are_decoded_text)
{
    struct route_match match;
    EXPECT(strcmp(found(METHOD_GET, "/records/caf%C3%A9", &match), "/records/{}") == 0);
    EXPECT(match.count == 1);
    EXPECT(str_eq(match.captures[0], STR("caf\xc3\xa9")));
    EXPECT(strcmp(found(METHOD_GET, "/tile/0/x001/067.p/8", &match), "/tile/{*}") == 0);
    EXPECT(str_eq(match.captures[0], STR("0/x001/067.p/8")));
}

TEST(another_method_is_told_which_are_allowed)
{
    struct arena a;
    struct route_match match;
    struct str allowed = {0};
    struct err err = {0};
    arena_init(&a, 65536);
    EXPECT_ERR(route_find(table, METHOD_DELETE, STR("/blob/7"), &a, &match, &allowed, &err),
               ERR_UNSUPPORTED);
    EXPECT(str_eq(allowed, STR("GET, HEAD, PUT")));
    EXPECT_ERR(route_find(table, METHOD_POST, STR("/"), &a, &match, &allowed, &err),
               ERR_UNSUPPORTED);
    EXPECT(str_eq(allowed, STR("GET, HEAD")));
    EXPECT_OK(route_find(table, METHOD_HEAD, STR("/blob/7"), &a, &match, &allowed, &err));
    EXPECT(match.row->method == METHOD_HEAD);
    arena_release(&a);
}

TEST(a_table_with_a_forgotten_column_fails)
{
    static const struct route wrong[] = {
        {METHOD_NONE, "/", 1, 0, nothing, NULL},
        {METHOD_GET, "/", 0, 0, nothing, NULL},
        {METHOD_GET, "/", -1, 0, nothing, NULL},
        {METHOD_GET, "/", 1, 0, NULL, NULL},
        {METHOD_GET, NULL, 1, 0, nothing, NULL},
        {METHOD_GET, "x", 1, 0, nothing, NULL},
        {METHOD_GET, "/", 1, 5, nothing, NULL},
        {METHOD_DELETE, "/", 1, 5, nothing, NULL},
        {METHOD_GET, "/{*}/x", 1, 0, nothing, NULL},
        {METHOD_GET, "/{id}", 1, 0, nothing, NULL},
        {METHOD_GET, "/a{}", 1, 0, nothing, NULL},
        {METHOD_GET, "//a", 1, 0, nothing, NULL},
        {METHOD_GET, "/{}/{}/{}/{}/{}/{}/{}/{}/{}", 1, 0, nothing, NULL},
        {METHOD_POST, "/", 1, (uint64_t)HTTP_COLLECT_BYTES_MAX + 1, nothing, NULL},
    };
    struct err err = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct route_table one = {&wrong[i], 1};
        EXPECT_ERR(route_table_check(one, &err), ERR_USAGE);
    }
    struct route_table none = {NULL, 0};
    EXPECT_ERR(route_table_check(none, &err), ERR_USAGE);
    static const struct route twice[] = {{METHOD_GET, "/a/{}", 1, 0, nothing, NULL},
                                         {METHOD_PUT, "/a/{}", 1, 0, nothing, NULL},
                                         {METHOD_GET, "/a/{}", 2, 0, nothing, NULL}};
    struct route_table duplicate = {twice, 3};
    EXPECT_ERR(route_table_check(duplicate, &err), ERR_USAGE);
}

TEST(a_path_of_too_many_segments_is_refused)
{
    char path[200];
    for (size_t i = 0; i < sizeof path; i++)
        path[i] = i % 2 == 0 ? '/' : 'a';
    path[sizeof path - 1] = '\0';
    EXPECT(finds(METHOD_GET, path, "limit"));
}
