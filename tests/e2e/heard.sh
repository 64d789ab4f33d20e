#!/bin/sh
# What is read aloud while the link is cut is heard, not proven, at the other node, until the record
# itself has come over the link and is the same.
. tests/e2e/community.inc
NOTICE="N02 class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z prefix=198.51.100.0/24"
found XA XB && commune 1 XA XB || { not_ok "a community is founded"; exit 1; }
serve XA XB || not_ok "the nodes serve"
check "XA learns the keys of XB" wait_for 30 "$ELCHI" keys show --node "$WORK/XA" XB
stop XA
cp -a "$WORK/XA" "$WORK/XA2" # a copy that says another thing under the same reference
OTHER=$(say_to XA2 XB --exercise "$NOTICE" "R01 by=2026-07-14T12:00:00Z" C02)
as XA2 anna speak "$OTHER" --sms >"$WORK/other"
REF=$(say_to XA XB --exercise "$NOTICE" "R01 by=2026-07-14T12:00:00Z" C01)
check "a notice is released while the link is cut" test -n "$REF"
as XA anna speak "$REF" --json | sed -n 's/.*"text": "\([^"]*\)".*/\1/p' >"$WORK/spoken"
check "and read aloud in blocks" test "$(wc -l <"$WORK/spoken")" -gt 6
# words LANG KEY: of a rendering's string, up to its first place
words() { sed -n "s/^string voice-$2 \\([^{]*\\).*/\\1/p" "codebook/$1.txt"; }
# lists TEXT: the list of what was heard at XB says so
lists() { as XB anna heard | grep -qF "$1"; }
nothing() { as XB anna heard --json | grep -q '"rows": \[\]'; }
# id_of TEXT: the name of the heard message whose object says so
id_of() {
    for _id in $(as XB anna heard --json | sed -n 's/.*"id": "\(.*\)".*/\1/p'); do
        as XB anna heard show "$_id" --json | grep -qF "$1" && echo "$_id"
    done
}
# -- spoiled: the third block has a wrong character
sed '3s/.$/U/' "$WORK/spoken" >"$WORK/spoiled"
refuse "a wrong character is refused" 2 as XB anna hear "$WORK/spoiled"
SPOILED=$(sed -n 3p "$WORK/spoken")
as XB anna hear "$WORK/spoiled" >"$WORK/said" 2>&1
PLACE="line $(echo "$SPOILED" | cut -c1-2), block $(echo "$SPOILED" | cut -c3)"
check "with what to ask for" grep -q "say again: $PLACE\." "$WORK/said"
as XB anna hear "$WORK/spoiled" --lang ru >"$WORK/said" 2>&1
check "in the reader's language" grep -qF "$(words ru again)" "$WORK/said"
as XB anna hear "$WORK/spoiled" --json >"$WORK/said" 2>&1
check "or as one object" test "$(grep -c '^{' "$WORK/said")" -eq 1
check "and nothing is kept" nothing
# -- heard
as XB anna hear - <"$WORK/spoken" >"$WORK/said" 2>&1
check "what is whole is kept" grep -q "^Kept as " "$WORK/said"
check "as heard, not proven" grep -qF "Heard, not proven." "$WORK/said"
check "with the line, and that it is an exercise" grep -qF "$NOTICE" "$WORK/said"
check "which no reader misses" grep -q EXERCISE "$WORK/said"
check "the other reading has the same reference" test "$OTHER" = "$REF"
check "it is kept beside the first" as XB anna hear "$WORK/other"
refuse "a reference does not say which to drop" 5 as XB anna heard drop "$REF" --yes
tac "$WORK/spoken" | tr 'A-Z' 'a-z' >"$WORK/again"
as XB anna hear "$WORK/again" >"$WORK/said" 2>&1
check "typed down twice it is kept once" grep -q "^Kept before" "$WORK/said"
check "it is listed so" lists "heard, not proven"
as XB anna inbox >"$WORK/said" 2>&1
check "the inbox has it beside records" grep -q "heard, not proven" "$WORK/said"
as XB anna inbox --json >"$WORK/said" 2>&1
check "and not among them" grep -q '"rows": \[\]' "$WORK/said"
refuse "there is no record to show" 4 as XB anna show "$REF"
refuse "nor to answer" 4 as XB anna answer "$REF" E01
as XB anna answer "$REF" E01 >"$WORK/said" 2>&1
check "wait, or ask for it with P18" grep -q "not proven.*P18" "$WORK/said"
as XB anna heard show "$REF" --lang ar >"$WORK/said"
check "it is shown in any language" grep -qF "$(words ar unproven)" "$WORK/said"
# -- the record comes
serve XA || not_ok "XA serves again"
check "the record comes over the link" wait_for 30 has_record XB "$REF"
check "what was heard is proven" lists "the record that came agrees"
as XB anna heard show "$REF" >"$WORK/said"
check "and says so" grep -qF "it is what was heard" "$WORK/said"
as XB anna show "$REF" >"$WORK/said"
check "the record says that it was heard" \
    grep -q "voice .* by anna: heard, and the record that came agrees" "$WORK/said"
as XB anna inbox --json >"$WORK/said"
check "the inbox still has the other reading" grep -q '"state": "differs"' "$WORK/said"
# released in the same second, only the line tells them apart
DIFFERS="THE RECORD THAT CAME DIFFERS: .*\(the heading\|line 03\)"
as XB anna inbox >"$WORK/said"
check "loudly, and where" grep -q "$DIFFERS" "$WORK/said"
as XB anna show "$REF" >"$WORK/said"
check "the record says so too" grep -q "$DIFFERS" "$WORK/said"
as XB anna heard show "$REF" >"$WORK/said"
check "and what was heard itself" grep -qF "is NOT what was heard" "$WORK/said"
ID=$(id_of '"state": "differs"')
refuse "nobody drops it unasked" 1 as XB anna heard drop "$ID" </dev/null
check "it is dropped by its own name" as XB anna heard drop "$ID" --yes
as XB anna inbox --json >"$WORK/said"
check "the inbox has the record alone" grep -q '"heard": \[\]' "$WORK/said"
"$ELCHI" rebuild --node "$WORK/XB" >/dev/null
check "after a rebuild it is proven too" lists "the record that came agrees"
as XA anna hear "$WORK/spoken" >"$WORK/said"
check "whoever said it may check it as well" grep -qF "it is what was heard" "$WORK/said"
# -- dropped
check "an officer drops it" as XA anna heard drop "$REF" --yes
as XA anna heard --json >"$WORK/said"
check "and it is gone" grep -q '"rows": \[\]' "$WORK/said"
as XB anna erase "$REF" --out "$WORK/erase.request" >/dev/null
for o in anna bert; do
    "$ELCHI" approve "$WORK/erase.request" --officer "$WORK/XB/people/$o.key" --yes \
        --passphrase-file "$WORK/XB/passphrase" --out "$WORK/erase.$o" >/dev/null
done
check "the record's body is erased" as XB anna erase "$REF" --approval "$WORK/erase.anna" \
    --approval "$WORK/erase.bert" --yes
check "and with it what was heard of it" nothing
stop XA XB
