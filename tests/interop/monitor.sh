#!/bin/sh
# What a running node shows to anyone at its monitor address: curl alone fetches checkpoint, tiles
# and entries, and lays them out as C2SP tlog-tiles names them; x/mod and elchi check the folder.
# No body is to be had there. Prints "ok NAME" or "not ok NAME"; exits 1 after a "not ok".
# usage: NOTECHECK=program ELCHI=program tests/interop/monitor.sh      (from the top folder)
. tests/e2e/community.inc
set -eu
NOTECHECK=${NOTECHECK:?the program that tests/interop/run builds}
die() { echo "monitor: $*" >&2; exit 1; }

# -- fetching ------------------------------------------------------------------------------------
get() { curl -fsS --max-time 20 --create-dirs -o "$2" "$1"; }
code() { curl -sS --max-time 20 --path-as-is -o "$WORK/answer" -w '%{http_code}' "$@"; }
media() { curl -fsS --max-time 20 -o "$WORK/answer" -w '%{content_type}' "$1"; }
# row URL FOLDER LEVEL COUNT: the tiles that COUNT hashes or entries fill, the last one in part
row() {
    _n=0
    while [ $((_n * 256)) -lt "$4" ]; do
        _part=$(($4 - _n * 256)) _path=tile/$3/$(printf %03d $_n)
        [ $_part -ge 256 ] || _path=$_path.p/$_part
        get "$1/$_path" "$2/$_path" || return 1
        _n=$((_n + 1))
    done
}
# fetch_log URL FOLDER: a whole log; its size is the second line of the checkpoint
fetch_log() {
    get "$1/checkpoint" "$2/checkpoint" || return 1
    _all=$(sed -n 2p "$2/checkpoint")
    row "$1" "$2" entries "$_all" || return 1
    _level=0
    while [ "$_all" -gt 0 ]; do
        row "$1" "$2" $_level "$_all" || return 1
        _level=$((_level + 1)) _all=$((_all / 256))
    done
}
size_at() { curl -fsS --max-time 20 "$1/checkpoint" | sed -n 2p; }
reached() { [ "$(size_at "$1")" -ge "$2" ]; }

# -- two nodes that speak ------------------------------------------------------------------------
found XA XB && commune 1 XA XB && serve XA XB || die "no community"
# a draft is possible once the one knows the other's keys
ready() { # FROM TO
    as "$1" anna draft --from technical --to "$2/technical" --precedence ROUTINE --tlp AMBER C03
}
wait_for 30 ready XA XB && wait_for 30 ready XB XA || die "XA and XB do not meet"
A=http://127.0.0.1:$MONITOR_XA B=http://127.0.0.1:$MONITOR_XB
key_of() { "$ELCHI" community policy --node "$WORK/XA" "$1" | sed -n 's/^log \([^ ]*\).*/\1/p'; }
KEY_A=$(key_of XA) KEY_B=$(key_of XB)
HASH_B=$(printf xb.example/e2e | sha256sum | cut -d ' ' -f 1)
REF=$(say_to XA XB C03)
check "the first words are in the log" wait_for 10 reached "$A" 2
check "curl fetches a young log" fetch_log "$A" "$WORK/young"
check "x/mod checks every tile of it" "$NOTECHECK" log "$KEY_A" "$WORK/young"

# Past 256 entries there are full tiles, and a second level. Both speak at once: the words of one
# make entries of their own and receipts in the other's log.
speak() { for _i in $(seq 130); do say_to "$1" "$2" C03 >/dev/null || return 1; done; }
speak XA XB >"$WORK/speak.XA" 2>&1 &
SPEAKS=$!
check "XB speaks 130 times" speak XB XA
check "XA speaks 130 times" wait "$SPEAKS"
check "XA's log passes 256 entries" wait_for 60 reached "$A" 258
check "XA holds XB's log beyond 256 entries" wait_for 60 reached "$A/log/$HASH_B" 258

# -- what curl brings, x/mod and elchi check -----------------------------------------------------
both_check() { # NAME KEY FOLDER
    check "x/mod checks $1: signature, entries, every tile" "$NOTECHECK" log "$2" "$3"
    check "elchi checks $1" "$ELCHI" test-log "$2" "$3"
}
check "curl fetches checkpoint, tiles and entries" fetch_log "$A" "$WORK/grown"
both_check "XA's log" "$KEY_A" "$WORK/grown"
LOG=$WORK/grown
SIZE=$(sed -n 2p "$LOG/checkpoint")
PART=$((SIZE - 256))
for f in tile/0/000 tile/0/001.p/$PART tile/1/000.p/1 tile/entries/000 tile/entries/001.p/$PART; do
    check "a log of $SIZE has $f" test -s "$LOG/$f"
done
check "x/mod proves that the log only grew" \
    "$NOTECHECK" consistency "$WORK/young/checkpoint" "$KEY_A" "$LOG"
for i in 0 1 255 256 $((SIZE - 1)); do
    check "x/mod proves entry $i from the tiles" "$NOTECHECK" inclusion "$KEY_A" "$LOG" "$i"
done
check "curl fetches XB's log from XA, its mirror" fetch_log "$A/log/$HASH_B" "$WORK/mirrored"
both_check "XB's log from XA" "$KEY_B" "$WORK/mirrored"
check "curl fetches XB's log from XB" fetch_log "$B" "$WORK/own"
check "one only extends the other" \
    "$NOTECHECK" consistency "$WORK/mirrored/checkpoint" "$KEY_B" "$WORK/own"

# -- parts of tiles, and how they are served -----------------------------------------------------
begins() { # WIDTH: that part of the first tile is how the whole one begins
    get "$A/tile/0/000.p/$1" "$WORK/part" && [ "$(wc -c <"$WORK/part")" -eq $(($1 * 32)) ] &&
        cmp -n $(($1 * 32)) "$WORK/part" "$LOG/tile/0/000"
}
entries_begin() {
    get "$A/tile/entries/000.p/$1" "$WORK/part" &&
        cmp -n "$(wc -c <"$WORK/part")" "$WORK/part" "$LOG/tile/entries/000"
}
for w in 1 2 17 255; do
    check "the first $w hashes of a full tile" begins $w
    check "the first $w entries of a full bundle" entries_begin $w
done
served_as() { [ "$(media "$A/$1")" = "$2" ]; }
check "a checkpoint is text" served_as checkpoint "text/plain; charset=utf-8"
check "a tile is octets" served_as tile/0/000 application/octet-stream
check "a bundle is octets" served_as tile/entries/000 application/octet-stream

# -- one octet changed, anywhere -----------------------------------------------------------------
change() { # FILE: its last octet but one
    cp "$1" "$WORK/kept"
    head -c $(($(wc -c <"$WORK/kept") - 2)) "$WORK/kept" >"$1"
    tail -c 2 "$WORK/kept" | tr '\000-\377' '\001-\377\000' >>"$1"
}
says_no() { # WORD COMMAND...: refuses, in words that begin so
    _word=$1
    shift
    ! "$@" >"$WORK/said" 2>&1 && grep "^$_word: " "$WORK/said"
}
for f in checkpoint tile/0/000 tile/0/001.p/$PART tile/1/000.p/1 tile/entries/000; do
    change "$LOG/$f"
    check "x/mod refuses $f changed" says_no notecheck "$NOTECHECK" log "$KEY_A" "$LOG"
    check "elchi refuses $f changed" says_no elchi "$ELCHI" test-log "$KEY_A" "$LOG"
    cp "$WORK/kept" "$LOG/$f"
done

# -- what is not there, and never is ---------------------------------------------------------------
is_missing() { [ "$(code "$@")" = 404 ]; }
is_refused() { case $(code "$@") in 400 | 404 | 405 | 501) ;; *) return 1 ;; esac; }
for f in tile/0/002 tile/0/001 "tile/0/001.p/$((PART + 200))" tile/1/000 tile/2/000.p/1 \
    tile/entries/009 "log/$(printf nobody | sha256sum | cut -d ' ' -f 1)/checkpoint"; do
    check "missing: $f" is_missing "$A/$f"
done
for f in tile/0/000.p/0 tile/0/000.p/256 tile/0/000.p/01 tile/0/0 tile/64/000 tile/0/x000/000 \
    tile/entries/000.p/ ../elchi.conf tile/../../elchi.conf log/..%2f..%2felchi.conf; do
    check "refused: $f" is_refused "$A/$f"
done
as XA anna test-body "$REF" --out "$WORK/body.age" >/dev/null
BODY=$(sha256sum "$WORK/body.age" | cut -d ' ' -f 1)
named() { grep -aq "^body sha256:$BODY " "$LOG/tile/entries/000"; }
check "an entry names the body, and XA holds it" named
for f in "blob/$BODY" "blob/sha256:$BODY" "log/$HASH_B/blob/$BODY" "tile/blob/$BODY" "$BODY"; do
    check "no body at $f" is_refused "$A/$f"
done
check "no body at blob/HASH: it reads as missing" is_missing "$A/blob/$BODY"
check "not even its size" is_missing -I "$A/blob/$BODY"
check "nothing is taken there" is_missing -X PUT --data-binary x "$A/blob/$BODY"
check "no session there" is_missing -X POST --data-binary x "$A/session"
check "no witness there" is_missing -X POST --data-binary x "$A/witness/add-checkpoint"
check "no keys there" is_missing "$A/keys/$HASH_B"
plain() { grep -aq 'elchi record v1' "$LOG/tile/entries/000" && ! grep -aq '^01 C03' "$1"; }
check "entries show that something was said, and not what" plain "$LOG/tile/entries/000"
stop XA XB
