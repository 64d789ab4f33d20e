// rooms: cli
// The configuration file: what is accepted is within its bounds, and the file written from it reads
// back as the same values.
#include "cli/config.h"

#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bounds(const struct config *c)
{
    CHECK(c->poll_s >= 1 && c->poll_s <= 86400);
    CHECK(c->peer_quota_mib >= 1 && c->peer_quota_mib <= 1 << 20);
    CHECK(c->markings_count >= 1 && c->markings_count <= CONFIG_MARKINGS_MAX);
    CHECK(config_markings_allowed(c) >= 1);
    CHECK(c->log_level < REPORT_LEVEL_COUNT);
    CHECK(strcmp(c->folder, "/nowhere") == 0);
}

static void check_same(const struct config *a, const struct config *b)
{
    CHECK(strcmp(a->listen, b->listen) == 0);
    CHECK(strcmp(a->monitor, b->monitor) == 0);
    CHECK(strcmp(a->door, b->door) == 0);
    CHECK(strcmp(a->passphrase_file, b->passphrase_file) == 0);
    CHECK(a->dials == b->dials);
    CHECK(a->poll_s == b->poll_s);
    CHECK(a->peer_quota_mib == b->peer_quota_mib);
    CHECK(a->markings_count == b->markings_count);
    for (size_t i = 0; i < a->markings_count; i++)
        CHECK(strcmp(a->markings[i], b->markings[i]) == 0);
    CHECK(strcmp(a->marking_ceiling, b->marking_ceiling) == 0);
    CHECK(a->log_level == b->log_level);
    CHECK(a->log_json == b->log_json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config first;
    struct config second;
    struct bytes text;
    struct arena a;
    struct err err = {0};
    config_defaults(&first, "/nowhere");
    config_defaults(&second, "/nowhere");
    if (!config_read(bytes_of(data, size), &first, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return 0;
    }
    check_bounds(&first);
    arena_init(&a, (size_t)4 * CONFIG_BYTES_MAX);
    CHECK(config_text(&first, &a, &text, &err));
    CHECK(config_read(text, &second, &err));
    check_same(&first, &second);
    arena_release(&a);
    return 0;
}
