# live.sh: bring a running interface to the wanted file with the smallest change. Never syncconf: it touches every peer, overwrites
# roamed endpoints, and knows neither addresses nor routes (wireguard.md 0 and 2).

# A secret for the next command's stdin; nothing at all when there is none, because a command that does not read breaks the pipe.
secret() {
    if [[ $1 ]]; then printf '%s\n' "$1"; fi
}

# wg_set NAME ...: at most one secret, on stdin.
wg_set() {
    timeout 20 wg set "$@" 2>"$tx/wg" || fail "wg could not change $1 on $host: $(redact <"$tx/wg")"
}

# resolve HOST:PORT -> ADDRESS:PORT, as getaddrinfo orders them. False when the name does not resolve.
resolve() {
    local name=${1%:*} port=${1##*:} address
    if [[ $name =~ ^[0-9.]+$ || $name == \[*\] ]]; then
        printf '%s' "$1"
        return 0
    fi
    address=$(timeout 10 getent ahosts "$name") || return 1
    address=${address%%[[:space:]]*}
    if [[ $address == *:* ]]; then address="[$address]"; fi
    printf '%s:%s' "$address" "$port"
}

must_resolve() {
    resolve "$1" || fail "the endpoint \"${1%:*}\" of a peer of $2 does not resolve on $host; check the name or the resolver of that host"
}

must_resolve_all() {
    local peer
    for peer in ${W[peers]}; do
        if [[ ${W[endpoint:$peer]} ]]; then must_resolve "${W[endpoint:$peer]}" "$1" >/dev/null; fi
    done
}

# What cannot be changed live; empty when everything can.
restart_reason() {
    local family
    for family in 4 6; do
        if [[ ${W[default]} == *$family* && ${A[default]} != *$family* ]]; then printf 'a default route comes in' && return; fi
        if [[ ${W[default]} != *$family* && ${A[default]} == *$family* ]]; then printf 'a default route goes out' && return; fi
    done
    if [[ ${W[hooks]} != "${A[hooks]}" ]]; then printf 'hooks, DNS or FwMark change' && return; fi
    if [[ ${W[table]} != "${A[table]}" ]]; then printf 'Table changes' && return; fi
    if [[ ${W[default]} && ${W[table]} == auto && $(wg show "$1" fwmark) == off ]]; then printf 'the rules of its default route are gone'; fi
}

# The endpoint to set for a peer, nothing when it must be left alone. A roamed endpoint is better than the declared one: it is set only
# when the declaration changed, or when nobody has answered for 135 s (as contrib/reresolve-dns does).
endpoint_due() {
    local want=${W[endpoint:$1]} now address
    if [[ -z $want ]]; then return 0; fi
    printf -v now '%(%s)T' -1
    if has A "$1" && [[ $want != "${A[endpoint:$1]}" ]]; then
        address=$(must_resolve "$want" "$2")
    elif ((now - ${L[handshake:$1]} > 135)); then
        address=$(resolve "$want") || return 0
    else
        return 0
    fi
    if [[ $address != "${L[endpoint:$1]}" ]]; then printf '%s' "$address"; fi
}

make_peer() {
    local name=$1 peer=$2 endpoint
    local -a args=(peer "$peer" allowed-ips "$(list "${W[allowed:$peer]}")" persistent-keepalive "${W[keepalive:$peer]}")
    endpoint=${W[endpoint:$peer]}
    if [[ $endpoint ]]; then endpoint=$(must_resolve "$endpoint" "$name"); else endpoint=$(learnt "$name" "$peer"); fi
    if [[ $endpoint ]]; then args+=(endpoint "$endpoint"); fi
    if [[ ${W[psk:$peer]} ]]; then args+=(preshared-key /dev/stdin); fi
    secret "${W[psk:$peer]}" | wg_set "$name" "${args[@]}"
}

add_peer() {
    make_peer "$1" "$2"
    changed "$1: peer $(short "$2") added"
}

change_peer() {
    local name=$1 peer=$2 endpoint=''
    local -a args=() what=()
    if ! same_set "${W[allowed:$peer]}" "${L[allowed:$peer]}"; then
        args+=(allowed-ips "$(list "${W[allowed:$peer]}")")
        what+=("allowed IPs")
    fi
    if [[ ${W[keepalive:$peer]} != "${L[keepalive:$peer]}" ]]; then
        args+=(persistent-keepalive "${W[keepalive:$peer]}")
        what+=(keepalive)
    fi
    if [[ ${W[endpoint:$peer]} ]]; then endpoint=$(endpoint_due "$peer" "$name"); fi
    if [[ $endpoint ]]; then
        args+=(endpoint "$endpoint")
        what+=(endpoint)
    fi
    if [[ ${W[psk:$peer]} != "${L[psk:$peer]}" ]]; then
        # An empty pipe is an error to wg, /dev/null takes the key away.
        if [[ ${W[psk:$peer]} ]]; then args+=(preshared-key /dev/stdin); else args+=(preshared-key /dev/null); fi
        what+=("preshared key")
    fi
    if ((${#args[@]} == 0)); then return 0; fi
    secret "${W[psk:$peer]}" | wg_set "$name" peer "$peer" "${args[@]}"
    changed "$name: peer $(short "$peer"): $(list "${what[*]}") changed"
}

# "a b " -> "a,b"
list() {
    local -a items
    read -ra items <<<"$1"
    local IFS=,
    printf '%s' "${items[*]}"
}

# Where a peer was last heard from before this change; a restarted or re-added peer without a declared endpoint is dead without it,
# for up to two minutes on a quiet NATed client (wireguard.md 2.2).
learnt() {
    local peer endpoint
    if [[ ! -e $tx/was/$1.endpoints ]]; then return 0; fi
    while IFS=$'\t' read -r peer endpoint; do
        if [[ $peer == "$2" && $endpoint != '(none)' ]]; then printf '%s' "$endpoint"; fi
    done <"$tx/was/$1.endpoints"
}

set_learnt() {
    local peer endpoint
    for peer in ${W[peers]}; do
        if [[ ${W[endpoint:$peer]} ]]; then continue; fi
        endpoint=$(learnt "$1" "$peer")
        if [[ $endpoint ]]; then wg_set "$1" peer "$peer" endpoint "$endpoint"; fi
    done
}

set_key() {
    local public
    public=$(printf '%s\n' "${W[privatekey]}" | wg pubkey 2>/dev/null) || fail "the private key of $1 is not a WireGuard key"
    if [[ $public == "${L[public]}" ]]; then return 0; fi
    printf '%s\n' "${W[privatekey]}" | wg_set "$1" private-key /dev/stdin
    changed "$1: private key changed"
}

set_port() {
    local want=${W[listenport]:-}
    if [[ -z $want && ${A[listenport]:-} ]]; then want=0; fi
    if [[ -z $want || $want == "${L[listenport]}" ]]; then return 0; fi
    wg_set "$1" listen-port "$want"
    changed "$1: listen port changed to ${want/#0/a random one}"
}

set_mtu() {
    local now
    now=$(<"/sys/class/net/$1/mtu")
    if [[ -z ${W[mtu]:-} || ${W[mtu]} == "$now" ]]; then return 0; fi
    ip link set mtu "${W[mtu]}" dev "$1" 2>"$tx/ip" || fail "cannot set MTU ${W[mtu]} on $1 of $host: $(<"$tx/ip")"
    changed "$1: MTU $now changed to ${W[mtu]}"
}

# Deleting the first address of a subnet deletes its others unless they are promoted, and the last one takes all routes along: so new
# first, then old, then new again (wireguard.md 2.4). Routes follow.
set_addresses() {
    local name=$1 address promote=/proc/sys/net/ipv4/conf/$1/promote_secondaries promoted
    local -a own=() extra=() missing=()
    local -A there=()
    while read -r _ _ _ address _; do there[$address]=1; done < <(ip -o address show dev "$name")
    for address in ${W[address]}; do
        address=$(full "$address")
        own+=("$address")
        if [[ -z ${there[$address]:-} ]]; then missing+=("$address"); fi
    done
    while read -r _ _ _ address _; do
        if [[ $address ]] && ! lists "${own[*]}" "$address"; then extra+=("$address"); fi
    done < <(ip -o address show dev "$name" scope global)
    if ((${#missing[@]} + ${#extra[@]} == 0)); then return 0; fi
    promoted=$(<"$promote")
    printf 1 >"$promote"
    for address in "${missing[@]}"; do add_address "$name" "$address"; done
    for address in "${extra[@]}"; do ip address delete "$address" dev "$name" 2>/dev/null || true; done
    for address in "${own[@]}"; do add_address "$name" "$address"; done
    printf '%s' "$promoted" >"$promote"
    changed "$name: addresses changed to ${own[*]}"
}

add_address() {
    ip address replace "$2" dev "$1" 2>"$tx/ip" || fail "cannot add address $2 to $1 on $host: $(<"$tx/ip")"
}

# Routes of the device in the main table that nobody but wg-quick or an operator made.
live_routes() {
    local family prefix rest
    for family in 4 6; do
        while read -r prefix rest; do
            if [[ $prefix == default || $rest == *'proto kernel'* ]]; then continue; fi
            full "$prefix"
            printf '\n'
        done < <(ip "-$family" route show dev "$1" table main 2>/dev/null)
    done
}

# Before any cryptokey entry goes. Only what our applied file made: an operator's own route stays.
withdraw_routes() {
    local name=$1 prefix
    local -A gone=()
    for prefix in $(routes_of A); do gone[$prefix]=1; done
    for prefix in $(routes_of W); do unset "gone[$prefix]"; done
    for prefix in $(live_routes "$name"); do
        if [[ -z ${gone[$prefix]:-} ]]; then continue; fi
        ip route delete "$prefix" dev "$name" 2>/dev/null || true
        changed "$name: route $prefix removed"
    done
}

add_routes() {
    local name=$1 prefix owner family
    local -A there=()
    for prefix in $(live_routes "$name"); do there[$prefix]=1; done
    for prefix in $(routes_of W); do
        if [[ ${there[$prefix]:-} ]]; then continue; fi
        family=4
        if [[ $prefix == *:* ]]; then family=6; fi
        if ! ip "-$family" route add "$prefix" dev "$name" 2>"$tx/ip"; then
            owner=$(ip "-$family" -o route show exact "$prefix" table main 2>/dev/null)
            if [[ $owner =~ \ dev\ ([^ ]+) ]]; then
                fail "the route $prefix of $name on $host is already on device ${BASH_REMATCH[1]}; remove it there or choose other prefixes"
            fi
            fail "cannot add the route $prefix to $name on $host: $(<"$tx/ip")"
        fi
        changed "$name: route $prefix added"
    done
}

live_change() {
    local name=$1 peer
    read_live "$name"
    set_key "$name"
    set_port "$name"
    set_mtu "$name"
    set_addresses "$name"
    # New first: a prefix that moves to another key moves in one step, without a moment in which nobody has it.
    for peer in ${W[peers]}; do
        if has L "$peer"; then change_peer "$name" "$peer"; else add_peer "$name" "$peer"; fi
    done
    for peer in ${L[peers]}; do
        if has W "$peer"; then continue; fi
        wg_set "$name" peer "$peer" remove
        changed "$name: peer $(short "$peer") removed"
    done
    add_routes "$name"
}

# converge NAME WANTED APPLIED: whatever the host is in now, afterwards it is as WANTED says.
converge() {
    local name=$1 wanted=$2 applied=$3 reason
    read_conf W "$wanted"
    if [[ ! -e $applied ]]; then applied=$wanted; fi
    read_conf A "$applied"
    case $(situation "$name") in
        absent)
            must_resolve_all "$name"
            stop_interface "$name"
            place "$name" "$wanted" || true
            start_interface "$name"
            set_learnt "$name"
            changed "$name: started"
            ;;
        loose) restart "$name" "$wanted" "$applied" "its unit was not active" ;;
        running)
            reason=$(restart_reason "$name")
            if [[ $reason ]]; then
                restart "$name" "$wanted" "$applied" "$reason"
            else
                live_change "$name"
                if place "$name" "$wanted"; then changed "$name: configuration file written"; fi
            fi
            ;;
    esac
    if enable_interface "$name"; then changed "$name: enabled at boot"; fi
}

# `down` reads the file that is there: it must be the one in force, or old PreDown and PostDown are lost (wireguard.md 0.5).
restart() {
    local name=$1 wanted=$2 applied=$3
    must_resolve_all "$name"
    place "$name" "$applied" || true
    stop_interface "$name"
    place "$name" "$wanted" || true
    start_interface "$name"
    set_learnt "$name"
    changed "$name: restarted, $4"
}
