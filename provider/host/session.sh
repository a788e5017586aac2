# session.sh: what runs in the SSH session itself, from stdin: stage the push in memory, then hand it to a unit that outlives the session.
# Follows in the stream: stage(), which holds this push's data (payload.ts), and `main </dev/null`.
set -euo pipefail
shopt -s inherit_errexit
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

refuse() {
    printf '%s\n' "$*" >&2
    exit 1
}

# put NAME TEXT: printf is a builtin, so that TEXT is in no argument list; the folder is in memory and root's.
put() { printf '%s' "$2" >"$folder/$1"; }

# unpack NAME BASE64: the tool, which holds no secret.
unpack() { printf '%s' "$2" | base64 -d | gzip -d >"$folder/$1" || refuse "$(uname -n) cannot unpack the push; base64 (coreutils) and gzip are needed"; }

# sudo clears the environment, the login shell above it still has it.
ssh_connection() {
    local pid=$$ entry _
    while ((pid > 1)); do
        while IFS= read -r -d '' entry; do
            if [[ $entry == SSH_CONNECTION=* ]]; then
                printf '%s\n' "${entry#*=}"
                return 0
            fi
        done <"/proc/$pid/environ"
        read -r _ pid < <(grep '^PPid:' "/proc/$pid/status") || return 0
    done 2>/dev/null
}

main() {
    local bash
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then refuse "bash on $(uname -n) is $BASH_VERSION; 4.4 or newer is needed"; fi
    if ((EUID != 0)); then refuse "$(id -un) on $(uname -n) is not root; connect as root or as a user with passwordless sudo"; fi
    if [[ ! -d /run/systemd/system ]]; then refuse "$(uname -n) does not run systemd, which starts the WireGuard interfaces; only systemd hosts can be managed"; fi
    if ! command -v flock >/dev/null || ! command -v timeout >/dev/null; then refuse "$(uname -n) lacks flock (util-linux) or timeout (coreutils); install them"; fi
    mkdir -p /run/pulumi-wireguard
    folder=$(mktemp -d /run/pulumi-wireguard/change.XXXXXX)
    mkdir "$folder/interfaces"
    stage
    ssh_connection >"$folder/connection"
    bash=$(command -v bash)
    # exec: nothing is left to do here, and its exit status is the push's.
    exec systemd-run --quiet --wait --pipe --collect --service-type=exec --unit="pulumi-wireguard-${folder##*.}" \
        -p RuntimeMaxSec=1800 -p "ExecStopPost=-$bash -c 'test ! -d $folder || exec $bash $folder/tool settle $folder'" \
        -- "$bash" "$folder/tool" push "$folder"
}
