// Every file of tests/hostile/log is refused by the parser its ending names, and says why.
#define _XOPEN_SOURCE 700 // nftw
#include "tests/log/made.h"

#include <ftw.h>

static struct arena arena;
static size_t refused;

static bool try_note(struct bytes sent, struct err *err)
{
    struct note note;
    return note_read(sent, &note, err);
}
static bool try_checkpoint(struct bytes sent, struct err *err)
{
    struct str text;
    struct checkpoint_claim claim;
    return text_check(sent, &text, err) && checkpoint_read(text, &claim, err);
}
static bool try_request(struct bytes sent, struct err *err)
{
    struct witness_request request;
    return witness_request_read(sent, &request, err);
}
static bool try_policy(struct bytes sent, struct err *err)
{
    struct policy policy;
    return policy_read(sent, &arena, &policy, err);
}
static bool try_proof(struct bytes sent, struct err *err)
{
    struct log_proof proof;
    return proof_read(sent, &proof, err);
}
static bool try_evidence(struct bytes sent, struct err *err)
{
    struct evidence evidence;
    return evidence_read(sent, &evidence, err);
}
static bool try_path(struct bytes sent, struct err *err)
{
    struct tile_at at;
    return tile_path_read((struct str){(const char *)sent.ptr, sent.len}, &at, err);
}

static const struct {
    const char *ending;
    bool (*take)(struct bytes sent, struct err *err);
} parsers[] = {
    {".note", try_note},      {".checkpoint", try_checkpoint}, {".add-checkpoint", try_request},
    {".policy", try_policy},  {".tlog-proof", try_proof},      {".evidence", try_evidence},
    {".tile-path", try_path},
};

static int refuse_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    for (size_t i = 0; flag == FTW_F && i < sizeof parsers / sizeof *parsers; i++) {
        const char *ending = strrchr(path, '.');
        struct err err = {0};
        if (ending == NULL || strcmp(ending, parsers[i].ending) != 0)
            continue;
        if (parsers[i].take(test_file(&arena, path), &err))
            fail_msg("taken: %s", path);
        EXPECT(err.kind != ERR_NONE && err.text[0] != '\0');
        refused++;
    }
    return 0;
}

TEST(every_hostile_file_is_refused_and_told_why)
{
    crypto_start();
    arena_init(&arena, 16U << 20);
    EXPECT(nftw("tests/hostile/log", refuse_one, 8, FTW_PHYS) == 0);
    EXPECT(refused == 21);
    arena_release(&arena);
}
