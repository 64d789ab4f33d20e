#!/bin/sh
# `make run ONCE=1`: exits 0, leaves nothing running, and what it leaves in demo/out was made in
# that run; Debian's age opens the body it leaves.
ELCHI=$(realpath "${ELCHI:-build/release/elchi}")
export ELCHI
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
check() {
    name=$1
    shift
    if "$@" >"$work/log" 2>&1; then echo "ok $name"; else
        echo "not ok $name"
        sed 's/^/#   /' "$work/log"
        failures=$((failures + 1))
    fi
}
cd "$work" || exit 1
once() { ONCE=1 timeout 120 "$top/tools/run-demo"; }
check "the demonstration runs" once
cp "$work/log" "$work/told"
# the exchange stands there in code and in two languages: (code, words in Russian, words in Arabic)
shows() { grep -q "^  [0-9][0-9] $1" told && grep -q "$1 — $2" told && grep -q "$1.* — $3" told; }
check "it shows a stand-by" shows E02 "Строка 02 рассматривается" "السطر"
check "it shows a question" shows A07 "Вопрос" "سؤال"
check "it shows a correction" shows P12 "Исправление" "تصويب"
check "it shows a closing" shows P15 "Мы исходим из того" "نعتبر"
check "the dialogue is closed on both sides" test "$(grep -c 'dialogue closed' told)" -eq 2
for f in proof community policy identity.txt body.age log/checkpoint; do
    check "it leaves $f" test -s demo/out/$f
done
quiet() { ! pgrep -f "serve --node demo/nodes" >/dev/null; }
check "nothing is left running" quiet
verify() { "$ELCHI" proof verify --community demo/out/community "$1"; }
check "the proof verifies elsewhere" verify demo/out/proof
alone() { "$ELCHI" proof verify demo/out/proof; [ $? -eq 11 ]; }
check "without an anchor it says so, with a code of its own" alone
mv demo/out first
check "it runs again" once
differs() { ! cmp -s first/$1 demo/out/$1; }
for f in proof identity.txt body.age policy; do check "a second run's $f differs" differs $f; done
if command -v age >/dev/null; then
    opens() { age -d -i demo/out/identity.txt demo/out/body.age | grep -qa "^elchi record v1"; }
    check "age opens the body" opens
else
    echo "skip age opens the body: age is not installed"
fi
# any changed octet of the proof makes it fail; a stride here, every one in the long tier
size=$(wc -c <demo/out/proof) stride=$([ "${ELCHI_LONG:-}" = 1 ] && echo 1 || echo 197)
changed() {
    at=0
    while [ $at -lt "$size" ]; do
        cp demo/out/proof bad
        octet=$(dd if=bad bs=1 skip=$at count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
        printf "\\$(printf %03o $(((octet + 1) % 256)))" |
            dd of=bad bs=1 seek=$at conv=notrunc 2>/dev/null
        if verify bad >out 2>&1; then
            echo "octet $at changed, and it still verifies"
            return 1
        fi
        grep -q "^elchi: " out || { echo "octet $at: no reason given"; return 1; }
        at=$((at + stride))
    done
}
check "a proof with a changed octet fails with the reason" changed
[ $failures -eq 0 ]
