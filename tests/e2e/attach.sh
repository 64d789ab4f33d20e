#!/bin/sh
# A large attachment under seal over a bad line: the ATT&CK bundle (33.9 MB) is cut off ten times at
# random octets, goes on each time, and arrives octet for octet; no process takes 64 MiB meanwhile.
# Where the data is absent, made-up octets of the same size travel instead.
. tests/e2e/community.inc
DATA=${VECTORS:-../shared/vectors}/../data/enterprise-attack-18.1.stix21.json.xz
CUTTER=${ELCHI%/*}/tests/e2e/cutter
SEED=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
CUTS=10
LIMIT_KIB=65536
NOTICE="N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"
PLAIN=$WORK/bundle.json
if [ -e "$DATA" ]; then xz -dc "$DATA" >"$PLAIN"; else head -c 33900000 /dev/urandom >"$PLAIN"; fi
MADE=$([ -e "$DATA" ] || echo ", made up: no data folder")
echo "# attach: seed $SEED, $(wc -c <"$PLAIN") octets$MADE"

# The high-water marks of this script's processes: "PID KIB NAME"
watch_memory() {
    while [ -e "$WORK/watching" ]; do
        grep -laF "$WORK/" /proc/[0-9]*/cmdline 2>/dev/null | while IFS=/ read -r _ _ _pid _; do
            awk -v pid="$_pid" '/^Name/ {name = $2} /^VmHWM/ {print pid, $2, name}' \
                "/proc/$_pid/status" 2>/dev/null
        done | grep elchi
        sleep 0.25
    done >>"$WORK/memory"
}
peak() { awk -v most=0 '$2 > most {most = $2} END {print most}' "$WORK/memory"; }

found XA XB && commune 1 XA XB || { not_ok "a community is founded"; exit 1; }
LINE=$(free_port)
# shellcheck disable=SC2154
"$CUTTER" "$LINE" "$PORT_XA" "$SEED" "$CUTS" 3000000 >"$WORK/cuts" 2>&1 &
CUTTER_PID=$!
"$ELCHI" peer set --node "$WORK/XB" XA --endpoint "https://127.0.0.1:$LINE" >/dev/null ||
    not_ok "XB calls XA over the bad line"
serve XA XB || not_ok "the nodes serve"
check "XA learns the keys of XB" wait_for 30 "$ELCHI" keys show --node "$WORK/XA" XB
: >"$WORK/watching"
watch_memory &
WATCH_PID=$!
REF=$(say_to XA XB --attach "$PLAIN:attack.json:application/stix+json;version=2.1" "$NOTICE")
check "a notice with the attachment is released" test -n "$REF"
check "the notice itself is there at once" wait_for 20 has_record XB "$REF"
got() { rm -f "$WORK/got"; as XB anna attachment "$REF" attack.json --out "$WORK/got"; }
check "the attachment comes through" wait_for 120 got
check "octet for octet" cmp "$PLAIN" "$WORK/got"
check "it was cut off $CUTS times" test "$(grep -c '^cut after' "$WORK/cuts")" -eq "$CUTS"
check "XA hears that all of it is held" wait_for 20 reaches XA "$REF" delivery held
rm "$WORK/watching"
wait "$WATCH_PID"
echo "# $(awk '!seen[$1]++' "$WORK/memory" | wc -l) processes, the largest took $(peak) KiB"
check "no process took 64 MiB" test "$(peak)" -lt "$LIMIT_KIB"
kill "$CUTTER_PID"
stop XA XB
