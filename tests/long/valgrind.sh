#!/bin/sh
# Every unit test under valgrind, for the reads of uninitialised memory that the sanitizers miss.
# usage: ELCHI=build/release/elchi tests/long/valgrind.sh
# The programs are those of the same build folder. A test that lowers its rights or measures time
# has no meaning under an emulator and may skip itself when ELCHI_EMULATED is set.
set -u
if ! command -v valgrind >/dev/null 2>&1; then
    echo "skip every test under valgrind: it is not installed"
    exit 0
fi
programs=$(dirname "${ELCHI:-build/release/elchi}")/tests
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export ELCHI_EMULATED=1
# children are left out: their own tests follow them
for program in "$programs"/*/*_test; do
    [ -x "$program" ] || continue
    if ELCHI_LONG=0 valgrind --quiet --error-exitcode=99 --leak-check=no "$program" \
        >"$log" 2>&1; then
        echo "ok $(basename "$program") under valgrind"
    else
        cat "$log"
        echo "not ok $(basename "$program") under valgrind"
    fi
done
