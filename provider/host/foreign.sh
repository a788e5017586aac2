# foreign.sh: other firewalls on a host that forwards. An accept in our table cannot override a drop in another one (nft(8), "drop"),
# so a forward chain whose policy is drop must be opened there. Opened is a whole managed interface, both directions: what may really
# pass is decided by the mesh's own table, which rejects everything undeclared that touches a managed interface.
#
# iptables (docker's DOCKER-USER, or a bare FORWARD) is opened here and again at boot. ufw, firewalld and nft files keep rules of their
# own, which would be lost or in the way if we wrote to the kernel behind their back: there the push says what to run.

opening_unit() { printf 'pulumi-wireguard-%s-forward.service' "$1"; }
opening_file() { printf '/etc/systemd/system/%s' "$(opening_unit "$1")"; }

families() {
    if [[ -e $tx/ipv4 ]]; then printf 'iptables '; fi
    if [[ -e $tx/ipv6 ]]; then printf 'ip6tables '; fi
}

# Asking iptables makes its tables on some versions, so it is asked only when its filter table is there.
forward_policy() {
    local family=ip names=/proc/net/ip_tables_names
    if [[ $1 == ip6tables ]]; then family=ip6 names=/proc/net/ip6_tables_names; fi
    if ! command -v "$1" >/dev/null; then return 0; fi
    if ! nft list chain "$family" filter FORWARD >/dev/null 2>&1 && ! grep -qx filter "$names" 2>/dev/null; then return 0; fi
    "$1" -w 10 -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD //p'
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

check_firewalld() {
    local name zone
    if ! systemctl is-active -q firewalld 2>/dev/null; then return 0; fi
    for name in $1; do
        zone=$(timeout 20 firewall-cmd --get-zone-of-interface="$name" 2>/dev/null) || true
        if [[ $zone != trusted ]]; then
            fail "firewalld on $host would drop what $name forwards; run: firewall-cmd --permanent --zone=trusted --add-interface=$name && firewall-cmd --reload"
        fi
    done
}

check_ufw() {
    local name rules
    for name in $2; do
        rules=$("$1" -w 10 -S "${3}user-forward" 2>/dev/null) || true
        if [[ $rules != *"-i $name -j ACCEPT"* || $rules != *"-o $name -j ACCEPT"* ]]; then
            fail "ufw on $host would drop what $name forwards; run: ufw route allow in on $name && ufw route allow out on $name"
        fi
    done
}

# iptables' own chain is opened through iptables, where that is installed; without it the chain comes from an nft file.
is_iptables_chain() {
    case $1 in
        'ip filter FORWARD') command -v iptables >/dev/null ;;
        'ip6 filter FORWARD') command -v ip6tables >/dev/null ;;
        *) false ;;
    esac
}

# Base chains of other tables at the forward hook whose policy is drop, as "FAMILY TABLE CHAIN"; iptables' own are not among them.
dropping_chains() {
    local word second third table='' chain='' line
    while IFS= read -r line; do
        read -r word second third _ <<<"$line"
        case $word in
            table) table="$second $third" ;;
            chain) chain=$second ;;
            type)
                if [[ $line == *'hook forward'* && $line == *'policy drop'* ]]; then
                    case "$table $chain" in
                        'inet wireguard_'* | 'inet firewalld'*) ;;
                        *) if ! is_iptables_chain "$table $chain"; then printf '%s %s\n' "$table" "$chain"; fi ;;
                    esac
                fi
                ;;
        esac
    done < <(nft list chains 2>/dev/null || true)
}

check_nft_chains() {
    local family table chain name text
    while read -r family table chain; do
        if [[ $family == ip && ! -e $tx/ipv4 || $family == ip6 && ! -e $tx/ipv6 ]]; then continue; fi
        text=$(nft list chain "$family" "$table" "$chain" 2>/dev/null) || continue
        for name in $1; do
            if [[ $text == *iifname*"\"$name\""*accept* && $text == *oifname*"\"$name\""*accept* ]]; then continue; fi
            fail "the nftables chain $family $table $chain on $host would drop what $name forwards; add to it: iifname \"$name\" accept; oifname \"$name\" accept"
        done
    done < <(dropping_chains)
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

ufw_rules() { grep -qsi '^ENABLED=yes' /etc/ufw/ufw.conf; }

# Refusals come before anything is changed: a hub that is up for a moment and undone again leaves its clients with sessions that only
# they believe in, for up to two minutes.
check_foreign_firewalls() {
    local command names
    if [[ ! -e $tx/ipv4 && ! -e $tx/ipv6 ]]; then return 0; fi
    names=$(wanted_names | tr '\n' ' ')
    check_firewalld "$names"
    check_nft_chains "$names"
    for command in $(families); do
        if [[ $(forward_policy "$command") == DROP ]] && ufw_rules; then
            check_ufw "$command" "$names" "$(if [[ $command == iptables ]]; then printf ufw-; else printf ufw6-; fi)"
        fi
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
        if [[ $(forward_policy "$command") != DROP ]] || ufw_rules; then continue; fi
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
