#!/bin/sh
# What ends is started anew, and nothing else: the keeper, whose passphrase somebody may have typed,
# lives on when the courier or the clerk is killed, and notices go on being exchanged.
. tests/e2e/community.inc
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"

process_of() { # STATE NAME: its process number
    grep -laE "^elchi.process.$2.$WORK/$1." /proc/[0-9]*/cmdline 2>/dev/null | head -1 | tr -dc 0-9
}
runs_anew() { # STATE NAME OLD: it runs under another number
    _now=$(process_of "$1" "$2")
    [ -n "$_now" ] && [ "$_now" != "$3" ]
}
exchange() { # says something from XA to XB and waits for the receipt
    REF=$(say_to XA XB "$NOTICE")
    check "$1: a notice is released" test -n "$REF"
    check "$1: it comes to XB, and the receipt back" wait_for 30 reaches XA "$REF" delivery held
}

found XA XB && commune 1 XA XB || { not_ok "a community is founded"; exit 1; }
serve XA XB || not_ok "the nodes serve"
check "they meet" wait_for 30 "$ELCHI" keys show --node "$WORK/XA" XB
exchange "before"
for name in courier clerk; do
    keeper=$(process_of XA keeper)
    old=$(process_of XA "$name")
    kill -9 "$old"
    check "the $name is started anew" wait_for 20 runs_anew XA "$name" "$old"
    check "and answers" wait_for 20 "$ELCHI" status --node "$WORK/XA"
    check "the keeper lives on" test "$(process_of XA keeper)" = "$keeper"
    exchange "after the $name"
done
old=$(process_of XA keeper)
kill -9 "$old"
check "a keeper that ends is started anew, with all that needs it" \
    wait_for 20 runs_anew XA keeper "$old"
check "the node answers" wait_for 20 "$ELCHI" status --node "$WORK/XA"
exchange "after the keeper"
stop XA XB
check "nothing is left running" test -z "$(process_of XA keeper)$(process_of XA clerk)"
