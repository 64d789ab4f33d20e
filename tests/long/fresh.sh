#!/bin/sh
# `make run ONCE=1` on a Debian 12 with nothing installed: debootstrap makes one in a folder, the
# committed tree is copied in, and the two words are given there as root. Needs root and a way to
# Debian's packages. KEEP=yes leaves the folder and says where it is.
set -u
failures=0
ok() { echo "ok $1"; }
not_ok() { echo "not ok $1"; failures=$((failures + 1)); }
[ "$(id -u)" -eq 0 ] || { echo "skip fresh: needs root"; exit 0; }
command -v debootstrap >/dev/null || apt-get install -y -q debootstrap >/dev/null 2>&1
command -v debootstrap >/dev/null || { echo "skip fresh: no debootstrap"; exit 0; }
TOP=$(git rev-parse --show-toplevel)
ROOM=$(mktemp -d "${TMPDIR:-/tmp}/elchi-fresh-XXXXXX")
INSIDE=$ROOM/debian

clean_up() {
    for _at in proc dev/pts dev; do umount -l "$INSIDE/$_at" 2>/dev/null; done
    if [ "${KEEP:-}" = yes ]; then echo "# kept: $ROOM"; else rm -rf --one-file-system "$ROOM"; fi
    [ "$failures" -eq 0 ]
}
trap clean_up EXIT
trap 'exit 130' INT TERM

inside() { chroot "$INSIDE" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }

if ! debootstrap --variant=minbase bookworm "$INSIDE" >"$ROOM/debootstrap.log" 2>&1; then
    tail -n 3 "$ROOM/debootstrap.log" | sed 's/^/#   /'
    echo "skip fresh: debootstrap cannot make a Debian 12 here"
    exit 0
fi
# the way this machine reaches Debian's packages
cp -f /etc/resolv.conf "$INSIDE/etc/resolv.conf" 2>/dev/null
for _conf in /etc/apt/apt.conf.d/*proxy*; do
    [ ! -e "$_conf" ] || cp "$_conf" "$INSIDE/etc/apt/apt.conf.d/"
done
mount --bind /dev "$INSIDE/dev" && mount -t proc proc "$INSIDE/proc" || {
    echo "skip fresh: this machine lets nobody mount"
    exit 0
}
mkdir -p "$INSIDE/root/elchi"
git -C "$TOP" archive HEAD | tar -x -C "$INSIDE/root/elchi"
# make is the one program that the two words themselves need
inside apt-get update -q >"$ROOM/apt.log" 2>&1 && inside apt-get install -y -q make \
    >>"$ROOM/apt.log" 2>&1 ||
    not_ok "make is installed"
echo "# $(inside dpkg -l | grep -c '^ii') packages before"
start=$(date +%s)
if inside make -C /root/elchi run ONCE=1 >"$ROOM/run.log" 2>&1; then
    ok "make run ONCE=1 on a fresh Debian 12, $(($(date +%s) - start)) s with all that it installed"
else
    not_ok "make run ONCE=1 on a fresh Debian 12"
    tail -n 15 "$ROOM/run.log" | sed 's/^/#   /'
fi
for _file in proof community policy identity.txt body.age; do
    if [ -s "$INSIDE/root/elchi/demo/out/$_file" ]; then ok "it leaves $_file"
    else not_ok "it leaves $_file"; fi
done
