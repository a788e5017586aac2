# foreign.sh: other firewalls on a host. An accept in our table cannot override a drop in another one (nft(8), "drop"), so what would drop
# packets of the mesh (judge.sh) must be opened there.
#
# Forwarding: opened is a whole managed interface, both directions: what may really pass is decided by the mesh's own table, which drops
# everything undeclared that touches a managed interface. iptables (docker's DOCKER-USER, or a bare FORWARD) is opened here and again at
# boot. ufw, firewalld and nft files keep rules of their own, which would be lost or in the way if we wrote to the kernel behind their
# back: there the push says what to run. A listenPort is never opened here: what a host offers to everybody is its owner's decision.

# Commands whose chains a push opens; check_foreign_firewalls finds them.
opening=''

opening_unit() { printf 'pulumi-wireguard-%s-forward.service' "$1"; }
opening_file() { printf '/etc/systemd/system/%s' "$(opening_unit "$1")"; }

families() {
    if [[ -e $tx/ipv4 ]]; then printf 'iptables '; fi
    if [[ -e $tx/ipv6 ]]; then printf 'ip6tables '; fi
}

# Docker keeps DOCKER-USER for this purpose and never flushes it.
opened_chain() { if "$1" -w 10 -S DOCKER-USER >/dev/null 2>&1; then printf DOCKER-USER; else printf FORWARD; fi; }

rule() { printf -- '%s %s -m comment --comment pulumi-wireguard:%s -j ACCEPT' "$1" "$2" "$mesh"; }

add_rule() {
    local -a words
    read -ra words <<<"$3"
    "$1" -w 10 -I "$2" 1 "${words[@]}" 2>/dev/null || fail "$1 on $host cannot open its chain $2 for: $3"
}

drop_rule() {
    local -a words
    read -ra words <<<"$3"
    "$1" -w 10 -D "$2" "${words[@]}" 2>/dev/null || true
}

# our_rules COMMAND CHAIN: those of this mesh, as iptables prints them, without "-A CHAIN".
our_rules() { { "$1" -w 10 -S "$2" 2>/dev/null || true; } | sed -n "/--comment \"\{0,1\}pulumi-wireguard:$mesh\"\{0,1\} /s/^-A $2 //p" | tr -d '"'; }

ufw_rules() { grep -qsi '^ENABLED=yes' /etc/ufw/ufw.conf; }

# keeper CHAIN: whose rules they are, which is who must be asked to change them.
keeper() {
    local command=${1% *}
    case $1 in
        *' firewalld '*) printf firewalld ;;
        iptables\ * | ip6tables\ *)
            if [[ ${rules["$command INPUT_ZONES"]+yes} ]]; then
                printf firewalld
            elif ufw_rules; then
                printf ufw
            else
                printf iptables
            fi
            ;;
        *) printf nftables ;;
    esac
}

# Do others open connections to the interface that W describes? They do where it has no Endpoint for them; where both sides have one, the
# planner gives neither a keepalive.
is_called() {
    local peer
    for peer in ${W[peers]}; do
        if [[ ! ${W[endpoint:$peer]} || ${W[keepalive:$peer]} == 0 ]]; then return 0; fi
    done
    return 1
}

# uplinks 4|6 TUNNELS: devices by which others may reach this host: all with an address but tunnels and the bridges of its own containers
# and virtual machines.
uplinks() {
    local device
    while read -r _ device _; do
        device=${device%%@*}
        case $device in docker* | podman* | virbr* | lxc* | lxdbr* | incusbr* | cni* | veth* | br-????????????) continue ;; esac
        if ! lists "$2" "$device"; then printf '%s ' "$device"; fi
    done < <(ip "-$1" -o address show scope global 2>/dev/null || true)
}

# find_closing_port FAMILY PORT DEVICES: as find_closing, for what others send to a listenPort. One device that lets it in is enough: which one
# an Endpoint means is not known here.
find_closing_port() {
    local device first=''
    packet+=([family]=$1 [hook]=input [proto]=udp [port]=$2 [oif]='')
    for device in $3; do
        packet[iif]=$device
        find_closing
        if [[ ! $closing ]]; then return 0; fi
        first=${first:-$closing}
    done
    closing=$first
}

# check_port NAME CARRIERS TUNNELS: W describes NAME. CARRIERS: interfaces whose tunnel its own may be inside.
#
# What a Peer or a Route lets others do with the host itself is not looked for: which of its services a host offers, over a tunnel as
# anywhere, is its owner's decision, and closing them is why the firewall is there. The tunnel's own packets are the mesh's business.
#
# IPv4 decides where the host has it, because that is what most Endpoints are; a rule for the port on the IPv6 side only says that they are not.
check_port() {
    local name=$1 port=${W[listenport]:-0} tunnels=$3 devices six closing='' opened='' first=''
    if ((port == 0)) || ! is_called; then return 0; fi
    devices=$(uplinks 4 "$tunnels")
    if [[ $devices ]]; then
        find_closing_port 4 "$port" "$devices $2"
        if [[ ! $closing ]]; then return 0; fi
        first=$closing
    fi
    six=$(uplinks 6 "$tunnels")
    if [[ $six ]]; then
        find_closing_port 6 "$port" "$six $2"
        if [[ ! $closing && (! $devices || $opened) ]]; then return 0; fi
    elif [[ ! $devices ]]; then
        return 0
    fi
    refuse_port "${first:-$closing}" "$name" "$port"
}

refuse_port() {
    local chain=$1 does="drops what others send to UDP port $3 of $2"
    case $(keeper "$chain") in
        firewalld)
            fail "firewalld on $host $does; run: firewall-cmd --permanent$(zone_option) --add-port=$3/udp && firewall-cmd --reload"
            ;;
        ufw) fail "ufw on $host $does; run: ufw allow $3/udp" ;;
        iptables)
            fail "${chain% *} on $host $does; run: ${chain% *} -I ${chain#* } -p udp --dport $3 -j ACCEPT (and save it: netfilter-persistent save, or service ${chain% *} save)"
            ;;
        nftables) fail "the nftables chain $chain on $host $does; add at its top: udp dport $3 accept" ;;
    esac
}

# The zone of the uplink, unless it is the default one.
zone_option() {
    local device zone
    device=$(ip route show default 2>/dev/null) || true
    if [[ ! $device =~ \ dev\ ([^ ]+) ]]; then return 0; fi
    zone=$(timeout 20 firewall-cmd --get-zone-of-interface="${BASH_REMATCH[1]}" 2>/dev/null) || return 0
    if [[ $zone && $zone != "$(timeout 20 firewall-cmd --get-default-zone 2>/dev/null)" ]]; then printf -- ' --zone=%s' "$zone"; fi
}

# find_closing_forward FAMILY NAME: as find_closing, for what enters or what leaves by an interface. A Route may be about one protocol only,
# so a chain that lets either pass is left alone.
find_closing_forward() {
    local way proto
    packet+=([family]=$1 [hook]=forward [port]='')
    for way in iif oif; do
        packet+=([iif]='' [oif]='')
        packet[$way]=$2
        for proto in tcp udp; do
            packet[proto]=$proto
            find_closing
            if [[ ! $closing ]]; then continue 2; fi
        done
        return 0
    done
}

check_forward() {
    local command=$1 family=4 name closing opened
    if [[ $command == ip6tables ]]; then family=6; fi
    for name in $2; do
        find_closing_forward "$family" "$name"
        if [[ ! $closing ]]; then continue; fi
        case $(keeper "$closing") in
            firewalld)
                fail "firewalld on $host would drop what $name forwards; run: firewall-cmd --permanent --zone=trusted --add-interface=$name && firewall-cmd --reload"
                ;;
            ufw) fail "ufw on $host would drop what $name forwards; run: ufw route allow in on $name && ufw route allow out on $name" ;;
            iptables) opening+="$command " ;;
            nftables)
                fail "the nftables chain $closing on $host would drop what $name forwards; add at its top: iifname \"$name\" accept; oifname \"$name\" accept"
                ;;
        esac
    done
}

# sync_rules COMMAND NAMES: exactly the rules of these interfaces.
sync_rules() {
    local command=$1 chain there wanted='' name way one
    chain=$(opened_chain "$command")
    there=$(our_rules "$command" "$chain")
    for name in $2; do
        for way in -i -o; do
            one=$(rule "$way" "$name")
            wanted+=$one$'\n'
            if [[ $'\n'$there$'\n' == *$'\n'"$one"$'\n'* ]]; then continue; fi
            if [[ $tx ]]; then undo_with drop_rule "$command" "$chain" "$one"; fi
            add_rule "$command" "$chain" "$one"
            if [[ $tx ]]; then changed "$name: $chain of $command opened ($way $name)"; fi
        done
    done
    while IFS= read -r one; do
        if [[ -z $one || $'\n'$wanted == *$'\n'"$one"$'\n'* ]]; then continue; fi
        if [[ $tx ]]; then undo_with add_rule "$command" "$chain" "$one"; fi
        drop_rule "$command" "$chain" "$one"
    done <<<"$there"
}

opening_text() {
    cat <<UNIT
# Written by pulumi-wireguard for the mesh $mesh; removed with it. Others set the policy of FORWARD at boot; this comes after them.
[Unit]
Description=Opening of foreign firewalls for the WireGuard mesh $mesh
After=docker.service iptables.service ip6tables.service netfilter-persistent.service
PartOf=docker.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$tool open $mesh

[Install]
WantedBy=multi-user.target docker.service
UNIT
}

# Refusals come before anything is changed: a hub that is up for a moment and undone again leaves its clients with sessions that only
# they believe in, for up to two minutes.
check_foreign_firewalls() {
    local name names tunnels command carriers other
    local -A mtu=()
    names=$(wanted_names | tr '\n' ' ')
    tunnels="$names$(wg show interfaces 2>/dev/null || true)"
    read_rules
    for name in $names; do
        read_conf W "$tx/interfaces/$name.conf"
        mtu[$name]=${W[mtu]:-0}
    done
    for name in $names; do
        # A tunnel inside another one leaves room for its own headers.
        carriers=''
        for other in $names; do
            if ((mtu[$other] >= mtu[$name] + 60)); then carriers+="$other "; fi
        done
        read_conf W "$tx/interfaces/$name.conf"
        check_port "$name" "$carriers" "$tunnels"
    done
    for command in $(families); do
        # What was opened before stays in our hands, and docker's policy is opened whatever else is in its chain.
        if grep -qsw "$command" "$state/opened" ||
            [[ ${policies["$command FORWARD"]:-} == *drop && $(keeper "$command FORWARD") == iptables ]]; then
            opening+="$command "
        fi
        check_forward "$command" "$names"
    done
}

open_foreign_firewalls() {
    local command names dropping='' file
    file=$(opening_file "$mesh")
    if [[ ! -e $tx/ipv4 && ! -e $tx/ipv6 ]]; then
        close_foreign_firewalls
        return 0
    fi
    names=$(wanted_names | tr '\n' ' ')
    for command in $(families); do
        if ! lists "$opening" "$command"; then continue; fi
        dropping+="$command "
        sync_rules "$command" "$names"
    done
    if [[ -z $dropping ]]; then return 0; fi
    keep "$file"
    keep "$state/opened"
    printf '%s\n' "$dropping" >"$tx/opened"
    replace "$state/opened" 600 "$tx/opened" || true
    opening_text >"$tx/opening"
    if replace "$file" 644 "$tx/opening"; then
        undo_with systemctl disable -q "$(opening_unit "$mesh")"
        systemctl daemon-reload
        systemctl enable -q "$(opening_unit "$mesh")" 2>/dev/null || fail "cannot enable $(opening_unit "$mesh") on $host"
    fi
    systemctl start "$(opening_unit "$mesh")" 2>/dev/null || fail "cannot start $(opening_unit "$mesh") on $host"
}

close_foreign_firewalls() {
    local command chain one
    if [[ ! -e $state/opened ]]; then return 0; fi
    for command in $(<"$state/opened"); do
        for chain in DOCKER-USER FORWARD; do
            while IFS= read -r one; do
                if [[ -z $one ]]; then continue; fi
                undo_with add_rule "$command" "$chain" "$one"
                drop_rule "$command" "$chain" "$one"
            done < <(our_rules "$command" "$chain")
        done
    done
    keep "$state/opened"
    keep "$(opening_file "$mesh")"
    undo_with systemctl enable -q "$(opening_unit "$mesh")"
    systemctl disable -q --now "$(opening_unit "$mesh")" 2>/dev/null || true
    rm -f -- "$state/opened" "$(opening_file "$mesh")"
    systemctl daemon-reload
    changed "foreign firewalls: openings removed"
}

# At boot, from the unit above: no change of ours is running, so nothing to undo.
open_mesh() {
    local command
    set_mesh "$1"
    if [[ ! -e $state/opened ]]; then return 0; fi
    for command in $(<"$state/opened"); do
        if command -v "$command" >/dev/null; then sync_rules "$command" "$(owned_names | tr '\n' ' ')"; fi
    done
}
