#!/usr/bin/env bash
# image.sh FOLDER SUITE: the root file system every lab host starts from, as an overlay's lower layer that is never written to.
# FOLDER appears only when complete.
set -euo pipefail

target=$1
suite=$2
say() { printf 'engine: %s\n' "$*" >&2; }

# Half-built ones of runs that were killed; setup.sh holds the lock.
rm -rf --one-file-system "$(dirname "$target")"/building.*
if [[ -d $target ]]; then exit 0; fi

mkdir -p "$(dirname "$target")"
building=$(mktemp -d "$(dirname "$target")/building.XXXXXX")
log=$building.log
trap 'rm -rf --one-file-system "$building"' EXIT

say "building the file system of the lab's hosts (debootstrap $suite, 300 MB), about 2 minutes, once"
chmod 755 "$building"
packages=(
    systemd systemd-sysv dbus openssh-server sudo procps iproute2 iputils-ping iputils-tracepath netcat-openbsd tcpdump
    wireguard-tools wireguard-go nftables openresolv
)
# A mount namespace of its own: what debootstrap mounts is gone with it, even if it is killed.
if ! unshare --mount --propagation private debootstrap --variant=minbase \
    --include="$(IFS=,; echo "${packages[*]}")" "$suite" "$building/root" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "debootstrap failed; the whole log is $log"
    exit 1
fi

root=$building/root
# Every host gets its own; two hosts with one key would hide a mix-up.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/machine-id" "$root/var/lib/dbus/machine-id" \
    "$root/etc/hostname" "$root/etc/resolv.conf" "$root"/var/cache/apt/archives/*.deb
: >"$root/etc/machine-id"
# The three ways to log in that users have: root, sudo without a password, and sudo that asks for one ("*" = no password works).
for user in ops nopass; do
    chroot "$root" useradd --create-home --shell /bin/bash --password '*' "$user"
    install -d -m 700 -o "$(stat -c %u "$root/home/$user")" -g "$(stat -c %g "$root/home/$user")" "$root/home/$user/.ssh"
done
install -d -m 700 "$root/root/.ssh"
echo 'ops ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/ops"
echo 'nopass ALL=(ALL) ALL' >"$root/etc/sudoers.d/nopass"
chmod 440 "$root"/etc/sudoers.d/{ops,nopass}
# One journal over a reboot, so that logins and unit messages of before can be read after.
mkdir -p "$root/var/log/journal"
# No login prompts (each is a process per host), no timers of the distribution (they would run in the middle of a measurement).
chroot "$root" systemctl mask console-getty.service getty@.service systemd-networkd-wait-online.service \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer >>"$log" 2>&1
chroot "$root" systemctl enable ssh.service >>"$log" 2>&1

mv "$root" "$target"
rm -f "$log"
