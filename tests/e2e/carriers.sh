#!/bin/sh
# The same conversation in three communities founded alike: by files only, by TLS only, and mixed,
# with every file read twice and again late. Equal roots on all nodes, equal views in all three
# communities, no record twice, none missing.
. tests/e2e/community.inc
set -eu
NODES="XA XB XC"
WHEN=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z
BY=$(date -u -d '2 days' +%Y-%m-%dT00:00:00Z)
TOP=$WORK

# -- carriers: each brings what FROM holds to TO, and what TO answers back ------------------------
# to_and_fro CARRIER FROM TO REF: a file there and one back, until the receipt is back
to_and_fro() {
    for _trip in 1 2 3; do
        $1 "$2" "$3" && $1 "$3" "$2" || return 1
        if said_back "$2" "$3" "$4"; then return; fi
    done
    return 1
}
by_files() { to_and_fro stick "$@"; }
# One file, read twice, and kept to be read once more when it is long out of date.
twice() {
    stick "$1" "$2" || return 1
    _kept=$((_kept + 1))
    cp "$WORK/stick" "$WORK/old.$_kept.$2"
    "$ELCHI" bundle read --node "$WORK/$2" "$WORK/stick" >"$WORK/again.log"
}
# The same from the latest to the earliest.
late() {
    for _f in $(ls "$WORK"/old.* | sort -t. -k2,2nr); do
        "$ELCHI" bundle read --node "$WORK/${_f##*.}" "$_f" >"$WORK/late.log" || return 1
    done
}
by_tls() { wait_for 30 said_back "$1" "$2" "$3"; }
mixed() { # every second step by TLS; the files of before come late into what TLS brought
    _step=$((_step + 1))
    if [ $((_step % 2)) -eq 1 ]; then
        to_and_fro twice "$@"
        return
    fi
    # shellcheck disable=SC2086
    serve $NODES && by_tls "$@" && late
    _carried=$?
    # shellcheck disable=SC2086
    stop $NODES
    return $_carried
}
# The addressee has the record, and its receipt for all of it is back at the author.
said_back() { # FROM TO REF
    has_record "$2" "$3" >"$WORK/seen" &&
        as "$1" anna show "$3" --json >"$WORK/said" &&
        grep -qE '"delivery": "(held|acknowledged|answered|closed)"' "$WORK/said" &&
        [ "$(field attachments_held <"$WORK/said")" = "$(grep -c '"media"' "$WORK/said")" ]
}

# -- the conversation -----------------------------------------------------------------------------
# step LABEL FROM TO COMMAND...: what the command releases is carried; its ref is then in $REF
step() {
    _label=$1 _a=$2 _b=$3
    shift 3
    REF=$("$@")
    [ -n "$REF" ] || { not_ok "$MODE: $_label is released"; return 0; }
    echo "s|$REF|$_label|g" >>"$WORK/labels"
    check "$MODE: $_label arrives, and that is said back" "$MODE" "$_a" "$_b" "$REF"
}
close_it() { # STATE REF
    _draft=$(as "$1" anna draft --from technical --to XB/technical --precedence PRIORITY \
        --tlp AMBER --json "P15 message=$2" | field draft)
    let_go "$1" "$_draft"
}
take_back() { # STATE REF
    _draft=$(as "$1" anna withdraw "$2" --reason error --json | field draft)
    let_go "$1" "$_draft"
}
conversation() {
    echo '{"type":"bundle"}' >"$WORK/plain"
    step notice XA XB say_to XA XB --attach "$WORK/plain:indicators.json:application/json" \
        "N01 sector=energy class=ddos when=$WHEN" "A01 prefix=198.51.100.0/24"
    notice=$REF
    step stand-by XB XA answer_to XB "$notice" "E01 line=01" "E02 line=02 until=$BY"
    step question XB XA say_to XB XA "R02 message=$notice about=01"
    step information XA XB answer_to XA "$REF" \
        "E10 line=01 with=02" "N01 sector=energy class=ddos when=$WHEN"
    step answer XB XA answer_to XB "$notice" "E03 line=02"
    step solidarity XB XA say_to XB XA "C03"
    step withdrawal XB XA take_back XB "$REF"
    step closing XA XB close_it XA "$notice"
    step goodbye XB XA answer_to XB "$REF" "E01 line=01"
}

# -- what is compared -----------------------------------------------------------------------------
# Everything a node holds, as one file; its checkpoints and entries lie in all.NODE.
unpack() {
    rm -rf "$WORK/all.$1" "$WORK/all"
    _other=$([ "$1" = XA ] && echo XB || echo XA)
    "$ELCHI" bundle write --all --node "$WORK/$1" --to "$_other" --out "$WORK/all" >/dev/null
    mkdir "$WORK/all.$1"
    tar -xf "$WORK/all" -C "$WORK/all.$1"
}
# origin, size and root of every log a node holds
roots() {
    for _c in "$WORK/all.$1"/checkpoint/*; do sed -n '1,3p' "$_c" | paste -sd' '; done | sort
}
even() { # do all nodes hold the same of every log, with nothing left to do?
    for s in $NODES; do unpack "$s"; roots "$s" >"$WORK/roots.$s"; done
    [ "$(wc -l <"$WORK/roots.XA")" -eq 3 ] && cmp "$WORK/roots.XA" "$WORK/roots.XB" &&
        cmp "$WORK/roots.XA" "$WORK/roots.XC"
}
all_pairs() { # CARRIER: everything between everybody
    for a in $NODES; do for b in $NODES; do
        [ "$a" = "$b" ] || $1 "$a" "$b" || return 1
    done; done
}
round_up() { # by files until nothing is new, at most five times
    for _round in 1 2 3 4 5; do
        even && return 0
        all_pairs "$1"
    done
    even
}
settle() {
    case $MODE in
    by_files) round_up stick ;;
    mixed) round_up twice && late && even ;;
    *) wait_for 30 even ;;
    esac
}
# What an officer sees, without times, hashes, signatures and what only a node's own order says.
# Which receipts came when is left out, what they amount to ("attachments_held") is not; refs are
# compared by what they name, because receipts take numbers of their pair too.
plain() {
    sed -E -f "$WORK/labels" | sed -E -e 's/sha256:[0-9a-f]{64}/HASH/g' \
        -e '/^ *"(time|claimed|received|due|until|number|next|index|signed|k|cosigned_size)":/d' \
        -e '/^ *"(cosignatures|receipts)": \[$/,/^  \],?$/d' \
        -e 's/\\ntime [^\\]*//; s/\\nseen [^\\]*//g'
}
views() {
    for _box in inbox sent; do
        echo "== $1 $_box"
        as "$1" anna "$_box" --json | tee "$WORK/box" | plain
        sed -n 's/^ *"ref": "\(.*\)",$/\1/p' "$WORK/box" >"$WORK/refs.$1.$_box"
        while read -r _ref; do
            echo "== $1 $(echo "$_ref" | plain)"
            as "$1" anna show "$_ref" --json | tee "$WORK/show" | plain
            [ "$_box" = inbox ] || cp "$WORK/show" "$WORK/shown.$1.$(echo "$_ref" | tr / -)"
        done <"$WORK/refs.$1.$_box"
    done
}
no_ref_twice() { for f in "$WORK"/refs.*; do [ -z "$(sort "$f" | uniq -d)" ] || return 1; done; }
# How many records of each type a State sent, and how many sealed entries its log has besides the
# receipts shown for what it got: as many as it sent, or one is missing or stands there twice.
counts() {
    for s in XA XB; do
        as $s anna sent --json | sed -n "s/^ *\"type\": \"\(.*\)\".*/$s \1/p" | sort | uniq -c
        _log=$WORK/all.XC/entries/$(printf %s "$(lower $s).example/e2e" | sha256sum | cut -c1-64)
        _sealed=$(cat "$_log"/* | grep -aoE '^kind sealed' | wc -l)
        _receipts=$(cat "$WORK"/shown.* | grep -c "\"by\": \"$s\"")
        echo "$s sealed, without receipts: $((_sealed - _receipts))"
    done
}
is_empty() { [ "$(as XC anna inbox --json | grep -c '"ref"')" -eq 0 ]; }

# Everyone learns everyone's keys, by the carrier of the community alone.
known_to_all() {
    for a in $NODES; do for b in $NODES; do
        "$ELCHI" keys show --node "$WORK/$a" "$b" || return 1
    done; done
}
meet() {
    # shellcheck disable=SC2086
    [ "$MODE" = by_tls ] || { greet $NODES; return; }
    # shellcheck disable=SC2086
    serve $NODES && wait_for 30 known_to_all
}

# -- one community --------------------------------------------------------------------------------
community() (
    MODE=$1 WORK=$TOP/$1 _kept=0 _step=0 failures=0
    mkdir "$WORK"
    # shellcheck disable=SC2086
    trap 'stop $NODES' EXIT
    trap 'exit 130' INT TERM
    # shellcheck disable=SC2086
    { found $NODES && commune 2 $NODES && meet; } || { not_ok "$MODE: it is founded"; exit 1; }
    conversation
    check "$MODE: every log has the same root on all three nodes" settle
    : >"$WORK/views"
    for s in XA XB; do views "$s" >>"$WORK/views"; done
    counts >"$WORK/counts"
    check "$MODE: no record is shown twice" no_ref_twice
    check "$MODE: who only cosigned reads none of it" is_empty
    exit "$failures"
)
communities() {
    _running=
    for _m in by_files by_tls mixed; do
        community "$_m" &
        _running="$_running $!"
    done
    # shellcheck disable=SC2086
    trap 'kill $_running 2>/dev/null; wait; exit 130' INT TERM
    for _p in $_running; do wait "$_p" || failures=$((failures + 1)); done
}
same() { # FILE COMMUNITY COMMUNITY
    diff -u "$TOP/$2/$1" "$TOP/$3/$1"
}
communities
for m in by_tls mixed; do
    check "views are the same by_files and $m" same views by_files "$m"
    check "as many records of each type by_files and $m" same counts by_files "$m"
done
said() { grep -c '^== X. [a-z-]*$' "$TOP/by_files/views"; }
check "all nine records are seen on both sides" test "$(said)" -eq $((2 * (9 + 2)))
