#!/usr/bin/env bash
# boot.sh IMAGE FOLDER NAMESPACE HOSTNAME CGROUP...: becomes systemd-nspawn for one lab host. Run by host.ts in a mount namespace of its own,
# so the overlay below is gone when nspawn is, even if that is killed.
# FOLDER: upper/ work/ root/ (the overlay; upper is the host's disk and outlives a reboot), authorized_keys, ssh_host_ed25519_key{,.pub}
set -euo pipefail

image=$1
folder=$2
namespace=$3
hostname=$4
shift 4

# Without a group of its own the hosts' systemds share one tree and see each other's units (lab.md).
for cgroup in "$@"; do
    echo $$ >"$cgroup/cgroup.procs"
done

root=$folder/root
mount -t overlay overlay -o "lowerdir=$image,upperdir=$folder/upper,workdir=$folder/work" "$root"

if [[ ! -e $root/etc/hostname ]]; then
    echo "$hostname" >"$root/etc/hostname"
    printf '127.0.0.1 localhost %s\n::1 localhost\n' "$hostname" >"$root/etc/hosts"
    install -m 600 "$folder/ssh_host_ed25519_key" "$folder/ssh_host_ed25519_key.pub" "$root/etc/ssh/"
    install -m 600 "$folder/authorized_keys" "$root/root/.ssh/authorized_keys"
    for user in ops nopass; do
        # Names are those of the image, not of this machine.
        install -m 600 -o "$(stat -c %u "$root/home/$user")" -g "$(stat -c %g "$root/home/$user")" \
            "$folder/authorized_keys" "$root/home/$user/.ssh/authorized_keys"
    done
fi

# The lock is a file per disk under /run that nobody removes; only this lab knows the folder anyway.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network SYSTEMD_NSPAWN_LOCK=0
# --register=no --keep-unit: this machine may run without systemd. --resolv-conf=off: the machine's name servers are not reachable from the lab.
exec systemd-nspawn --quiet --directory="$root" --register=no --keep-unit --machine="$namespace" --hostname="$hostname" \
    --network-namespace-path="/run/netns/$namespace" --resolv-conf=off --timezone=off \
    --bind=/dev/net/tun --capability=CAP_NET_ADMIN --boot
