#!/bin/sh
# A State founded as docs/operate.md says, by people on machines of their own, and what the
# administrator changes later: officers, the community file. Each command says what comes next, and
# with --json prints exactly one object, whatever happens.
. tests/e2e/community.inc
cd "$WORK" || exit 1
echo "root holders' words" >p-root
echo "officers' words" >p-officer
echo "the keeper's words" >p-keeper
objects() { [ "$(grep -c '^{' said)" -eq 1 ] && [ "$(grep -c '^}' said)" -eq 1 ]; }
# one_object EXIT-CODE COMMAND...: exactly one object, whatever happens
one_object() {
    _want=$1
    shift
    "$@" --json >said 2>/dev/null
    [ $? -eq "$_want" ] && objects
}
says() { grep -q -- "$1" said; }
public() { "$ELCHI" "$1" show "$2" --passphrase-file "$3" --json | field "$4"; }
root_key() { "$ELCHI" root new --origin "$1" --passphrase-file p-root "$2" >/dev/null; }
officer_key() {
    "$ELCHI" officer new --origin "$1" --passphrase-file p-officer "$2.key" "$2" >/dev/null
}
sign_by() { # HOLDER FROM TO
    "$ELCHI" root sign "$2" --key "$1" --out "$3" --passphrase-file p-root --yes >said 2>&1
}
# raise STATE: founded with two roots of two, officers and an administrator
raise() {
    _o=$(lower "$1").example/cert
    set -- "$1" --origin "$_o" --state "$1"
    _s=$1
    shift
    for _n in 1 2; do
        root_key "$_o" "$_s-r$_n" || return 1
        set -- "$@" --root "$(public root "$_s-r$_n" p-root key)" \
            --next "$(public root "$_s-r$_n" p-root next)"
    done
    for _n in anna bert; do
        officer_key "$_o" "$_n" && mv "$_n.key" "$_s-$_n.key" || return 1
        set -- "$@" --add-officer "$_n:$(public officer "$_s-$_n.key" p-officer key):technical:$(
            [ $_n = anna ] && echo drafter,releaser || echo releaser,export,administrator)"
    done
    "$ELCHI" init --listen 127.0.0.1:1 --threshold 2 --passphrase-file p-keeper "$@" "$_s" >said &&
        cp said founding
}
people() { # OFFICER COMMAND...: at XA, as an officer
    _p=$1
    shift
    "$ELCHI" "$@" --node XA --officer "XA-$_p.key" --passphrase-file p-officer
}
agree() { # OFFICER REQUEST APPROVAL
    "$ELCHI" approve "$2" --officer "XA-$1.key" --passphrase-file p-officer --yes --out "$3"
}
# -- founding, one holder after the other
raise XA || { cat said; not_ok "XA's keys are made"; exit 1; }
check "init says how the holders sign" grep -q "root sign signed-1" founding
sign_by XA-r1 XA/manifest.request signed-1 || not_ok "the first holder signs"
check "the holder reads the fingerprint" says "fingerprint  [0-9]\{5\} "
check "and how many are still needed" says "1 signature of 2 needed"
root_key xa.example/cert stranger
refuse "a root that the manifest does not name signs nothing" 3 sign_by stranger signed-1 strange
refuse "one root is too few to found" 7 "$ELCHI" init --manifest signed-1 XA
sign_by XA-r2 signed-1 signed-2 || not_ok "the second holder signs"
check "the second reads what comes next" says "elchi init FOLDER --manifest signed-2"
check "the State is founded" "$ELCHI" init --manifest signed-2 XA
raise XB && sign_by XB-r1 XB/manifest.request b1 && sign_by XB-r2 b1 b2 &&
    "$ELCHI" init --manifest b2 XB >/dev/null || not_ok "XB is founded"
from_elsewhere() { (cd / && "$ELCHI" status --node "$WORK/XA"); }
check "the passphrase's file is found from any folder" from_elsewhere
# -- one object, whatever happens
check "status" one_object 0 "$ELCHI" status --node XA
check "an error" one_object 4 "$ELCHI" status --node nowhere
check "an error has its word" says '"error": "not-found"'
check "empty lists" one_object 0 "$ELCHI" evidence list --node XA
refuse "a key file that is not there is named before a passphrase is asked" 4 \
    "$ELCHI" inbox --node XA --officer nofile
people anna inbox >said
check "an empty inbox says so" says "Nothing has come in yet"
# -- the community
"$ELCHI" community new --title en:Test --quorum 1 --member signed-2 --member b2 --out c1 >/dev/null
for s in XA XB; do "$ELCHI" community apply --node $s c1 >/dev/null || not_ok "$s applies it"; done
check "the same file again changes nothing" "$ELCHI" community apply --node XA c1
"$ELCHI" community new --title en:Second \
    --quorum 1 --member signed-2 --member b2 --out c2 >/dev/null
"$ELCHI" community apply --node XA c2 >said 2>&1 && not_ok "a second file without approvals"
check "a second file says how it begins" says "--out REQUEST"
people bert community apply c2 --out c2.request >/dev/null
agree bert c2.request c2.bert >/dev/null
check "an administrator's approval applies it" people bert community apply c2 --approval c2.bert
in_force() { "$ELCHI" status --node XA | grep -q Second; }
check "it is in force" in_force
# -- officers come and go
officer_key xa.example/cert eva && mv eva.key XA-eva.key
"$ELCHI" officer change --node XA --out change --drop-officer anna \
    --add-officer "eva:$(public officer XA-eva.key p-officer key):technical:drafter,releaser" \
    >/dev/null
agree bert change change.bert >/dev/null
refuse "without approval nothing changes" 5 people bert officer register change --out change
check "the approved change is handed in" \
    people bert officer register change --approval change.bert
"$ELCHI" officer list --node XA >said
check "eva is there" says "^eva "
refuse "anna is not" 3 people anna inbox
# -- drafts: what is not given is usual, and said
"$ELCHI" peer set --node XA XB --on all >/dev/null
"$ELCHI" peer set --node XB XA --on all >/dev/null
people eva draft --to XB/technical C03 >said 2>&1
check "an addressee whose keys are not here yet is named" says "XB is not known here yet"
"$ELCHI" bundle write --node XB --to XA --out stick >/dev/null
"$ELCHI" bundle read --node XA stick >/dev/null || not_ok "a bundle is read"
people eva draft --to XB/technical C03 >said
check "what was not given is said" says "usual: from technical.*precedence ROUTINE.*tlp AMBER "
check "and stands in the draft" says "^  tlp AMBER$"
people eva draft --to XB/technical --json 'N04 count=2 tlp=RED' >said
check "a phrase that names a stricter handling raises it" says '"tlp": "RED"'
people eva draft --to all --from technical --json C03 >said
check "to all it is GREEN" says '"tlp": "GREEN"'
people eva draft --to XB/technical --precedence ROUTINE --tlp GREEN --from technical C03 >said
if says "usual:"; then not_ok "what was given is no default"; else
    ok "what was given is no default"
fi
DRAFT=$(people eva draft --to XB/technical --json C03 | field draft)
people eva draft show "$DRAFT" >said
check "two officers are named where two are needed" says "approval-2"
people eva draft show "$DRAFT" --out request >/dev/null
agree eva request one >/dev/null && agree bert request two >/dev/null
people eva release "$DRAFT" --approval one >said 2>&1 && not_ok "one approval is enough"
check "a refusal is said once" test "$(grep -c "needed officers" said)" -eq 1
check "the same approval again does no harm" people eva release "$DRAFT" \
    --approval one --approval two
# -- answers that did not end well: one object, with the reason in it
"$ELCHI" bundle write --node XA --to XB --out s2 >/dev/null &&
    "$ELCHI" bundle read --node XB s2 >/dev/null
"$ELCHI" bundle write --node XB --to XA --out s3 >/dev/null &&
    "$ELCHI" bundle read --node XA s3 >/dev/null
REF=$(people eva sent --json | sed -n 's/.*"ref": "\(.*\)".*/\1/p' | head -1)
people bert proof request "$REF" --out proof.request >/dev/null
agree bert proof.request proof.bert >/dev/null
refuse "one officer discloses nothing" 3 \
    people bert proof export "$REF" --approval proof.bert --out proof
found XC && cp -R "$WORK/XC" "$WORK/XD" && rm "$WORK"/XD/keeper/state.*
check "grave findings" one_object 7 "$ELCHI" doctor --node XD
check "carry the reason" says '"word": "tampered"'
cd - >/dev/null
