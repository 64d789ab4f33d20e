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
check "nothing is known at first" knows XB 0
stick XA XB
check "a file tells which books XA holds" knows XB 2
serve XA XB || not_ok "the nodes serve"
check "a session tells which XB holds" wait_for 30 knows XA 1
stop XA XB
