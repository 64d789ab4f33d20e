// tests/test.h - cmocka behind one header: names are sentences, EXPECT is the only check.
//
// TEST(a_sentence) { EXPECT(...); } registers itself; tests/test.c holds main.
// SKIP("why") ends a test as skipped. TEST_SLOW runs only in the long tier (ELCHI_LONG=1).
#ifndef TESTS_TEST_H
#define TESTS_TEST_H
#include "base/arena.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct test_case {
    const char *name;
    void (*run)(void **state);
    struct test_case *next;
};
void test_register(struct test_case *t);

#define TEST(name)                                                             \
    static void test_run_##name(void **state);                                 \
    static struct test_case test_case_##name = {#name, test_run_##name, NULL}; \
    __attribute__((constructor)) static void test_add_##name(void)             \
    {                                                                          \
        test_register(&test_case_##name);                                      \
    }                                                                          \
    static void test_run_##name(void **state __attribute__((unused)))

#define EXPECT(expression) assert_true(expression)
// For calls that end in `struct err *err`: shows the sentence on failure.
#define EXPECT_OK(call)                          \
    do {                                         \
        if (!(call))                             \
            fail_msg("%s: %s", #call, err.text); \
    } while (0)
#define EXPECT_ERR(call, wanted_kind)                                                \
    do {                                                                             \
        err = (struct err){0};                                                       \
        EXPECT(!(call));                                                             \
        if (err.kind != (wanted_kind))                                               \
            fail_msg("%s: wanted %s, got %s: %s", #call, err_kind_word(wanted_kind), \
                     err_kind_word(err.kind), err.text);                             \
    } while (0)
#define SKIP(why)                            \
    do {                                     \
        print_message("skipped: %s\n", why); \
        skip();                              \
    } while (0)

bool test_long(void);           // is this the long tier?
uint64_t test_seed(void);       // SEED from the environment, else 1; printed at start
const char *test_vectors(void); // folder of outside vectors (VECTORS), or NULL when absent
const char *test_folder(struct arena *a);                  // a fresh empty folder, removed at exit
struct bytes test_file(struct arena *a, const char *path); // a whole file, or a failed test
#endif
