# greet.sh: when a push ends, the tunnels that this host opens are open, if the other side is there.
#
# The hub and its clients are pushed to in the same moment. A first handshake that comes before the hub is up is repeated by WireGuard
# only after 5 s (REKEY_TIMEOUT). Making the peer anew starts at once, and without a first handshake it has no session to lose.

# unanswered NAME: peers that this host has to open a tunnel to, and that have never answered. Wants W to be the file of NAME.
unanswered() {
    local peer handshake
    while IFS=$'\t' read -r peer handshake; do
        if [[ $handshake == 0 && ${W[endpoint:$peer]:-} && ${W[keepalive:$peer]:-0} != 0 ]]; then printf '%s\n' "$peer"; fi
    done < <(timeout 20 wg show "$1" latest-handshakes 2>/dev/null || true)
}

# A failure here changes nothing: the keepalive goes on trying after the push.
greet() {
    local name peer round waiting
    for ((round = 0; round < ${GREET_ROUNDS:-8}; round++)); do
        waiting=''
        for name in $1; do
            read_conf W "$tx/interfaces/$name.conf"
            for peer in $(unanswered "$name"); do
                waiting=1
                if ((round > 0)); then
                    wg_set "$name" peer "$peer" remove
                    make_peer "$name" "$peer"
                fi
            done
        done
        if [[ -z $waiting ]]; then return 0; fi
        sleep 1
    done
    for name in $1; do
        read_conf W "$tx/interfaces/$name.conf"
        for peer in $(unanswered "$name"); do say "$name: ${W[endpoint:$peer]} has not answered yet"; done
    done
}
