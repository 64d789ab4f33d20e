#!/bin/sh
# Two histories signed with one key: the real program runs twice, each with a copy of one keeper,
# and tells each peer another story. The peers find it as soon as they meet, and a node that never
# saw either is convinced offline.
. tests/e2e/community.inc
found XA XB XC XD && commune 2 XA XB XC XD || { not_ok "a community is founded"; exit 1; }
greet XA XB XC XD
cp -a "$WORK/XA" "$WORK/TWIN"
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"
check "the first keeper tells XB one story" say_to XA XB "$NOTICE"
# the twin takes the folder's name, so that the functions above find it
mv "$WORK/XA" "$WORK/FIRST" && mv "$WORK/TWIN" "$WORK/XA"
check "its twin tells XC another" say_to XA XC "$NOTICE"
check "XC takes the twin's" stick XA XC
mv "$WORK/XA" "$WORK/TWIN" && mv "$WORK/FIRST" "$WORK/XA"
check "XB takes the first's" stick XA XB
hashes() {
    "$ELCHI" evidence list --node "$WORK/$1" --json | sed -n 's/.*"hash": "\([^"]*\)".*/\1/p'
}
evidence() { [ -n "$(hashes "$1")" ]; }
stick XB XC
stick XC XB
check "XC holds the evidence once they met" evidence XC
check "XB holds the evidence once they met" evidence XB
HASH=$(hashes XB | head -1)
check "the evidence is exported" \
    "$ELCHI" evidence export --node "$WORK/XB" "$HASH" --out "$WORK/evidence"
SIZE=$(wc -c <"$WORK/evidence" 2>/dev/null || echo 0)
check "it has 0.5 to 2.5 KB (it has $SIZE)" test "$SIZE" -ge 500 -a "$SIZE" -le 2560
check "XD, which saw neither, is convinced" \
    "$ELCHI" evidence take --node "$WORK/XD" "$WORK/evidence"
check "anybody is, without a node" "$ELCHI" evidence verify "$WORK/evidence"
sed 's/1/2/' "$WORK/evidence" >"$WORK/changed"
refuses() { ! "$ELCHI" evidence verify "$1"; }
check "changed evidence convinces nobody" refuses "$WORK/changed"
"$ELCHI" evidence verify "$WORK/evidence" >"$WORK/words" 2>&1
check "nobody is accused" grep -q "fault, theft or intent" "$WORK/words"
