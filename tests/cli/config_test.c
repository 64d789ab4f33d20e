// elchi.conf: what stands in it is checked line by line, what does not stand has its usual value,
// and the file that `elchi init` leaves reads back as what was decided.
#include "cli/config.h"

#include "base/limits.h"
#include "tests/test.h"

#include <stdio.h>

static bool read_text(const char *text, struct config *ret, struct err *err)
{
    config_defaults(ret, "/nowhere");
    return config_read(bytes_of(text, strlen(text)), ret, err);
}

static void expect_refused(const char *text, enum err_kind kind, const char *says)
{
    struct config c;
    struct err err = {0};
    if (read_text(text, &c, &err) || err.kind != kind || strstr(err.text, says) == NULL)
        fail_msg("\"%s\": wanted %s \"%s\", got %s \"%s\"", text, err_kind_word(kind), says,
                 err_kind_word(err.kind), err.text);
    EXPECT(err.clause != NULL);
}

TEST(an_empty_file_and_one_of_comments_give_the_usual_values)
{
    static const char *const texts[] = {"", "\n\n", "# listen 1.2.3.4:5\n\n#poll 7\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct config c;
        struct err err = {0};
        EXPECT_OK(read_text(texts[i], &c, &err));
        EXPECT(c.listen[0] == '\0' && c.monitor[0] == '\0' && c.door[0] == '\0');
        EXPECT(c.passphrase_file[0] == '\0');
        EXPECT(c.dials);
        EXPECT(c.poll_s == 60);
        EXPECT(c.peer_quota_mib == 4096);
        EXPECT(c.markings_count == 1 && strcmp(c.markings[0], "UNCLASSIFIED") == 0);
        EXPECT(strcmp(c.marking_ceiling, "UNCLASSIFIED") == 0);
        EXPECT(c.log_level == REPORT_INFO && !c.log_json);
    }
}

TEST(every_key_is_taken)
{
    struct config c;
    struct err err = {0};
    EXPECT_OK(read_text("listen 192.0.2.10:7001\ndial no\npoll 5\nmonitor [2001:db8::1]:7002\n"
                        "door 127.0.0.1:7003\npassphrase-file /run/my words\npeer-quota 10\n"
                        "markings OPEN RESTRICTED SECRET-1\nmarking-ceiling RESTRICTED\n"
                        "log-level warn\nlog-form json",
                        &c, &err));
    EXPECT(strcmp(c.listen, "192.0.2.10:7001") == 0);
    EXPECT(!c.dials);
    EXPECT(c.poll_s == 5);
    EXPECT(strcmp(c.monitor, "[2001:db8::1]:7002") == 0);
    EXPECT(strcmp(c.door, "127.0.0.1:7003") == 0);
    EXPECT(strcmp(c.passphrase_file, "/run/my words") == 0);
    EXPECT(c.peer_quota_mib == 10);
    EXPECT(c.markings_count == 3 && strcmp(c.markings[2], "SECRET-1") == 0);
    EXPECT(config_markings_allowed(&c) == 2);
    EXPECT(c.log_level == REPORT_WARN && c.log_json);
}

TEST(an_unknown_key_is_named_with_its_line)
{
    expect_refused("poll 5\n\nlisen 1.2.3.4:5\n", ERR_MALFORMED, "line 3: there is no key lisen");
    expect_refused("Poll 5\n", ERR_MALFORMED, "there is no key Poll");
    expect_refused(" poll 5\n", ERR_MALFORMED, "line 1");
}

TEST(a_key_that_stands_twice_is_refused)
{
    expect_refused("poll 5\npoll 6\n", ERR_MALFORMED, "line 2: poll stands twice");
    expect_refused("listen off\n# between\nlisten off\n", ERR_MALFORMED, "listen stands twice");
}

TEST(a_line_without_a_value_is_refused)
{
    expect_refused("poll\n", ERR_MALFORMED, "line 1: a key and a value");
    expect_refused("poll \n", ERR_MALFORMED, "line 1: a key and a value");
    expect_refused("dial no\nlisten", ERR_MALFORMED, "line 2: a key and a value");
}

TEST(values_out_of_bounds_or_of_another_kind_are_refused)
{
    expect_refused("poll 0\n", ERR_MALFORMED, "a number from 1 to 86400");
    expect_refused("poll 86401\n", ERR_MALFORMED, "a number from 1 to 86400");
    expect_refused("poll 05\n", ERR_MALFORMED, "a number from 1");
    expect_refused("poll -1\n", ERR_MALFORMED, "a number from 1");
    expect_refused("poll 99999999999999999999\n", ERR_MALFORMED, "a number from 1");
    expect_refused("peer-quota 1048577\n", ERR_MALFORMED, "a number from 1 to 1048576");
    expect_refused("dial maybe\n", ERR_MALFORMED, "yes or no");
    expect_refused("dial yes \n", ERR_MALFORMED, "yes or no");
    expect_refused("log-level loud\n", ERR_MALFORMED, "debug, info, warn or error");
    expect_refused("log-form xml\n", ERR_MALFORMED, "text or json");
}

TEST(an_address_that_nobody_could_listen_on_is_refused_here_and_not_at_start)
{
    static const char *const addresses[] = {"7001", "192.0.2.1:", "192.0.2.1:70000", ":7001",
                                            "192.0.2.1:x"};
    static const char *const keys[] = {"listen", "monitor", "door"};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
            char text[64];
            (void)snprintf(text, sizeof text, "%s %s\n", keys[k], addresses[i]);
            expect_refused(text, ERR_MALFORMED, "HOST:PORT");
        }
}

TEST(markings_are_spelled_as_records_spell_them_and_the_ceiling_is_one_of_them)
{
    expect_refused("markings OPEN secret\nmarking-ceiling OPEN\n", ERR_MALFORMED, "capital");
    expect_refused("markings OPEN  SECRET\nmarking-ceiling OPEN\n", ERR_MALFORMED, "one space");
    expect_refused("markings OPEN OPEN\nmarking-ceiling OPEN\n", ERR_MALFORMED,
                   "OPEN stands twice");
    expect_refused("markings OPEN\n", ERR_MALFORMED, "UNCLASSIFIED is not among the markings");
    expect_refused("marking-ceiling SECRET\n", ERR_MALFORMED, "SECRET is not among the markings");
    expect_refused("markings A B C D E F G H I J K L M N O P Q\n", ERR_MALFORMED, "1 to 16");
    expect_refused("markings ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456\n", ERR_MALFORMED, "at most 32");
}

TEST(octets_that_are_no_text_are_refused)
{
    expect_refused("poll 5\r\n", ERR_MALFORMED, "elchi.conf");
    expect_refused("poll 5\n\xff\n", ERR_MALFORMED, "elchi.conf");
    expect_refused("poll\t5\n", ERR_MALFORMED, "elchi.conf");
}

TEST(a_value_longer_than_its_place_is_refused)
{
    char text[5000] = "passphrase-file ";
    memset(text + 16, 'x', 4000);
    expect_refused(text, ERR_LIMIT, "a value of 4000 octets");
}

static void expect_same(const struct config *a, const struct config *b)
{
    EXPECT(strcmp(a->listen, b->listen) == 0);
    EXPECT(strcmp(a->monitor, b->monitor) == 0);
    EXPECT(strcmp(a->door, b->door) == 0);
    EXPECT(strcmp(a->passphrase_file, b->passphrase_file) == 0);
    EXPECT(a->dials == b->dials && a->poll_s == b->poll_s);
    EXPECT(a->peer_quota_mib == b->peer_quota_mib);
    EXPECT(a->markings_count == b->markings_count);
    for (size_t i = 0; i < a->markings_count; i++)
        EXPECT(strcmp(a->markings[i], b->markings[i]) == 0);
    EXPECT(strcmp(a->marking_ceiling, b->marking_ceiling) == 0);
    EXPECT(a->log_level == b->log_level && a->log_json == b->log_json);
}

TEST(the_file_that_is_written_reads_back_as_the_same_values)
{
    static const char *const texts[] = {
        "",
        "listen 192.0.2.10:7001\npassphrase-file /run/words\n",
        ("dial no\npoll 7\npeer-quota 12\nmarkings OPEN SECRET\nmarking-ceiling SECRET\n"
         "log-level error\nlog-form json\nmonitor 127.0.0.1:1\ndoor 127.0.0.1:2\n"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct config first;
        struct config second;
        struct arena a;
        struct bytes written;
        struct err err = {0};
        arena_init(&a, 1 << 20);
        EXPECT_OK(read_text(texts[i], &first, &err));
        EXPECT_OK(config_text(&first, &a, &written, &err));
        config_defaults(&second, "/nowhere");
        EXPECT_OK(config_read(written, &second, &err));
        expect_same(&first, &second);
        arena_release(&a);
    }
}

TEST(the_file_that_is_written_says_of_every_key_what_it_is_for_and_its_usual_value)
{
    static const char *const usual[] = {"#listen off\n",
                                        "#dial yes\n",
                                        "#poll 60\n",
                                        "#monitor off\n",
                                        "#door off\n",
                                        "#passphrase-file ask\n",
                                        "#peer-quota 4096\n",
                                        "#markings UNCLASSIFIED\n",
                                        "#marking-ceiling UNCLASSIFIED\n",
                                        "#log-level info\n",
                                        "#log-form text\n"};
    struct config c;
    struct arena a;
    struct bytes written;
    struct err err = {0};
    arena_init(&a, 1 << 20);
    config_defaults(&c, "/nowhere");
    EXPECT_OK(config_text(&c, &a, &written, &err));
    char *text = arena_new(&a, char, written.len + 1);
    memcpy(text, written.ptr, written.len);
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        const char *at = strstr(text, usual[i]);
        EXPECT(at != NULL);
        EXPECT(at > text + 1 && at[-1] == '\n'); // a sentence stands above it
    }
    arena_release(&a);
}

TEST(a_folder_without_a_node_says_how_to_make_one)
{
    struct arena a;
    struct config c;
    struct err err = {0};
    arena_init(&a, 1 << 20);
    EXPECT_ERR(config_load(world_real(), test_folder(&a), &c, &err), ERR_NOT_FOUND);
    EXPECT(strstr(err.text, "elchi init") != NULL);
    arena_release(&a);
}

TEST(a_file_above_its_bound_is_refused)
{
    struct arena a;
    struct config c;
    struct err err = {0};
    struct str path;
    arena_init(&a, 1 << 20);
    const char *folder = test_folder(&a);
    uint8_t *large = arena_new(&a, uint8_t, CONFIG_BYTES_MAX + 1);
    memset(large, '\n', CONFIG_BYTES_MAX + 1);
    EXPECT_OK(arena_fmt(&a, &path, &err, "%s/elchi.conf", folder));
    EXPECT_OK(world_write_file(world_real(), path.ptr, bytes_of(large, CONFIG_BYTES_MAX + 1), 0600,
                               &err));
    EXPECT_ERR(config_load(world_real(), folder, &c, &err), ERR_LIMIT);
    arena_release(&a);
}
