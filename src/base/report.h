// base/report.h - structured log lines of a process: one event, one line, on standard error.
//
// Holds: "TIME PROCESS LEVEL event key=value ..." (values quoted when they hold a space), or one
// JSON object a line. Only a process's own loop calls it, where an error is finally answered. Knows
// nothing of: secrets, bodies, officers' names; callers never pass them.
#ifndef BASE_REPORT_H
#define BASE_REPORT_H
#include "base/err.h"

enum report_level { REPORT_DEBUG, REPORT_INFO, REPORT_WARN, REPORT_ERROR, REPORT_LEVEL_COUNT };
void report_init(const char *process, enum report_level least, bool as_json);
// `fmt` makes "key=value key=value"; the event is one word such as "peer-connected".
void report(enum report_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void report_err(enum report_level level, const char *event, const struct err *err);
#endif
