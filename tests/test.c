// tests/test.c - main of every unit test program.
#define _XOPEN_SOURCE 700 // nftw
#include "tests/test.h"

#include "base/world.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct test_case *first_case;
static size_t cases_count;
static char folders[16][64];
static size_t folders_count;

void test_register(struct test_case *t)
{
    struct test_case **at = &first_case;
    while (*at != NULL)
        at = &(*at)->next;
    *at = t;
    cases_count++;
}

bool test_long(void)
{
    const char *value = getenv("ELCHI_LONG");
    return value != NULL && strcmp(value, "1") == 0;
}

uint64_t test_seed(void)
{
    const char *value = getenv("SEED");
    return value == NULL ? 1 : strtoull(value, NULL, 10);
}

const char *test_vectors(void)
{
    const char *folder = getenv("VECTORS");
    if (folder == NULL)
        folder = "../shared/vectors";
    return access(folder, R_OK) == 0 ? folder : NULL;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static void remove_folders(void)
{
    for (size_t i = 0; i < folders_count; i++)
        (void)nftw(folders[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *test_folder(struct arena *a)
{
    struct str path;
    struct err err;
    const char *base = getenv("TMPDIR");
    CHECK(folders_count < 16);
    CHECK(arena_fmt(a, &path, &err, "%s/elchi-test-XXXXXX", base == NULL ? "/tmp" : base));
    CHECK(path.len < sizeof folders[0]);
    memcpy(folders[folders_count], path.ptr, path.len + 1);
    CHECK(mkdtemp(folders[folders_count]) != NULL);
    return folders[folders_count++];
}

struct bytes test_file(struct arena *a, const char *path)
{
    struct bytes content = {0};
    struct err err = {0};
    if (!world_read_file(world_real(), path, a->limit, a, &content, &err))
        fail_msg("%s: %s", path, err.text);
    return content;
}

int main(int argc, char **argv)
{
    struct CMUnitTest *tests = calloc(cases_count + 1, sizeof *tests);
    size_t count = 0;
    CHECK(tests != NULL);
    for (struct test_case *t = first_case; t != NULL; t = t->next)
        if (argc < 2 || strstr(t->name, argv[1]) != NULL)
            tests[count++] = (struct CMUnitTest){.name = t->name, .test_func = t->run};
    int failed = _cmocka_run_group_tests(argv[0], tests, count, NULL, NULL);
    remove_folders();
    free(tests);
    return failed == 0 ? 0 : 1;
}
