#!/bin/sh
# Two versions of the codebook between two nodes: XA holds both, XB the first alone. What is written
# stays readable under its own book.
. tests/e2e/community.inc
. tests/e2e/book_two.inc
book_two codebook/book-1.txt "$WORK/book-2"
rendering_two codebook/en.txt "$WORK/en-2" "We read this in version 2." "So says version 2."
rendering_two codebook/ru.txt "$WORK/ru-2" "Читаем во второй версии." "Так говорит версия 2."
says() { grep -q -- "$1" "$WORK/said"; }
# -- without a node
given() { # COMMAND...: with the second book beside the program's
    "$ELCHI" codebook "$@" --codebook "$WORK/book-2" --codebook "$WORK/en-2" \
        --codebook "$WORK/ru-2" >"$WORK/said" 2>&1
}
check "a book beside the program's is read" given list
check "and is the newest" says "^Codebook elchi, version 2,"
check "with its renderings it is in order" given check
given render P89 --lang ru
check "an added phrase is rendered in its language" says "P89.*Читаем во второй"
refuse "a retired phrase is no longer in it" 4 given show C03
# -- at a node
found XA XB && commune 1 XA XB || { not_ok "a community is founded"; exit 1; }
refuse "a rendering needs its book" 4 as XA anna codebook add "$WORK/ru-2"
for file in book-2 en-2 ru-2; do
    check "$file is added at XA" as XA anna codebook add "$WORK/$file"
done
sed 's/^phrase C01 .*/phrase C01 {unknown}/' "$WORK/ru-2" >"$WORK/bad"
refuse "a rendering that breaks a rule is refused" 2 as XA anna codebook add "$WORK/bad"
sed 's/^meaning /meaning Other. /' codebook/book-1.txt >"$WORK/other"
refuse "and another book of a version that is held" 5 as XA anna codebook add "$WORK/other"
files() { "$ELCHI" codebook files --node "$WORK/$1" >"$WORK/said"; }
check "files are listed" files XA
check "with the added ones" test "$(grep -c '  added$' "$WORK/said")" -eq 3
hash_of() { echo "sha256:$(sha256sum <"$1" | cut -c1-64)"; }
sed 's/Так говорит версия 2/Так говорит вторая версия/' "$WORK/ru-2" >"$WORK/ru-2b"
as XA anna codebook add "$WORK/ru-2b" >"$WORK/said"
check "a later rendering takes the place of the earlier" says "in place of"
check "and is removed" as XA anna codebook remove "$(hash_of "$WORK/ru-2b")" --yes
refuse "what is not there cannot be removed" 4 \
    as XA anna codebook remove "$(hash_of "$WORK/ru-2b")" --yes
refuse "nor what came with the program" 3 \
    as XA anna codebook remove "$(hash_of codebook/ru.txt)" --yes
check "it is added again" as XA anna codebook add "$WORK/ru-2"
check "the trail says so" test "$(as XA anna audit --json | grep -c '"codebook-add"')" -eq 5
# -- each tells the other, by file and in a session
knows() { # STATE COUNT: how many books it knows of its partner
    "$ELCHI" peer list --node "$WORK/$1" --json >"$WORK/said" &&
        test "$(grep -c '"name": "elchi"' "$WORK/said")" -eq "$2"
}
draft_to() { # FROM TO LINES...
    _from=$1 _to=$2
    shift 2
    as "$_from" anna draft --to "$_to" --from technical "$@" >"$WORK/said" 2>&1
}
book_is() { as "$1" anna show "$2" --json | grep -A4 '"codebook": {' | grep -q "\"version\": $3"; }
shows() { as "$1" anna show "$2" --lang "$3" >"$WORK/said" && says "$4"; } # STATE REF LANG WORDS
check "nothing is known at first" knows XB 0
stick XB XA # its keys, so that it can be written to
check "a file tells which books XB holds" knows XA 1
stick XA XB
check "and which XA does" knows XB 2
serve XA XB || not_ok "the nodes serve"
# -- under the common book
check "XA drafts to XB" draft_to XA XB/technical C03
check "under the common book" says "^  codebook 1 "
check "and it is said why" says "Written under codebook 1: XB does not hold version 2"
refuse "a phrase of the second book is refused" 4 draft_to XA XB/technical P89
check "with what it is and what to do" says "P89 is new in codebook 2.*ask the partner to add"
check "a record to all is under the community's" draft_to XA all C03
check "which is said too" says "Written under codebook 1: every member reads it"
FIRST=$(say_to XA XB C02)
check "it comes" wait_for 30 has_record XB "$FIRST"
check "show says it at XA" shows XA "$FIRST" en "XB does not hold version 2"
check "and in JSON" book_is XA "$FIRST" 1
ANSWER=$(answer_to XB "$FIRST" E01)
check "it is answered" wait_for 30 has_record XA "$ANSWER"
# -- XB adds the second book while both run
for file in book-2 en-2 ru-2; do
    check "$file is added at XB" as XB anna codebook add "$WORK/$file"
done
check "a session tells XA" wait_for 30 knows XA 2
check "now a phrase of the second book may be said" draft_to XA XB/technical P89
check "under it" says "^  codebook 2 "
check "with nothing to explain" test "$(grep -c 'Written under' "$WORK/said")" -eq 0
refuse "a phrase that was retired may not" 4 draft_to XA XB/technical C03
check "and it is said that it was" says "C03 was retired: codebook 1 had it"
SECOND=$(say_to XA XB P89 C02)
check "it comes" wait_for 30 has_record XB "$SECOND"
check "it is read in the second book" shows XB "$SECOND" ru "Читаем во второй версии"
check "reworded" shows XB "$SECOND" ru "Так говорит версия 2"
check "and so at XA" book_is XA "$SECOND" 2
check "an answer is under its book" answer_to XB "$SECOND" "E01 line=02"
# -- what is old stays as it was said
for s in XA XB; do
    check "the first message is under the first book at $s" book_is $s "$FIRST" 1
    check "and readable there" shows $s "$FIRST" ru "C02 — "
    check "in its own words" test "$(grep -c 'версия 2' "$WORK/said")" -eq 0
done
stop XA XB
check "views are made anew" "$ELCHI" rebuild --node "$WORK/XB"
check "and say the same" shows XB "$SECOND" en "We read this in version 2"
