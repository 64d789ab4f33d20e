#!/bin/sh
# Every case that tests/hostile/README.md names is there, and every folder of bad files is named.
set -eu
list=tests/hostile/README.md
bad=0 seen=0
say_missing() {
    echo "$1" >&2
    bad=$((bad + 1))
}
# shellcheck disable=SC2016 # the quotes are the ones of the list
for case in $(awk '/^\|/' "$list" | grep -o '`tests/[^`]*`' | tr -d '`' | sort -u); do
    seen=$((seen + 1))
    file=${case%%:*} name=${case#*:}
    if [ ! -e "$file" ]; then
        say_missing "$list names $file, which is not there"
    elif [ "$name" != "$case" ] && ! grep -q "^TEST($name)\$\|^TEST_SLOW($name)\$" "$file"; then
        say_missing "$list names $name, which is no test of $file"
    fi
done
# A kind without a case is a promise nobody keeps.
rows=$(sed -n "/^## By kind/,/^## The files/p" "$list" | grep "^| " |
    grep -v "^| kind" | grep -v "tests/") || true
[ -z "$rows" ] || say_missing "without a case: $rows"
for folder in tests/hostile/*/; do
    folder=${folder%/}
    grep -q "\`$folder\`" "$list" || say_missing "$list does not name $folder"
    # its test names each file, with or without its ending, or walks the folder
    for file in "$folder"/*; do
        room=${folder##*/}
        stem=$(basename "$file") && stem=${stem%.*}
        grep -rqF "\"$stem" tests/"$room"/*.c ||
            grep -rq "opendir\|\"tests/hostile/$room\"" tests/"$room"/*.c ||
            say_missing "no test reads $file"
    done
done
if [ "$bad" -eq 0 ] && [ "$seen" -gt 40 ]; then
    echo "ok every kind of bad input has its case ($seen)"
else
    echo "not ok every kind of bad input has its case"
    exit 1
fi
