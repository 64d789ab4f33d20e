#!/bin/sh
# The manual: printed from the one table of commands, installed with the pages written by hand, and
# nothing that can be typed is missing in it.
. tests/e2e/community.inc
quiet() { "$@" 2>"$WORK/said" && [ ! -s "$WORK/said" ]; } # succeeds, and warns of nothing
page() { scdoc <"$1" >"$1.page"; }
"$ELCHI" help manual >"$WORK/elchi.1.scd"
cp man/*.scd "$WORK"
for one in "$WORK"/*.scd; do
    check "scdoc takes $(basename "$one") without a warning" quiet page "$one"
done
# -- every command, option and exit code
sed -n 's/^    {"\([a-z -]*\)", ".*/\1/p' src/cli/command_table.c >"$WORK/commands"
check "the table of commands was read" test "$(wc -l <"$WORK/commands")" -gt 50
missing=
while read -r name; do
    grep -q "^## elchi $name\( \|$\)" "$WORK/elchi.1.scd" || missing="$missing $name;"
done <"$WORK/commands"
check "every command stands in elchi(1), missing:$missing" test -z "$missing"
"$ELCHI" help exit | sed -n 's/^ *\([0-9][0-9]*\)  .*/\1/p' >"$WORK/exits"
check "the exit codes begin with 0" test "$(head -1 "$WORK/exits")" = 0
missing=
while read -r code; do
    grep -q "^\*$code\* (" "$WORK/elchi.1.scd" || missing="$missing $code"
done <"$WORK/exits"
check "every exit code stands in elchi(1), missing:$missing" test -z "$missing"
says_exits() { "$ELCHI" help "$1" | grep -q "Exit codes"; }
check "the help of a command says where exit codes are" says_exits draft
# -- every key of the configuration
found XA || { not_ok "a node is founded"; exit 1; }
sed -n "s/^#\{0,1\}\([a-z][a-z-]*\) [^ ].*/\1/p" "$WORK/XA/elchi.conf" | sort -u >"$WORK/keys"
check "the keys of the configuration were read" test "$(wc -l <"$WORK/keys")" -ge 11
missing=
while read -r key; do
    grep -q "^\*$key\* " man/elchi-node.5.scd || missing="$missing $key"
done <"$WORK/keys"
check "every key stands in elchi-node(5), missing:$missing" test -z "$missing"
# -- what make install brings
check "make install" make -s B="${ELCHI%/elchi}" DESTDIR="$WORK/dest" PREFIX=/usr install
for one in man1/elchi.1 man5/elchi-node.5 man7/elchi-formats.7; do
    check "$one is installed" test -s "$WORK/dest/usr/share/man/$one"
done
names() { grep -q "^\.SS elchi draft" "$WORK/dest/usr/share/man/man1/elchi.1"; }
check "the installed page names the commands" names
# -- words that are no command
"$ELCHI" peer 2>"$WORK/said"
check "half a command names the whole ones" grep -q "elchi peer set" "$WORK/said"
bold() { "$ELCHI" help | grep -q "$(printf '\033')"; }
if bold; then not_ok "control characters without a terminal"; else ok "plain text in a pipe"; fi
