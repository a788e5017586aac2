# push.sh: one push, in order: check everything, then change, then make sure that the controller still hears us.

# owner_of NAME: the mesh that owns an interface on this host.
owner_of() {
    local applied
    for applied in "$root"/*/interfaces/"$1".conf; do
        if [[ -e $applied ]]; then
            applied=${applied#"$root"/}
            printf '%s' "${applied%%/*}"
            return 0
        fi
    done
}

wanted_names() {
    local file
    for file in "$tx"/interfaces/*.conf; do
        if [[ -e $file ]]; then
            file=${file##*/}
            printf '%s\n' "${file%.conf}"
        fi
    done
}

owned_names() {
    local file
    for file in "$state"/interfaces/*.conf; do
        if [[ -e $file ]]; then
            file=${file##*/}
            printf '%s\n' "${file%.conf}"
        fi
    done
}

check_owner() {
    local name=$1 owner
    owner=$(owner_of "$name")
    if [[ $owner == "$mesh" ]]; then return 0; fi
    if [[ $owner ]]; then
        fail "interface $name on $host belongs to mesh \"$owner\", so mesh \"$mesh\" cannot have it; give one of the two another name"
    fi
    if [[ -e $(conf_of "$name") ]]; then
        if [[ -e $tx/interfaces/$name.adopt ]]; then return 0; fi
        fail "$(conf_of "$name") on $host is not owned by mesh \"$mesh\"; set adopt: true on the interface to take it over (a backup comes back when it is removed) or choose another name"
    fi
    if is_device "$name"; then
        fail "a device $name exists on $host without $(conf_of "$name") and is not owned by mesh \"$mesh\"; delete it or choose another name"
    fi
    if is_active "$name" || is_enabled "$name"; then
        fail "$(unit "$name") on $host is in use and not owned by mesh \"$mesh\"; disable it or choose another name"
    fi
}

# check_networks NAME: meshes do not know each other. Of one network on two interfaces of a host, one loses its packets to the other; one inside
# the other is a longer prefix and may work. Wants W to be the file of NAME.
check_networks() {
    local applied owner address other
    for applied in "$root"/*/interfaces/*.conf; do
        owner=${applied#"$root"/} owner=${owner%%/*}
        if [[ ! -e $applied || $owner == "$mesh" ]]; then continue; fi
        read_conf A "$applied"
        for address in ${W[address]}; do
            for other in ${A[address]}; do
                if [[ $address != */* || $address == */32 || $address == */128 || ${address#*/} != "${other#*/}" ]]; then continue; fi
                if ! covers "$address" "$other"; then continue; fi
                applied=${applied##*/}
                fail "$address of $1 on $host is in the same network as $other, which ${applied%.conf} of mesh \"$owner\" has there; choose other addresses"
            done
        done
    done
}

check_interface() {
    local name=$1 file=$tx/interfaces/$1.conf holder
    check_owner "$name"
    timeout 20 wg-quick strip "$file" >/dev/null 2>"$tx/strip" || fail "wg-quick on $host rejects the file of $name: $(redact <"$tx/strip")"
    read_conf W "$file"
    if [[ -z ${W[privatekey]:-} ]]; then fail "the file of $name for $host has no PrivateKey"; fi
    check_networks "$name"
    if [[ ${W[listenport]:-0} == 0 || $(wg show "$name" listen-port 2>/dev/null || true) == "${W[listenport]}" ]]; then return 0; fi
    holder=$(port_holder "${W[listenport]}" "$name")
    if [[ $holder && $holder != WireGuard* ]]; then
        fail "UDP port ${W[listenport]} of $name on $host is taken by $holder; stop it or choose another listenPort"
    fi
    if [[ $holder && $(owner_of "${holder##* }") != "$mesh" ]]; then
        fail "UDP port ${W[listenport]} of $name on $host is taken by $holder; choose another listenPort"
    fi
}

# What was there before us is put aside once, and comes back when the interface is removed.
adopt() {
    local name=$1
    if [[ $(owner_of "$name") || ! -e $(conf_of "$name") ]]; then return 0; fi
    make_dir "$state/backup" 700
    mkdir -p "$tx/adopted"
    : >"$tx/adopted/$name"
    keep "$state/backup/$name.conf"
    keep "$state/backup/$name.units"
    cp -a -- "$(conf_of "$name")" "$state/backup/$name.conf"
    cp -- "$tx/was/$name.units" "$state/backup/$name.units"
    changed "$name: $(conf_of "$name") adopted, backup in $state/backup"
}

# applied NAME: the file in force: ours, or the foreign one while it is being adopted.
applied() {
    if [[ -e $state/interfaces/$1.conf ]]; then printf '%s' "$state/interfaces/$1.conf"; else conf_of "$1"; fi
}

apply_interface() {
    local name=$1 file=$tx/interfaces/$1.conf
    keep "$state/interfaces/$name.conf"
    converge "$name" "$file" "$(applied "$name")"
    replace "$state/interfaces/$name.conf" 600 "$file" || true
}

withdraw() {
    local name=$1
    if [[ $(situation "$name") != running || ! -e $(applied "$name") ]]; then return 0; fi
    read_conf W "$tx/interfaces/$name.conf"
    read_conf A "$(applied "$name")"
    if [[ -z $(restart_reason "$name") ]]; then withdraw_routes "$name"; fi
}

drop_interface() {
    local name=$1 units=''
    remember "$name"
    keep "$state/interfaces/$name.conf"
    keep "$state/backup/$name.conf"
    keep "$state/backup/$name.units"
    if [[ $(situation "$name") != absent ]]; then place "$name" "$state/interfaces/$name.conf" || true; fi
    stop_interface "$name"
    disable_interface "$name"
    rm -f -- "$(conf_of "$name")"
    if [[ -e $state/backup/$name.conf ]]; then
        units=$(<"$state/backup/$name.units")
        cp -a -- "$state/backup/$name.conf" "$(conf_of "$name")"
        if [[ $units == *enabled* ]]; then enable_interface "$name" || true; fi
        if [[ $units == *active* ]]; then
            start_interface "$name"
        elif [[ $units == *device* ]]; then
            timeout 90 wg-quick up "$name" >/dev/null 2>&1 || fail "cannot bring $name on $host up again from its backup"
        fi
        rm -f -- "$state/backup/$name.conf" "$state/backup/$name.units"
        drop_dir "$state/backup"
        changed "$name: removed, what was there before is back"
    else
        changed "$name: removed"
    fi
    rm -f -- "$state/interfaces/$name.conf"
}

install_tool() {
    make_dir "${tool%/*}" 755
    keep "$tool"
    if replace "$tool" 700 "$tx/tool"; then changed "the tool $tool installed"; fi
}

push() {
    local name names
    open_change "$1"
    host=$(<"$tx/host")
    set_mesh "$(<"$tx/mesh")"
    lock push
    if [[ -e $tx/firewall.nft ]]; then need_programs nft; else need_programs; fi
    need_wireguard
    names=$(wanted_names)
    for name in $names; do check_interface "$name"; done
    check_firewall
    check_foreign_firewalls
    make_dir "$root" 700
    make_dir "$state" 700
    make_dir "$state/interfaces" 700
    make_dir /etc/wireguard 700
    install_tool
    apply_firewall
    apply_forwarding
    for name in $(owned_names); do
        if ! lists "${names//$'\n'/ }" "$name"; then drop_interface "$name"; fi
    done
    for name in $names; do
        remember "$name"
        if [[ -e $tx/interfaces/$name.adopt ]]; then adopt "$name"; fi
    done
    for name in $names; do withdraw "$name"; done
    for name in $names; do apply_interface "$name"; done
    open_foreign_firewalls
    if [[ ! -e $tx/changed ]]; then
        say unchanged
    else
        confirm
        greet "${names//$'\n'/ }"
    fi
}
