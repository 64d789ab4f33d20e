#!/bin/sh
# Every golden dialogue, said by two real nodes to each other: drafted, approved by two officers,
# released, sealed, delivered, and read on the other side as it was said; each ends as its file says
# on both sides, and reads in every language without a word of English standing in.
. tests/e2e/community.inc
dialogues=tests/golden/dialogues
languages=$(sed -n 's/^language //p' codebook/*.txt)
start() {
    for s in XA XB; do
        eval "PORT_$s=$(free_port) MONITOR_$s=$(free_port)"
        eval "_l=\$PORT_$s _m=\$MONITOR_$s"
        "$ELCHI" init --demo --state $s --origin "$(lower $s).example/e2e" \
            --listen "127.0.0.1:$_l" --monitor "127.0.0.1:$_m" \
            --desks technical,diplomatic,judicial,coordination "$WORK/$s" || return 1
    done
    commune_three && serve XA XB
}
# XC takes part in the community, so that it can be named, and runs no node here.
commune_three() {
    eval "PORT_XC=$(free_port) MONITOR_XC=$(free_port)"
    "$ELCHI" init --demo --state XC --origin xc.example/e2e --listen "127.0.0.1:$PORT_XC" \
        --monitor "127.0.0.1:$MONITOR_XC" "$WORK/XC" >/dev/null && commune 1 XA XB XC
}
ready() { # both know the other's keys once they have met
    for s in XA XB; do
        other=$([ $s = XA ] && echo XB || echo XA)
        probe=$(as $s anna draft --from technical --to $other/technical --json P01 | field draft)
        [ -n "$probe" ] || return 1
        as $s anna draft drop "$probe" --yes >/dev/null || return 1
    done
}

# put N: message N of the dialogue, from the variables its head and lines set
put() {
    state=${from%/*} other=${to%/*} lines=$WORK/lines
    set -- --from "${from#*/}" --to "$to" --precedence "$precedence" --tlp "$tlp" --json
    [ -z "$exercise" ] || set -- "$@" --exercise
    [ -z "$replaces" ] || eval "set -- \"\$@\" --replaces \$REF_$replaces"
    if [ -n "$attach" ]; then
        echo "an invented attachment" >"$WORK/indicators.json"
        set -- "$@" --attach "$WORK/indicators.json"
    fi
    while IFS= read -r part; do
        case $part in
        text*)
            part=${part#text }
            set -- "$@" --text "${part%% *}:${part#* }"
            ;;
        *) set -- "$@" "${part#?? }" ;;
        esac
    done <"$lines"
    if [ -n "$answers" ]; then
        eval "asked=\$REF_$answers"
        # shellcheck disable=SC2154
        draft=$(as "$state" anna answer "$asked" "$@" | field draft)
    else
        draft=$(as "$state" anna draft "$@" | field draft)
    fi
    [ -n "$draft" ] || { echo "message $number is not drafted"; return 1; }
    ref=$(let_go "$state" "$draft")
    [ -n "$ref" ] || { echo "message $number is not released"; return 1; }
    eval "REF_$number=$ref"
    wait_for 20 has_record "$other" "$ref" || { echo "$ref does not arrive"; return 1; }
    as "$other" anna show "$ref" --json | sed -n 's/^  "text": "\(.*\)",\{0,1\}$/\1/p' |
        sed 's/\\n/\n/g' | grep '^[0-9][0-9] \|^text ' >"$WORK/got"
    grep -v '^text ' "$lines" >"$WORK/want" 2>/dev/null
    grep '^text ' "$lines" >>"$WORK/want"
    diff "$WORK/want" "$WORK/got" || { echo "$ref differs"; return 1; }
}
flush() { [ -z "$number" ] || put || return 1; }
# say FILE: all of it, and how it ends
say() {
    number=
    # every @N becomes the reference of message N as soon as it has one
    while IFS= read -r row || [ -n "$row" ]; do
        case $row in
        '#'* | '') ;;
        '= '*)
            flush || return 1
            number=
            want=${row##* } n=${row#= } n=${n% *}
            eval "ref=\$REF_$n"
            for s in XA XB; do
                wait_for 10 reaches $s "$ref" dialogue "$want" && continue
                echo "$s: message $n is $(state_of $s "$ref" dialogue), not $want"
                return 1
            done
            ;;
        [0-9][0-9]' '[A-Z]* | text' '*)
            while case $row in *@[0-9]*) true ;; *) false ;; esac do
                n=${row#*@} n=${n%%[!0-9]*}
                eval "row=\${row%%@*}\$REF_$n\${row#*@$n}"
            done
            echo "$row" >>"$WORK/lines"
            ;;
        *)
            flush || return 1
            : >"$WORK/lines"
            answers='' replaces='' exercise='' attach=''
            # shellcheck disable=SC2086
            set -- $row
            number=$1 from=$3 to=$4 precedence=$5 tlp=$6
            shift 6
            while [ $# -gt 0 ]; do
                case $1 in
                answers) answers=$2 && shift ;;
                replaces) replaces=$2 && shift ;;
                exercise) exercise=yes ;;
                attach) attach=yes ;;
                esac
                shift
            done
            ;;
        esac
    done <"$1"
}
read_everywhere() { # the first message of the dialogue just said, in every language
    other=$([ "${REF_1%%/*}" = XA ] && echo XB || echo XA)
    for l in $languages; do
        as "$other" anna show "$REF_1" --lang "$l" >"$WORK/read" || return 1
        mark=$(sed -n 's/^string untranslated //p' "codebook/$l.txt")
        ! grep -F "$mark" "$WORK/read" || return 1
        grep -q "^in $l" "$WORK/read" || return 1
    done
}

check "two nodes are founded and serve" start
check "they meet" wait_for 30 ready
for file in "$dialogues"/[0-9]*.txt; do
    name=$(basename "$file" .txt)
    check "$name is said in code and ends as it says" say "$file"
    check "$name reads in every language" read_everywhere
done
