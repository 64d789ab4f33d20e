#!/bin/sh
# Erasing: the words of a body are gone from every file of the node, the log still verifies, and
# what others hold is theirs.
. tests/e2e/community.inc
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"
WORD=quincunx-palimpsest-obloquy
found XA XB XC && commune 2 XA XB XC || { not_ok "a community is founded"; exit 1; }
greet XA XB XC
holds() { grep -aqr "$WORD" "$WORK/$1" --include='*.db*'; } # STATE: any store, its WAL too
lacks() { ! holds "$1"; }
verifies() { "$ELCHI" verify --node "$WORK/$1" "$2.example/e2e"; }
# erase_at STATE REF: both officers approve, anna erases
erase_at() {
    rm -f "$WORK"/erase.*
    as "$1" anna erase "$2" --out "$WORK/erase.request" || return 1
    for o in anna bert; do
        "$ELCHI" approve "$WORK/erase.request" --officer "$WORK/$1/people/$o.key" --yes \
            --passphrase-file "$WORK/$1/passphrase" --out "$WORK/erase.$o" || return 1
    done
    as "$1" anna erase "$2" --approval "$WORK/erase.anna" --approval "$WORK/erase.bert" --yes
}
# -- an open record: its words stand readable in the store until they are erased
draft=$(as XA anna draft C03 --from technical --to all --tlp GREEN --text "en:$WORD" --json |
    field draft)
OPEN=$(let_go XA "$draft")
check "an open record is released" test -n "$OPEN"
stick XA XB && stick XA XC && stick XB XA && stick XC XA
check "its words stand in the author's files" holds XA
check "and in a partner's" holds XB
as XA anna proof export "$OPEN" --out "$WORK/proof" >/dev/null || not_ok "a proof is exported"
# -- refused
as XA anna erase "$OPEN" --out "$WORK/one.request" >/dev/null
refuse "without approvals nothing but a request is made" 5 \
    as XA anna erase "$OPEN" --out "$WORK/one.request"
check "and the words still stand" holds XA
"$ELCHI" approve "$WORK/one.request" --officer "$WORK/XA/people/anna.key" --yes \
    --passphrase-file "$WORK/XA/passphrase" --out "$WORK/one" >"$WORK/said" ||
    not_ok "an officer approves"
check "the officer reads what goes" grep -q "ref $OPEN sha256:" "$WORK/said"
check "and that it cannot be undone" grep -q "cannot be undone" "$WORK/said"
refuse "one officer is too few" 3 as XA anna erase "$OPEN" --approval "$WORK/one" --yes
asked() { as XA anna erase "$OPEN" --approval "$WORK/one" --approval "$WORK/one" </dev/null; }
refuse "nobody said yes" 1 asked
check "after all that the words still stand" holds XA
# -- erased at the author's
before=$(root_of XA)
check "two officers erase it" erase_at XA "$OPEN"
check "no file of the node holds its words" lacks XA
check "the log is the same" test "$(root_of XA)" = "$before"
check "the log still verifies" verifies XA xa
as XA anna show "$OPEN" >"$WORK/said"
check "show says when and by whom" grep -q "^Erased on 20.*Z by this node" "$WORK/said"
refuse "what is erased is not erased again" 5 as XA anna erase "$OPEN" --out "$WORK/again"
refuse "a proof is made no more" 4 as XA anna proof export "$OPEN" --out "$WORK/later"
check "the proof exported before still verifies" \
    "$ELCHI" proof verify --community "$WORK/community" "$WORK/proof"
"$ELCHI" proof verify "$WORK/proof" --json >"$WORK/said" 2>&1
check "without an anchor it says so by its exit code" test $? -eq 11
check "in one object" test "$(grep -c "^{" "$WORK/said")" -eq 1
check "that carries the reason" grep -q '"word": "unanchored"' "$WORK/said"
check "the doctor finds nothing grave" "$ELCHI" doctor --node "$WORK/XA"
# -- what others hold is theirs, and comes back to nobody
check "the partner still holds it" holds XB
for pair in "XB XA" "XC XA" "XA XB"; do
    # shellcheck disable=SC2086
    stick $pair
done
"$ELCHI" rebuild --node "$WORK/XA" >/dev/null || not_ok "rebuild"
stick XB XA
check "neither partners nor a rebuild bring it back" lacks XA
check "the partner erases its own copy" erase_at XB "$OPEN"
check "no file of the partner holds its words" lacks XB
"$ELCHI" rebuild --node "$WORK/XB" >/dev/null || not_ok "rebuild"
stick XC XB
check "XC, which still holds it, does not bring it back" lacks XB
check "the partner's copy of the log verifies" verifies XB xa
check "the views of both go on" as XB anna inbox
# -- a sealed one: the addressee's text is gone, ours stays
SEALED=$(say_to XA XB "$NOTICE" --text "en:$WORD")
check "a sealed notice is released" test -n "$SEALED"
stick XA XB
check "it is read" has_record XB "$SEALED"
check "no store shows a sealed text, even before" lacks XB
check "the addressee erases it" erase_at XB "$SEALED"
gone() { [ "$(as "$1" anna show "$2" --json | field text)" = "" ]; }
check "its text is shown no more" gone XB "$SEALED"
as XB anna show "$SEALED" --json >"$WORK/said"
check "the time stands in the JSON" grep -q '"erased": "20' "$WORK/said"
reads() { as XA anna show "$1" | grep -q "$WORD"; }
check "the author's is untouched" reads "$SEALED"
stick XA XB
check "it does not come back" gone XB "$SEALED"
# -- attachments are erased first, by name
echo "$WORD" >"$WORK/list.txt"
THIRD=$(say_to XA XB "$NOTICE" --attach "$WORK/list.txt:list.txt:text/plain")
check "a notice with an attachment is released" test -n "$THIRD"
refuse "a body that names an attachment held here stays" 5 \
    as XA anna erase "$THIRD" --out "$WORK/third"
as XA anna erase "$THIRD" list.txt --out "$WORK/third" >/dev/null || not_ok "asking for it"
for o in anna bert; do
    "$ELCHI" approve "$WORK/third" --officer "$WORK/XA/people/$o.key" --yes \
        --passphrase-file "$WORK/XA/passphrase" --out "$WORK/third.$o" >/dev/null
done
as XA anna erase "$THIRD" list.txt --approval "$WORK/third.anna" --approval "$WORK/third.bert" \
    --yes --json >"$WORK/said"
check "the attachment is erased, and said so in one object" test "$(grep -c '^{' "$WORK/said")" = 1
refuse "it can be opened no more" 4 as XA anna attachment "$THIRD" list.txt --out "$WORK/list.out"
check "then the body may go" erase_at XA "$THIRD"
check "the trail names who erased" \
    test "$(as XA anna audit --limit 100 --json | grep -c '"what": "erase"')" -eq 3
# -- while both nodes run, with readers at their stores
serve XA XB || not_ok "the nodes serve"
draft=$(as XA anna draft C03 --from technical --to all --tlp GREEN --text "en:$WORD-late" --json |
    field draft)
LATE=$(let_go XA "$draft")
check "another open record is released" test -n "$LATE"
check "the partner reads it" wait_for 30 has_record XB "$LATE"
has_words() { grep -aqr "$WORD-late" "$WORK/$1" --include='*.db*'; }
check "its words are in the partner's files" has_words XB
check "the partner erases it while it runs" erase_at XB "$LATE"
if has_words XB; then not_ok "no file holds the words"; else ok "no file holds the words"; fi
sleep 3 # the author's node still offers what it holds
if has_words XB; then not_ok "a session brings them back"; else ok "no session brings them back"; fi
check "the partner serves on" "$ELCHI" status --node "$WORK/XB"
stop XA XB
