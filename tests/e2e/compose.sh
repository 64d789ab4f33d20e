#!/bin/sh
# A message composed one question at a time over real nodes: from a pipe to a draft, released,
# answered by what it allows, and left without a trace.
. tests/e2e/community.inc
says() { grep -q -- "$1" "$WORK/said"; }
keys() { printf '%s\n' "$@"; }
# -- without a node
alone() { "$ELCHI" codebook compose "$@" >"$WORK/said" 2>&1; }
keys "say again" P10 "" 3 "" "" 1 | alone --json --their-lang ru
check "lines are composed without a node" says '"lines": \['
check "and stand in the partner's language" says '"ru": '
keys C01 3 "" GREEN 1 | alone
check "they are printed for elchi draft" says "^elchi draft --precedence ROUTINE --tlp GREEN"
check "each in quotes of the shell" says "^    'C01'$"
keys N02 "?" "<" q | alone
check "q leaves and says that nothing is kept" says "Nothing was kept"
keys N02 >"$WORK/short"
refuse "an input that ends too soon is told so" 1 "$ELCHI" codebook compose <"$WORK/short"
refuse "a language that nobody holds is refused" 4 \
    "$ELCHI" codebook compose --their-lang xx </dev/null
# -- with nodes
found XA XB && commune 1 XA XB || { not_ok "a community is founded"; exit 1; }
greet XA XB
serve XA XB || not_ok "the nodes serve"
drafts() { as "$1" anna draft list --all --json | grep -c '"draft":'; }
compose() { # STATE OPTIONS...: from the pipe
    _s=$1
    shift
    as "$_s" anna compose "$@" >"$WORK/said" 2>"$WORK/wrong"
}
before=$(drafts XA)
keys XB technical "" q | compose XA
check "leaving is no error" test "$?" -eq 0
check "and leaves no draft" test "$(drafts XA)" -eq "$before"
keys 1 technical "" "attack from your country" N02 "" ddos "02:10/03:55" 198.51.100.0/24 \
    "" "" "" 3 1 R01 +4h "" "" "" "" 3 IMMEDIATE AMBER 1 | compose XA --their-lang ru
check "a draft is composed" says "^draft [0-9a-f]\{32\}"
check "to the State that was chosen" says "^  *to XB/technical"
check "with its first line" says "01 N02 class=ddos when=.*prefix=198.51.100.0/24 confidence=3"
check "and its second" says "02 R01 by=20..-..-..T..:..:..Z"
check "at the precedence chosen" says "precedence IMMEDIATE"
check "the partner's language stood beside" says "Уведомление"
draft=$(sed -n 's/^draft \([0-9a-f]*\).*/\1/p' "$WORK/said" | head -1)
ref=$(let_go XA "$draft")
check "it is released" test -n "$ref"
wait_for 30 has_record XB "$ref"
check "and arrives" has_record XB "$ref"
keys 2 N01 E02 +2h 3 "" "" 1 | compose XB --answers "$ref" --json
check "an answer is composed to one of its lines" says '"draft":'
check "which names the line" grep -q 'E02 line=02 until=' "$WORK/said"
check "and nothing but the object is printed" test "$(head -c 1 "$WORK/said")" = "{"
keys 1 | compose XB --answers "$ref"
check "neutral answers come first" sh -c "grep -m1 '^    1  E' '$WORK/said'"
refuse "one's own message is not answered" 1 as XA anna compose --answers "$ref" </dev/null
refuse "nor one that is not there" 4 as XB anna compose --answers XA/XB-2026-0999 </dev/null
stop XA XB
