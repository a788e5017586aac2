#!/usr/bin/env bash
# Installs the Debian packages the lab needs on the machine that carries it, only those that are missing, and starts no service:
# the lab must not change this machine's network.
set -euo pipefail

say() { printf 'engine: %s\n' "$*" >&2; }

# package:program it brings
wanted=(
    debootstrap:debootstrap systemd-container:systemd-nspawn iproute2:ip iputils-ping:ping nftables:nft
    wireguard-tools:wg tcpdump:tcpdump openssh-client:ssh-keygen shellcheck:shellcheck util-linux:nsenter procps:sysctl
)

PATH=$PATH:/usr/sbin:/sbin
missing=()
for entry in "${wanted[@]}"; do
    command -v "${entry#*:}" >/dev/null || missing+=("${entry%%:*}")
done
if ((${#missing[@]} == 0)); then exit 0; fi

say "installing ${missing[*]} (apt-get), about 1 minute"
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
# dpkg's maintainer scripts ask this file before they start anything (policy-rc.d(8), status 101: forbidden).
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
log=$(mktemp)
# No recommends: wireguard-tools recommends a kernel module, systemd-container a change of nsswitch.conf.
if ! { apt-get update && apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "apt-get could not install ${missing[*]}; the whole log is $log"
    exit 1
fi
rm -f "$log"
