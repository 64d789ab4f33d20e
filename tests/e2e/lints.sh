#!/bin/sh
# Each lint must pass a tidy small tree and fail the same tree with one fault planted in it.
# usage: tests/e2e/lints.sh   (from the top folder)
set -u
tree=$(mktemp -d)
said=$tree.said
trap 'rm -rf "$tree" "$said"' EXIT
mkdir -p "$tree/src/base" "$tree/src/log" "$tree/src/http" "$tree/src/cli"
mkdir "$tree/tools"
cp tools/lint-* tools/strip-comments.awk "$tree/tools"
cp floors.txt .clang-format "$tree"
cd "$tree" || exit 1

header() { # PATH LINE...: a header with the lines given
    path=$1
    guard=$(echo "${path#src/}" | tr 'a-z/.' 'A-Z__')
    shift
    { printf '#ifndef %s\n#define %s\n' "$guard" "$guard"; printf '%s\n' "$@" '#endif'; } >"$path"
}
fresh() {
    rm -f src/*/*.[ch]
    header src/base/a.h 'int a_count(void); // counts'
    printf '#include "base/a.h"\n\nint a_count(void)\n{\n    return 1;\n}\n' >src/base/a.c
    header src/log/b.h '#include "base/a.h"' 'struct checkpoint {' '    int n;' '};' \
        'int b_count(void); // see a_count()'
    printf '#include "log/b.h"\n\nint b_count(void)\n{\n    return a_count();\n}\n' >src/log/b.c
}
passes() {
    if "tools/lint-$1" gen >"$said" 2>&1; then
        echo "ok lint-$1 passes a tidy tree"
    else
        cat "$said"
        echo "not ok lint-$1 passes a tidy tree"
    fi
}
catches() { # LINT FAULT WORDS: the output must name the fault
    if "tools/lint-$1" gen >"$said" 2>&1 || ! grep -q -- "$3" "$said"; then
        cat "$said"
        echo "not ok lint-$1 catches $2"
    else
        echo "ok lint-$1 catches $2"
    fi
    fresh
}
body() { # LINE: a statement put into b.c
    sed -i "s|^    return a_count();|    $1\n    return a_count();|" src/log/b.c
}

fresh
for lint in floors banned makers tidy words; do passes "$lint"; done

sed -i '1i #include "log/b.h"' src/base/a.c
catches floors 'an include that looks up' 'looks up to log'
header src/http/c.h '#include "log/b.h"'
catches floors 'an include that looks sideways' 'looks sideways to log'
sed -i '1i #include "b.h"' src/log/b.c
catches floors 'an include without its room' 'by room and file'
mkdir src/attic && header src/attic/d.h 'struct d;'
catches floors 'a room that is on no floor' 'not in floors.txt'
rm -r src/attic

body 'char *t = strcpy(to, from);'
catches banned 'strcpy' 'strcpy() is banned'
body 'void *p = malloc (3);'
catches banned 'malloc above the arena' 'malloc() is banned'
body 'long now = time(0);'
catches banned 'the clock read above base' 'time() is banned'
body 'if (errno == 2)'
catches banned 'errno above base' 'errno stays in base'
body 'call("strcpy(a, b)"); // not strcpy() either'
passes banned
fresh
body 'long now = ops->time(0);'
passes banned
fresh

body 'struct checkpoint made = {.n = 1};'
catches makers 'a verified thing made elsewhere' 'not by its maker'
body 'struct checkpoint none = {0};'
passes makers
fresh

body "// $(printf '%0100d' 0)"
catches tidy 'a line above 100 columns' 'columns, at most 100'
body "// $(printf '%080d' 0) элч"
passes tidy
fresh
body "// TO""DO"
catches tidy 'a marker of unfinished work' 'unfinished work'
body '\tint x;'
catches tidy 'a tab' 'a tab'
sed -i 's/1;$/1; /' src/base/a.c
catches tidy 'a space at the end of a line' 'end of the line'
i=0
while [ $i -lt 61 ]; do
    body ';'
    i=$((i + 1))
done
catches tidy 'a function of 62 lines' '62 lines, at most 60'
seq -f '// line %g' 700 >>src/log/b.c
catches tidy 'a file above 600 lines' 'more than 600 lines'
header src/log/e.h 'int e_count(void);'
catches tidy 'functions declared in a header without .c' 'e.c does not exist'
echo 'int f;' >src/log/f.c
catches tidy 'a .c without a header' 'has no header'
header src/log/g.h 'struct g { size_t n; };'
catches tidy 'a header that does not compile alone' 'does not compile alone'
body '// as nothing_like_this() does'
catches tidy 'a comment that names no function' 'which does not exist'

body "// see /wor""k/main"
catches words 'the path of a workplace' 'name a machine'

if command -v clang-format >/dev/null 2>&1; then
    passes format
    body 'int   x;'
    catches format 'unformatted C' 'src/log/b.c'
else
    echo "skip lint-format catches unformatted C: no clang-format here"
fi
