# conf.sh: wg-quick files as data. W is the wanted one, A the applied one, L what the kernel says, all with the same keys:
# privatekey listenport mtu table address hooks peers default, and per peer KEY: allowed:KEY psk:KEY endpoint:KEY keepalive:KEY.
declare -A W A L

# Grammar of wg(8): keys in any case, all white space ignored, `#` starts a comment.
read_conf() {
    local -n into=$1
    local line text key value peer=''
    local -A now=()
    into=([peers]='' [address]='' [hooks]='' [table]=auto [default]='')
    while IFS= read -r line || [[ $line ]]; do
        line=${line%%#*}
        text=${line//[[:space:]]/}
        key=${text%%=*}
        key=${key,,}
        value=${text#*=}
        case $key in
            '[interface]' | '[peer]')
                end_peer "$1"
                now=()
                ;;
            '') ;;
            address) into[address]+="${value//,/ } " ;;
            preup | postup | predown | postdown | dns | fwmark) into[hooks]+=$line$'\n' ;;
            table | mtu | privatekey | listenport) into["$key"]=$value ;;
            allowedips) now[allowed]+="${value//,/ } " ;;
            presharedkey) now[psk]=$value ;;
            persistentkeepalive) now[keepalive]=${value/#off/0} ;;
            endpoint) now[endpoint]=$value ;;
            publickey) peer=$value ;;
        esac
    done <"$2"
    end_peer "$1"
}

# Reads the caller's peer and now.
end_peer() {
    local -n to=$1
    if [[ -z ${peer:-} ]]; then return 0; fi
    to[peers]+="$peer "
    to[allowed:$peer]=${now[allowed]:-}
    to[psk:$peer]=${now[psk]:-}
    to[endpoint:$peer]=${now[endpoint]:-}
    to[keepalive:$peer]=${now[keepalive]:-0}
    if [[ " ${now[allowed]:-}" == *' 0.0.0.0/0 '* ]]; then to[default]+=4; fi
    if [[ " ${now[allowed]:-}" == *' ::/0 '* ]]; then to[default]+=6; fi
    peer=''
}

# `wg show NAME dump`; never through a file or an argument, it holds the private key.
read_live() {
    local name=$1 dump peer psk endpoint allowed handshake keepalive private public port mark
    dump=$(timeout 20 wg show "$name" dump 2>"$tx/dump") || fail "cannot read $name on $host: $(redact <"$tx/dump")"
    L=([peers]='')
    {
        IFS=$'\t' read -r private public port mark
        L[private]=$private L[public]=$public L[listenport]=$port L[mark]=$mark
        while IFS=$'\t' read -r peer psk endpoint allowed handshake _ _ keepalive; do
            L[peers]+="$peer "
            L[psk:$peer]=${psk/#(none)/}
            L[endpoint:$peer]=${endpoint/#(none)/}
            L[allowed:$peer]=${allowed//,/ }
            L[allowed:$peer]=${L[allowed:$peer]/#(none)/}
            L[handshake:$peer]=$handshake
            L[keepalive:$peer]=${keepalive/#off/0}
        done
    } < <(printf '%s\n' "$dump")
}

# same_set "a b" "b a"; no subprocess, a hub has hundreds of peers.
same_set() {
    local item
    local -A left=()
    for item in $1; do left[$item]=1; done
    for item in $2; do
        if [[ -z ${left[$item]:-} ]]; then return 1; fi
        left[$item]=2
    done
    for item in "${left[@]}"; do
        if [[ $item == 1 ]]; then return 1; fi
    done
}

# has CONF PEER
has() {
    local -n in=$1
    [[ ${in[allowed:$2]+yes} ]]
}

# lists "a b " b; for short lists only, matching a long one is slow in bash.
lists() { [[ " $1 " == *" $2 "* ]]; }

# digits VARIABLE ADDRESS: hex digits, so that prefixes can be compared: 10.0.0.1 -> 0a000001. No subprocess, see same_set.
digits() {
    local head tail='' group i hex=''
    local -a groups=() rest=()
    if [[ $2 != *:* ]]; then
        IFS=. read -ra groups <<<"$2"
        printf -v "$1" '%02x' "${groups[@]}"
        return 0
    fi
    head=${2%%::*}
    if [[ $2 == *::* ]]; then tail=${2#*::}; fi
    IFS=: read -ra groups <<<"$head"
    IFS=: read -ra rest <<<"$tail"
    for ((i = 8 - ${#groups[@]} - ${#rest[@]}; i > 0; i--)); do groups+=(0); done
    for group in "${groups[@]}" "${rest[@]}"; do
        printf -v group '%04x' "0x${group:-0}"
        hex+=$group
    done
    printf -v "$1" '%s' "$hex"
}

# covers 10.0.0.0/24 10.0.0.7/32: is the second within the first?
covers() {
    local length=${1#*/} outer inner whole
    digits outer "${1%/*}"
    digits inner "${2%/*}"
    if ((${#outer} != ${#inner} || ${2#*/} < length)); then return 1; fi
    whole=$((length / 4))
    if [[ ${outer:0:whole} != "${inner:0:whole}" ]]; then return 1; fi
    if ((length % 4 == 0)); then return 0; fi
    (((16#${outer:whole:1} ^ 16#${inner:whole:1}) >> (4 - length % 4) == 0))
}

# full 10.0.0.1 -> 10.0.0.1/32
full() {
    case $1 in
        */*) printf '%s' "$1" ;;
        *:*) printf '%s/128' "$1" ;;
        *) printf '%s/32' "$1" ;;
    esac
}

# The routes wg-quick makes for a file (wg-quick:167-179): every allowed prefix that no route of the same device covers. Longest first,
# so only the connected routes of the addresses can cover; /0 is wg-quick's own business (a restart).
routes_of() {
    local -n from=$1
    local peer prefix address
    local -a connected=()
    local -A done_=()
    if [[ ${from[table]} != auto ]]; then return 0; fi
    for address in ${from[address]}; do
        address=$(full "$address")
        if [[ $address != */32 && $address != */128 ]]; then connected+=("$address"); fi
    done
    for peer in ${from[peers]}; do
        for prefix in ${from[allowed:$peer]}; do
            if [[ $prefix == */0 || ${done_[$prefix]:-} ]]; then continue; fi
            done_[$prefix]=1
            for address in "${connected[@]}"; do
                if covers "$address" "$prefix"; then continue 2; fi
            done
            printf '%s\n' "$prefix"
        done
    done
}
