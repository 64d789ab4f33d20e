#include "base/err.h"

#include "base/check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct err_row {
    const char *word;
    int http;
    int exit_code;
    bool retry;
};

static const struct err_row rows[] = {
#define ERR_ROW(name, word, http, cli, retry) [name] = {word, http, cli, retry},
    ERR_KINDS(ERR_ROW)
#undef ERR_ROW
};
_Static_assert(sizeof rows / sizeof rows[0] == ERR_KIND_COUNT, "one row per kind");

static const struct err_row *row_of(enum err_kind kind)
{
    CHECK((unsigned)kind < (unsigned)ERR_KIND_COUNT);
    return &rows[kind];
}

// A sentence is one line whatever the parts it was made from held.
static void flatten(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
}

bool err_set(struct err *err, enum err_kind kind, const char *clause, const char *fmt, ...)
{
    va_list args;
    CHECK(err != NULL);
    CHECK(kind != ERR_NONE);
    err->kind = kind;
    err->clause = clause;
    va_start(args, fmt);
    (void)vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    flatten(err->text);
    return false;
}

bool err_wrap(struct err *err, const char *fmt, ...)
{
    char front[ERR_TEXT_BYTES - 2];
    va_list args;
    CHECK(err != NULL);
    CHECK(err->kind != ERR_NONE);
    va_start(args, fmt);
    (void)vsnprintf(front, sizeof front, fmt, args);
    va_end(args);
    flatten(front);
    // What went wrong matters more than where: the front is cut, never the back.
    size_t back_len = strlen(err->text);
    size_t room = sizeof err->text - 1 - back_len;
    size_t front_len = strlen(front);
    if (room <= 2)
        return false;
    if (front_len > room - 2)
        front_len = room - 2;
    memmove(err->text + front_len + 2, err->text, back_len + 1);
    memcpy(err->text, front, front_len);
    memcpy(err->text + front_len, ": ", 2);
    return false;
}

bool err_set_errno(struct err *err, const char *fmt, ...)
{
    int code = errno;
    char front[ERR_TEXT_BYTES];
    char reason[96] = "";
    va_list args;
    CHECK(err != NULL);
    va_start(args, fmt);
    (void)vsnprintf(front, sizeof front, fmt, args);
    va_end(args);
    if (strerror_r(code, reason, sizeof reason) != 0)
        (void)snprintf(reason, sizeof reason, "error %d", code);
    return err_set(err, code == ENOENT ? ERR_NOT_FOUND : ERR_IO, NULL, "%.130s: %s", front, reason);
}

const char *err_kind_word(enum err_kind kind)
{
    return row_of(kind)->word;
}

int err_kind_http(enum err_kind kind)
{
    return row_of(kind)->http;
}

int err_kind_exit(enum err_kind kind)
{
    return row_of(kind)->exit_code;
}

bool err_kind_retry(enum err_kind kind)
{
    return row_of(kind)->retry;
}

bool err_kind_from_word(const char *word, enum err_kind *ret_kind)
{
    for (size_t i = 0; i < ERR_KIND_COUNT; i++) {
        if (strcmp(rows[i].word, word) == 0) {
            *ret_kind = (enum err_kind)i;
            return true;
        }
    }
    return false;
}
