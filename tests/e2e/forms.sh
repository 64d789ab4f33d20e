#!/bin/sh
# A message in the forms it is read in: under its row of a list, in one line, on paper in two
# languages with the printing State first.
. tests/e2e/community.inc
says() { grep -q -- "$1" "$WORK/said"; }
found XA XB && commune 1 XA XB && greet XA XB || { not_ok "a community is founded"; exit 1; }
REF=$(say_to XA XB --exercise --text 'en:Call at any hour.' \
    'N02 class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z prefix=198.51.100.0/24' C01)
check "a message leaves" test -n "$REF"
stick XA XB
check "and came" has_record XB "$REF"
shown() { as XB anna "$@" >"$WORK/said"; }
check "the inbox lists it" shown inbox
check "with a line of what it says" says "^    EXERCISE N02 C01 Notice"
check "the sender's list too" as XA anna sent
check "a line in a language" shown show "$REF" --form line --lang ru --width 160
check "is one line" test "$(wc -l <"$WORK/said")" -eq 1
check "that begins with the sign of an exercise" says "^УЧЕНИЯ N02 C01"
check "is not longer than asked" test "$(LC_ALL=C.UTF-8 wc -m <"$WORK/said")" -le 161
refuse "a width too small for the signs is refused" 6 \
    as XB anna show "$REF" --form line --width 25
check "a language there is none of" shown show "$REF" --lang xx
check "is said" says "no rendering in this language: xx"
check "and English stands in once" test "$(grep -c 'We draw no conclusion' "$WORK/said")" -eq 1
check "pages" shown show "$REF" --form print --lang ru
pages=$(tr -cd '\f' <"$WORK/said" | wc -c)
check "are two, one for each language" test "$pages" -eq 1
check "of 66 lines" test "$(wc -l <"$WORK/said")" -eq 132
check "that carry the reference" says "$REF"
check "the line as it was signed" says "Как подписано: 02 C01"
check "the unofficial text" says "Call at any hour"
check "the book's hash" says "sha256:"
check "a place to sign" says "Подпись"
check "and their number" says "^Страница 1 из 1$"
printing_first() { # STATE OTHER: in English, where the demonstration names States by their code
    as "$1" anna show "$REF" --form print >"$WORK/said" && grep -q "$1.* and .*$2" "$WORK/said"
}
check "the addressee stands first on its own paper" printing_first XB XA
check "and the author on the author's" printing_first XA XB
check "as an object it names its form" test \
    "$(as XB anna show "$REF" --form line --json | field form)" = line
exit "$failures"
