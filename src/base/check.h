// base/check.h - assertions that stand in every build.
//
// Holds: CHECK, for what only a programmer can break. A peer's bytes must never trip one:
// what comes from outside is refused with struct err. A node that doubts its memory must not sign,
// so a failed CHECK ends the process and the supervisor starts it anew.
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

_Noreturn void check_failed(const char *expression, const char *file, int line);

#define CHECK(expression)                                  \
    do {                                                   \
        if (!(expression))                                 \
            check_failed(#expression, __FILE__, __LINE__); \
    } while (0)
#endif
