#!/bin/sh
# A node is lost and restored from a backup older than its last words. Over TLS its partners show it
# what they hold: it takes its own log back, signs again once a quorum has answered, and fetches its
# own words from where they went.
. tests/e2e/community.inc
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"
lock_is() { "$ELCHI" status --node "$WORK/XA" --json | grep -q "\"word\": \"$1\""; }

found XA XB XC && commune 2 XA XB XC || { not_ok "a community is founded"; exit 1; }
serve XA XB XC || not_ok "the nodes serve"
check "XA and XB meet" wait_for 30 "$ELCHI" keys show --node "$WORK/XA" XB
check "XA and XC meet" wait_for 30 "$ELCHI" keys show --node "$WORK/XA" XC
FIRST=$(say_to XA XB "$NOTICE")
check "a first notice is held" wait_for 30 reaches XA "$FIRST" delivery held
cp -R "$WORK/XA/people" "$WORK/people"
"$ELCHI" test-identity --node "$WORK/XC" --out "$WORK/recovery" || not_ok "a recovery identity"
check "a backup is written" "$ELCHI" backup --node "$WORK/XA" \
    --recipient "$(sed -n "s/^key encryption //p" "$WORK/XC/manifest")" --out "$WORK/backup"
SECOND=$(say_to XA XB "$NOTICE")
check "a second notice is held" wait_for 30 reaches XA "$SECOND" delivery held
before=$("$ELCHI" status --node "$WORK/XA" --json | field size)
stop XA
cp "$WORK/XA/passphrase" "$WORK/passphrase"
rm -rf "$WORK/XA"
check "it is restored" "$ELCHI" restore "$WORK/backup" --identity "$WORK/recovery" --node "$WORK/XA"
[ -e "$WORK/XA/people" ] || cp -R "$WORK/people" "$WORK/XA/people"
[ -e "$WORK/XA/passphrase" ] || cp "$WORK/passphrase" "$WORK/XA/passphrase"
serve XA || not_ok "the restored node serves"
check "it signs again once its partners have answered" wait_for 60 lock_is signs
size() { [ "$("$ELCHI" status --node "$WORK/XA" --json | field size)" -ge "$before" ]; }
check "its own log is back" wait_for 30 size
check "its own words are back" wait_for 60 has_record XA "$SECOND"
# An approval counts from now on if it runs longer than any given before the restore could.
sleep 2
UNTIL=$(date -u -d '+604799 seconds' +%Y-%m-%dT%H:%M:%SZ)
DRAFT=$(as XA anna draft --from technical --to XB/technical --tlp AMBER --json "$NOTICE" |
    field draft)
as XA anna draft show "$DRAFT" --out "$WORK/request" >/dev/null || not_ok "a draft is shown"
for o in anna bert; do
    "$ELCHI" approve "$WORK/request" --officer "$WORK/XA/people/$o.key" --yes --until "$UNTIL" \
        --passphrase-file "$WORK/XA/passphrase" --out "$WORK/approval.$o" >/dev/null
done
THIRD=$(as XA anna release "$DRAFT" --approval "$WORK/approval.anna" \
    --approval "$WORK/approval.bert" --json | field ref)
check "it says a third word, under a number never used" test "$THIRD" != "$SECOND" -a -n "$THIRD"
check "which is held" wait_for 30 reaches XA "$THIRD" delivery held
stop XA XB XC
