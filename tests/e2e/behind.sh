#!/bin/sh
# XB stands behind a wall: nobody can call it. It calls XA, leaves a question open there, hears at
# once what is for it, and brings the bodies that XA asks for.
. tests/e2e/community.inc
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"

found XA XB || { not_ok "two nodes are founded"; exit 1; }
sed -i '/^listen/d' "$WORK/XB/elchi.conf"
# shellcheck disable=SC2154
"$ELCHI" community new --title en:Test --quorum 1 \
    --member "$WORK/XA/manifest@https://127.0.0.1:$PORT_XA" --member "$WORK/XB/manifest" \
    --out "$WORK/community" >/dev/null || not_ok "a community where XB has no address"
for pair in "XA XB" "XB XA"; do
    # shellcheck disable=SC2086
    set -- $pair
    "$ELCHI" community apply --node "$WORK/$1" "$WORK/community" >/dev/null ||
        not_ok "$1 applies it"
    "$ELCHI" peer set --node "$WORK/$1" "$2" --on all >/dev/null ||
        not_ok "$1 switches $2 on"
done
serve XA XB || not_ok "the nodes serve"
check "XA learns the keys of XB" wait_for 20 "$ELCHI" keys show --node "$WORK/XA" XB
REF=$(say_to XA XB "$NOTICE")
check "a notice is released" test -n "$REF"
check "XB hears of it long before it would ask again" wait_for 10 has_record XB "$REF"
check "XA is brought the receipt" wait_for 10 reaches XA "$REF" delivery held
head -c 2000000 /dev/urandom >"$WORK/large"
BACK=$(say_to XB XA --attach "$WORK/large:large.bin" "$NOTICE")
check "XB's own notice is brought to XA" wait_for 10 has_record XA "$BACK"
got() { rm -f "$WORK/got"; as XA anna attachment "$BACK" large.bin --out "$WORK/got"; }
check "and its attachment" wait_for 20 got
check "octet for octet" cmp "$WORK/large" "$WORK/got"
check "XB hears that it is held" wait_for 10 reaches XB "$BACK" delivery held
stop XA XB
