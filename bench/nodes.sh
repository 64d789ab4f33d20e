#!/bin/sh
# What only whole nodes show: delivery between two of them, bytes on the wire, footprint.
# usage: bench/nodes.sh FOLDER-OF-PROGRAMS      (from the top folder; the program is FOLDER/elchi)
# Source: DESIGN section 12.
set -u
B=${1:-build/release}
ELCHI=$B/elchi
TMPDIR=${BENCH_FOLDER:-build}
export TMPDIR ELCHI
. tests/e2e/community.inc
die() { echo "bench: $*" >&2; exit 1; }

# row WHAT MOST MEASURED UNIT: one row of the table, the aim being a most
row() {
    awk -v what="$1" -v most="$2" -v got="$3" -v unit="$4" 'BEGIN {
        printf "%-44s aim <= %g %s, measured %.4g, %s\n", what, most, unit, got,
            got <= most ? "met" : sprintf("missed by %.4g", got - most) }'
}
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# children of a supervisor and itself
family() { echo "$1"; ps -o pid= --ppid "$1"; }
pss_kib() { for _p in $(family "$1"); do sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$_p/smaps_rollup"; done | awk '{s += $1} END {print s}'; }

# -- footprint ----------------------------------------------------------------------------------
strip -o "$WORK/stripped" "$ELCHI" || die "cannot strip"
row "footprint, binary stripped" 4 "$(wc -c <"$WORK/stripped" | awk '{print $1 / 1048576}')" MiB

found XA XB || die "cannot found"
commune 1 XA XB || die "no community"
best=
for round in 1 2 3 4 5; do
    began=$(now_ms)
    "$ELCHI" serve --node "$WORK/XA" >"$WORK/XA.log" 2>&1 &
    PID_XA=$!
    # the local socket stands once keeper, clerk and courier have said that they are ready
    until [ -S "$WORK/XA/clerk.sock" ] && "$ELCHI" status --node "$WORK/XA" >/dev/null 2>&1; do
        [ $(($(now_ms) - began)) -lt 20000 ] || die "does not serve: $(cat "$WORK/XA.log")"
    done
    took=$(($(now_ms) - began))
    [ -n "$best" ] && [ "$best" -le "$took" ] || best=$took
    stop XA
done
row "footprint, start to serving (with one command)" 300 "$best" ms

serve XA XB || die "do not serve"
# they have met when XA can seal to XB
met() { as XA anna draft --from technical --to XB/technical --precedence ROUTINE --tlp AMBER --json C03 >"$WORK/probe"; }
wait_for 30 met || die "XA and XB do not meet: $(cat "$WORK/XA.log")"
sleep 3
row "footprint, all processes of an idle node, PSS" 40 "$(pss_kib "$PID_XA" | awk '{print $1 / 1024}')" MiB

# -- delivery ------------------------------------------------------------------------------------
echo "deliver: sealed messages, two nodes on loopback, durable on both sides"
"$B/bench/deliver" "$WORK/XA" XB "${MESSAGES:-1500}" || { tail -3 "$WORK/XA.log" "$WORK/XB.log" >&2; failures=1; }
row "footprint, after delivery, PSS" 40 "$(pss_kib "$PID_XA" | awk '{print $1 / 1024}')" MiB
stop XA XB
