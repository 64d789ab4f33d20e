#!/bin/sh
# By voice, fax and SMS between two nodes of the real program: a record is spelled at one, checked
# at a machine with no node, and its check groups are those of the record that came to the other.
. tests/e2e/community.inc
NOTICE="N02 class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z prefix=198.51.100.0/24"
hear() { "$ELCHI" codebook hear "$@"; }
# The groups as their only line of digits
groups() { tr -d '\n' | sed -n 's/.*"groups": \[\([^]]*\)\].*/\1/p' | tr -d ' ",'; }

found XA XB && commune 1 XA XB || { not_ok "a community is founded"; exit 1; }
serve XA XB || not_ok "the nodes serve"
check "XA learns the keys of XB" wait_for 30 "$ELCHI" keys show --node "$WORK/XA" XB
REF=$(say_to XA XB --exercise --text "en:Not spoken." "$NOTICE" "R01 by=2026-07-14T12:00:00Z" C01)
check "a notice is released" test -n "$REF"
as XA anna speak "$REF" --sms >"$WORK/sms"
check "an SMS has at most 160 characters" test "$(wc -L <"$WORK/sms")" -le 160
OTHERS=$(grep -vc "^$REF [0-9]*/[0-9]*:" "$WORK/sms")
check "and begins with the reference" test "$OTHERS" -eq 0
sort -r "$WORK/sms" >"$WORK/mixed"
check "they are heard in any order, without a node" hear "$WORK/mixed"
hear "$WORK/mixed" --lang ru >"$WORK/heard"
check "with the exercise, the address and the lines" grep -q EXERCISE "$WORK/heard"
check "the line is the record's" grep -qF "$NOTICE" "$WORK/heard"
check "what is not spoken is said" grep -q SMS "$WORK/heard"
hear "$WORK/mixed" --json | groups >"$WORK/groups.heard"
has_record XB "$REF" >/dev/null 2>&1 || wait_for 20 has_record XB "$REF"
as XB anna speak "$REF" --json | groups >"$WORK/groups.held"
check "XB holds the record that was heard" cmp "$WORK/groups.heard" "$WORK/groups.held"
check "they are eight groups of five" test "$(wc -c <"$WORK/groups.held")" -eq 40
sed '1s/\(.*=\)[^=]\(...\)/\1U\2/' "$WORK/sms" >"$WORK/spoiled"
refuse "a wrong character is not passed over" 2 hear "$WORK/spoiled"
sed 1d "$WORK/sms" >"$WORK/short"
refuse "nor is a missing message" 2 hear "$WORK/short"
as XA anna fax "$REF" --lang ar --their-lang ru --out "$WORK/fax" >/dev/null
check "a fax has pages" grep -q "$(printf '\f')" "$WORK/fax"
sed -n 's/^  .. *[0-9]*\/[0-9]* *\(.*\) =$/\1/p' "$WORK/fax" >"$WORK/blocks"
check "and blocks that are heard" hear "$WORK/blocks"
stop XA XB
