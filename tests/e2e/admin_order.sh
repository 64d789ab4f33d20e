#!/bin/sh
# A restored node without a quorum signs nothing; after the roots' order it signs. An order with too
# few roots, another challenge, of another log, or handed in twice is refused by name.
. tests/e2e/community.inc
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"
found XA XB XC && commune 2 XA XB XC || { not_ok "a community is founded"; exit 1; }
greet XA XB XC
REF=$(say_to XA XB "$NOTICE")
check "a notice is released" test -n "$REF"
LEFT=$(as XA anna draft --from technical --to XB/technical --tlp AMBER --json "$NOTICE" |
    field draft)
# -- the node is lost and restored from its backup; its partners do not answer
"$ELCHI" test-identity --node "$WORK/XC" --out "$WORK/recovery" || not_ok "a recovery identity"
RECIPIENT=$(sed -n "s/^key encryption //p" "$WORK/XC/manifest")
"$ELCHI" backup --node "$WORK/XA" --recipient "$RECIPIENT" --out "$WORK/backup" >/dev/null ||
    not_ok "a backup is written"
mv "$WORK/XA" "$WORK/lost"
check "it is restored" \
    "$ELCHI" restore "$WORK/backup" --identity "$WORK/recovery" --node "$WORK/XA"
cp -R "$WORK/lost/people" "$WORK/lost/passphrase" "$WORK/XA"
challenge() { rm -f "$WORK/$1" && "$ELCHI" order challenge --node "$WORK/XA" --out "$WORK/$1"; }
lock_is() { "$ELCHI" status --node "$WORK/XA" --json | grep -q "\"word\": \"$1\""; }
root() { # N FILE SIGNED OPTIONS...
    _n=$1 _f=$2 _s=$3
    shift 3
    "$ELCHI" root order "$WORK/$_f" --key "$WORK/lost/people/root-$_n.key" --out "$WORK/$_s" \
        --passphrase-file "$WORK/lost/passphrase" --yes "$@"
}
apply() { "$ELCHI" order apply --node "$WORK/XA" "$WORK/$1"; }
# refused FILE EXIT-CODE WORDS: the order is refused, and says why
refused() {
    apply "$1" >"$WORK/said" 2>&1
    [ $? -eq "$2" ] && grep -q "$3" "$WORK/said" && lock_is "${4:-restored}"
}
refuse "a challenge needs a keeper that stays" 12 challenge early
up() { serve XA && wait_for 30 grep -q "supervisor info serving" "$WORK/XA.log"; }
up || not_ok "the restored node serves"
check "a restored keeper waits" lock_is restored
# what officers write before a quorum or an order is refused at the keeper
try_release() { [ -n "$(say_to XA XB "$NOTICE")" ]; }
if try_release; then not_ok "it signs nothing"; else ok "it signs nothing"; fi
check "it waits still" lock_is restored
# -- orders that are refused
check "the administrator asks for a challenge" challenge request
check "the request is no order" refused request 1 "root holders sign it first"
refuse "the first holder chooses an act" 1 root 1 request none
check "one root signs" root 1 request one --act resume
check "one root of two is too few" refused one 3 "1 of 2 roots signed the order"
check "the same root twice" root 1 one twice
check "counts once" refused twice 3 "1 of 2 roots signed the order"
refuse "no holder changes what others signed" 5 root 2 one other --act retire
root 2 one two >"$WORK/words" || not_ok "a second root signs"
check "the holder read what it means" grep -q "second history" "$WORK/words"
sed 's/^act resume/act adopt/' "$WORK/two" >"$WORK/changed"
check "a changed order is refused" refused changed 7 "" # the signatures do not fit
check "a newer challenge is asked for" challenge newer
check "the order for the older is refused" refused two 3 "another challenge"
# another State's roots, and a key of another log
sed 's/xa.example/xb.example/' "$WORK/newer" >"$WORK/foreign"
refuse "a root signs for no other log" 3 root 1 foreign foreign-1 --act resume
for n in 1 2; do
    "$ELCHI" root order "$WORK/foreign$([ $n = 1 ] || echo -1)" --yes --out "$WORK/foreign-$n" \
        --key "$WORK/XB/people/root-$n.key" --passphrase-file "$WORK/XB/passphrase" \
        $([ $n = 1 ] && echo --act resume) >/dev/null || not_ok "XB's root $n signs"
done
check "an order of another State's roots is refused" refused foreign-2 7 ""
# -- the order that is obeyed, once
root 1 newer newer-1 --act resume >/dev/null && root 3 newer-1 newer-2 >/dev/null ||
    not_ok "two roots sign"
check "the roots' order is obeyed" apply newer-2
check "the keeper signs again" lock_is signs
check "the same order again is refused" refused newer-2 3 "another challenge" signs
check "drafts from before are void" \
    test -z "$(as XA anna draft list --json | grep "$LEFT")"
# -- it speaks again; whoever holds the log follows
sleep 2 # only what runs longer than anything approved before the restore counts
UNTIL=$(date -u -d '+604799 seconds' +%Y-%m-%dT%H:%M:%SZ)
NEXT=$(as XA anna draft --from technical --to XB/technical --tlp AMBER --json "$NOTICE" |
    field draft)
as XA anna draft show "$NEXT" --out "$WORK/next.request" >/dev/null
agree() { # OFFICER FILE OPTIONS...
    _o=$1 _f=$2
    shift 2
    "$ELCHI" approve "$WORK/next.request" --officer "$WORK/XA/people/$_o.key" --yes "$@" \
        --passphrase-file "$WORK/XA/passphrase" --out "$WORK/$_f" >/dev/null
}
for o in anna bert; do
    agree $o short.$o --until "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
    agree $o long.$o --until "$UNTIL"
done
let() { as XA anna release "$NEXT" --approval "$WORK/$1.anna" --approval "$WORK/$1.bert" --json; }
if let short >"$WORK/said" 2>&1; then not_ok "a short approval counts"; fi
check "a short approval is refused, and says until when" grep -q "until after 20" "$WORK/said"
NEXT=$(let long | field ref)
check "a notice is released again" test -n "$NEXT"
check "with a number of its own" test "$NEXT" != "$REF"
stop XA
stick XA XB
check "its partner takes it" has_record XB "$NEXT"
check "and finds one history" "$ELCHI" verify --node "$WORK/XB" xa.example/e2e
evidence() { "$ELCHI" evidence list --node "$WORK/XB" --json | grep -q sha256; }
if evidence; then not_ok "no second history"; else ok "no second history"; fi
check "the trail names the order" \
    test -n "$(as XA anna audit --limit 100 --json | grep '"what": "order"')"
# -- retired for ever
up || not_ok "the node serves"
challenge last >/dev/null && root 2 last last-1 --act retire >/dev/null &&
    root 3 last-1 last-2 >/dev/null || not_ok "two roots sign the end"
check "the roots retire the log" apply last-2
check "it is retired" lock_is retired
challenge again >/dev/null && root 1 again again-1 --act adopt >/dev/null &&
    root 2 again-1 again-2 >/dev/null || not_ok "two roots sign otherwise"
check "a retired log stays retired" refused again-2 5 "stays retired" retired
stop XA
