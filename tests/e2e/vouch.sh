#!/bin/sh
# A State vouches for a rendering in an eighth language; the other reads who did, and both render
# without "draft". One octet more, or the word taken back, and it is a draft again.
. tests/e2e/community.inc
says() { grep -q -- "$1" "$WORK/said"; }
lacks() { ! grep -q -- "$1" "$WORK/said"; }
# Every text of the English file, made another: no person has translated it.
sed -e 's/^language en$/language uz/' \
    -e 's/^\(string\|code\|disclaimer\|situation\|phrase\|words\) [^ ]* /&Uz /' \
    codebook/en.txt >"$WORK/uz"
found XA XB && commune 1 XA XB || { not_ok "a community is founded"; exit 1; }
greet XA XB
serve XA XB || not_ok "the nodes serve"
draft_by() { # FILE: XA vouches; prints the draft
    as XA anna vouch "$1" --from technical --json | field draft
}
refuse "nobody vouches for what is not in use" 4 as XA anna vouch "$WORK/uz" --from technical
for s in XA XB; do
    check "the language is added at $s" as $s anna codebook add "$WORK/uz"
done
REF=$(say_to XA XB C02)
check "a message comes to XB" wait_for 30 has_record XB "$REF"
reads() { as "$1" anna show "$REF" --lang uz >"$WORK/said" && says "Uz We ask"; }
check "it is read in uz" reads XB
check "as a draft" says "Uz Draft rendering"
refuse "a book is not vouched for" 1 as XA anna vouch codebook/book-1.txt --from technical
VOUCH=$(let_go XA "$(draft_by "$WORK/uz")")
check "XA vouches for the file" test -n "$VOUCH"
vouched_at() { reads "$1" && lacks "Uz Draft rendering" && says "vouched for by XA"; }
check "XA renders without the draft's banner" vouched_at XA
check "and so does XB" wait_for 30 vouched_at XB
lists() { "$ELCHI" codebook vouches --node "$WORK/$1" >"$WORK/said" && says "uz .*by XA, $VOUCH"; }
check "XB lists who vouched for what" lists XB
check "also as JSON" "$ELCHI" codebook vouches --node "$WORK/XB" --json
hash=sha256:$(sha256sum <"$WORK/uz" | cut -c1-64)
"$ELCHI" codebook vouches --node "$WORK/XB" --json >"$WORK/said"
check "with the file's hash" says "\"file\": \"$hash\""
check "another language is still a draft" as XB anna show "$REF" --lang ru
as XB anna show "$REF" --lang ru >"$WORK/said"
check "by its banner" says "Черновой перевод"
# -- exactly those octets
sed 's/Uz We ask/Uz We really ask/' "$WORK/uz" >"$WORK/uz-2"
check "XB uses a changed file" as XB anna codebook add "$WORK/uz-2"
as XB anna show "$REF" --lang uz >"$WORK/said"
check "which is a draft" says "Uz Draft rendering"
check "and the voucher is of a file not in use" lists XB
check "as the list says" says "not in use here"
check "the file that was vouched for is set back" as XB anna codebook add "$WORK/uz"
check "and is no draft" vouched_at XB
# -- taken back
TAKEN=$(let_go XA "$(as XA anna withdraw "$VOUCH" --reason error --json | field draft)")
check "XA takes its word back" test -n "$TAKEN"
draft_at() { reads "$1" && says "Uz Draft rendering"; }
check "XA shows a draft again" draft_at XA
check "and so does XB" wait_for 30 draft_at XB
stop XA XB
check "views are made anew" "$ELCHI" rebuild --node "$WORK/XB"
check "and say the same" draft_at XB
