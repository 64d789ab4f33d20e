#!/bin/sh
# The same conversation by files only, by TLS only, and mixed with every file read twice and late:
# equal roots, equal views, no record twice, none missing.
. tests/e2e/community.inc
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"
views() { # what officers of a node see, without what only local clocks say
    for box in inbox sent; do
        as "$1" anna "$box" --json |
            grep -E '"(ref|note|type|delivery|dialogue|void)"' | sort
    done
}
count() { as "$1" anna "$2" --json | grep -c '"ref"'; }
# -- files only
found XA XB XC && commune 2 XA XB XC || { not_ok "a community is founded"; exit 1; }
greet XA XB XC
REF=$(say_to XA XB "$NOTICE")
check "a notice is released" test -n "$REF"
stick XA XB
stick XA XC
check "it came by file" has_record XB "$REF"
cp "$WORK/stick" "$WORK/late"
ANSWER=$(answer_to XB "$REF" "E01")
for round in 1 2 3; do
    for pair in "XB XA" "XC XA" "XA XB" "XA XC" "XB XC" "XC XB"; do
        # shellcheck disable=SC2086
        set -- $pair
        stick "$1" "$2" || not_ok "round $round: $1 to $2: $(cat "$WORK/stick.log")"
        "$ELCHI" bundle read --node "$WORK/$2" "$WORK/stick" >/dev/null ||
            not_ok "the same file twice: $1 to $2"
    done
done
"$ELCHI" bundle read --node "$WORK/XC" "$WORK/late" >/dev/null || not_ok "a late file"
check "the answer came back" reaches XA "$REF" dialogue answered
for s in XA XB XC; do views $s >"$WORK/$s.views"; done
check "XA sent one record" test "$(count XA sent)" -ge 1
before=$(root_of XA)
# -- the same nodes by TLS: nothing is lost, nothing comes twice
serve XA XB XC || not_ok "the nodes serve"
sleep 3
check "TLS brings nothing new to XA's log" test "$(root_of XA)" = "$before"
for s in XA XB XC; do views $s >"$WORK/$s.again"; done
for s in XA XB XC; do check "$s sees the same by TLS" cmp "$WORK/$s.views" "$WORK/$s.again"; done
SECOND=$(say_to XA XB "$NOTICE")
check "a second notice comes by TLS" wait_for 20 has_record XB "$SECOND"
check "it is held, and said so" wait_for 20 reaches XA "$SECOND" delivery held
stick XA XB && stick XB XA && stick XA XB
once() { [ "$(as XB anna inbox --json | grep -c "\"ref\": \"$1\"")" -eq 1 ]; }
check "files in between change nothing" once "$SECOND"
stop XA XB XC
