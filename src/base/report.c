#include "base/report.h"

#include "base/check.h"
#include "base/json.h"
#include "base/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const char *const level_words[] = {"debug", "info", "warn", "error"};
_Static_assert(sizeof level_words / sizeof level_words[0] == REPORT_LEVEL_COUNT,
               "one word per level");

// The only state of a process that is global: who it is and how loud.
static struct {
    const char *process;
    enum report_level least;
    bool as_json;
} self = {"elchi", REPORT_INFO, false};

void report_init(const char *process, enum report_level least, bool as_json)
{
    self.process = process;
    self.least = least;
    self.as_json = as_json;
}

static void put_json(enum report_level level, const char *event, const char *when,
                     const char *detail)
{
    json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:s}", "time", when, "process", self.process,
                             "level", level_words[level], "event", event, "detail", detail);
    char *text = line == NULL ? NULL : json_dumps(line, JSON_COMPACT);
    if (text != NULL)
        (void)fprintf(stderr, "%s\n", text);
    memory_release(text);
    json_decref(line);
}

void report(enum report_level level, const char *event, const char *fmt, ...)
{
    char detail[1024];
    char when[MOMENT_CHARS + 1];
    va_list args;
    CHECK(level < REPORT_LEVEL_COUNT);
    if (level < self.least)
        return;
    va_start(args, fmt);
    (void)vsnprintf(detail, sizeof detail, fmt, args);
    va_end(args);
    for (char *c = detail; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20)
            *c = ' ';
    moment_write(world_now(world_real()), when);
    if (self.as_json)
        put_json(level, event, when, detail);
    else
        (void)fprintf(stderr, "%s %s %s %s %s\n", when, self.process, level_words[level], event,
                      detail);
}

void report_err(enum report_level level, const char *event, const struct err *err)
{
    report(level, event, "kind=%s clause=\"%s\" text=\"%s\"", err_kind_word(err->kind),
           err->clause == NULL ? "" : err->clause, err->text);
}
