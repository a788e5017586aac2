# confirm.sh: no lock-out. After a change, the controller's TCP stack must acknowledge bytes that were sent after it.
#
# This process is detached from the session and outlives it, so it is its own rollback timer; a second connection or a timer unit
# would add nothing (the unit's ExecStopPost covers a kill). $tx/connection is SSH_CONNECTION: client, port, server, port.

# Just before TCP's try at 51 s (0.2 s, doubling): after a rollback the controller hears of it then, not at 102 s.
readonly confirm_seconds=45

# socket OPTIONS: ss's lines about the connection.
socket() {
    local client port server own
    read -r client port server own <"$tx/connection" || return 0
    ss "-H$1" state established "src = $(bracket "$server"):$own and dst = $(bracket "$client"):$port" 2>/dev/null || true
}

connected() { [[ $(socket tn) ]]; }

# Bytes sent and acknowledged of the SSH connection; nothing when the kernel or ss do not tell.
acknowledged() {
    local line
    line=$(socket tin)
    if [[ $line =~ bytes_sent:([0-9]+) ]]; then printf '%s ' "${BASH_REMATCH[1]}"; else return 0; fi
    if [[ $line =~ bytes_acked:([0-9]+) ]]; then printf '%s' "${BASH_REMATCH[1]}"; else printf 0; fi
}

bracket() { if [[ $1 == *:* ]]; then printf '[%s]' "$1"; else printf '%s' "$1"; fi; }

confirm() {
    local sent before acked deadline=$((SECONDS + confirm_seconds))
    if [[ ! -s $tx/connection ]]; then return 0; fi
    if ! connected; then fail "rolled back: the SSH session to $host ended before the change could be confirmed"; fi
    read -r before _ < <(acknowledged) || true
    if [[ -z ${before:-} ]]; then return 0; fi
    say "waiting until the controller is heard"
    while ((SECONDS < deadline)); do
        read -r sent acked < <(acknowledged) || true
        # Nobody is left who could record this push: Pulumi will try again, from what it knows.
        if ! connected; then fail "rolled back: the SSH session to $host ended before the change could be confirmed"; fi
        if ((${sent:-0} > before && ${acked:-0} > before)); then return 0; fi
        sleep 0.2
    done
    fail "rolled back: after the change $host heard nothing from the controller on this SSH connection for $confirm_seconds s; the push would have cut it off"
}
