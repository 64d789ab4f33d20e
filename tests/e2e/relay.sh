#!/bin/sh
# XA and XC cannot reach one another; both reach XB, which carries: the notice with its attachment
# comes through, the receipt comes back, XB can open nothing and keeps nothing of it.
. tests/e2e/community.inc
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"
MARK="words of a relayed attachment"

found XA XB XC && commune 2 XA XB XC || { not_ok "a community is founded"; exit 1; }
greet XA XB XC
DEAD=$(free_port)
for pair in "XA XC" "XC XA"; do
    # shellcheck disable=SC2086
    set -- $pair
    "$ELCHI" peer set --node "$WORK/$1" "$2" --endpoint "https://127.0.0.1:$DEAD" >/dev/null ||
        not_ok "$1 cannot reach $2"
done
serve XA XB XC || not_ok "the nodes serve"
head -c 300000 /dev/urandom | od -An -tx1 >"$WORK/long.txt"
echo "$MARK" >>"$WORK/long.txt"
REF=$(say_to XA XC --attach "$WORK/long.txt:long.txt:text/plain" "$NOTICE")
check "a notice for XC is released" test -n "$REF"
check "it comes to XC by XB" wait_for 60 has_record XC "$REF"
got() { rm -f "$WORK/got"; as XC anna attachment "$REF" long.txt --out "$WORK/got"; }
check "so does its attachment" wait_for 60 got
check "octet for octet" cmp "$WORK/long.txt" "$WORK/got"
check "the receipt comes back by XB" wait_for 60 reaches XA "$REF" delivery held
refuse "XB has no such record" 4 as XB anna show "$REF"
carries() { "$ELCHI" peer list --node "$WORK/XB" --json | grep -c '"carried": 0' | grep -qx 2; }
check "XB keeps nothing of it" wait_for 30 carries
stop XA XB XC
