// tools/analyzer.h - put in front of every file when clang-tidy reads it, never compiled.
//
// The analyzer sees one file at a time and cannot know that err_set() and its sisters return false,
// so it would follow paths on which a refused call counts as done. And the braces inside CHECK are
// no nesting of the function that calls it. This tells it both.
#ifndef TOOLS_ANALYZER_H
#define TOOLS_ANALYZER_H
#include "base/check.h"
#include "base/err.h"

#define err_set(...) (err_set(__VA_ARGS__), false)
#define err_wrap(...) (err_wrap(__VA_ARGS__), false)
#define err_set_errno(...) (err_set_errno(__VA_ARGS__), false)
#undef CHECK
#define CHECK(expression) ((expression) ? (void)0 : check_failed(#expression, __FILE__, __LINE__))
#endif
