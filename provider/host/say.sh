#!/usr/bin/env bash
# The tool that pulumi-wireguard installs on a host: /usr/local/lib/pulumi-wireguard/apply.
# It holds no secret; what a push wants is staged in a folder of its own. The text is provider/host/*.sh, joined by payload.ts.
# say.sh: settings, what is said to the user, and the one way to fail.
set -euo pipefail
shopt -s inherit_errexit
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# The SSH session may die at any time (the tunnel can carry it); what was started is brought to an end either way.
trap '' HUP PIPE

readonly root=/var/lib/pulumi-wireguard tool=/usr/local/lib/pulumi-wireguard/apply
# tx: the folder of the running change. mesh, host and state follow from it.
tx='' mesh='' host='' state='' undoing=''

say() { printf '%s\n' "$*" 2>/dev/null || true; }

# One line per thing that was different; a push without any says "unchanged".
changed() {
    : >"$tx/changed"
    say "$*"
}

# The sentence is printed when everything is undone (finish), so that the last word is the cause.
fail() {
    local to=$tx/failure
    if [[ -z $tx ]]; then
        printf '%s\n' "$*" >&2
        exit 1
    fi
    if [[ $undoing ]]; then to=$tx/undo-failure; fi
    if [[ ! -e $to ]]; then printf '%s\n' "$*" >"$to"; fi
    exit 1
}

# wg prints the offending line on errors, secrets included: whatever looks like a key is cut out. (wireguard.md 0.8)
redact() { sed -E 's#[A-Za-z0-9+/]{42}[A-Za-z0-9+/=]=?#<key>#g' | tr '\n' ' ' | sed -E 's/ +$//'; }

short() { printf '%s' "${1:0:8}…"; }

# open_change FOLDER: every verb works inside one. finish ends it, whatever happened.
open_change() {
    tx=$1
    mkdir -p "$tx/was"
    trap finish EXIT
    trap 'exit 1' TERM INT
}

set_mesh() {
    mesh=$1
    state=$root/$mesh
    host=${host:-$(uname -n)}
}

lock() {
    local file=/run/lock/pulumi-wireguard.lock
    mkdir -p /run/lock
    exec 9>>"$file"
    if ! flock -n 9; then
        say "waiting for another change on this host: $(cat "$file")"
        flock -w "${LOCK_SECONDS:-120}" 9 || fail "another change holds the lock of $host: $(cat "$file"); waited ${LOCK_SECONDS:-120} s"
    fi
    printf '%s of mesh "%s", pid %s, since %s' "$1" "$mesh" "$$" "$(date -u +%H:%M:%SZ)" >"$file"
}
