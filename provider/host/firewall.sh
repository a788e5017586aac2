# firewall.sh: the mesh's own nftables table: loaded in one transaction before tunnels start, at boot, and after anything that flushes.
#
# A oneshot unit loads it at boot. A drop-in on nftables.service loads it again after start, reload, restart and stop, each of which
# flushes the ruleset on Debian. Rejected: PartOf= + ReloadPropagatedFrom= (wireguard.md 3.2). A unit that is already active is not
# run again when nftables.service is *started* for the first time, and after its *stop* the table would stay away.

nft_file() { printf '/etc/pulumi-wireguard/%s.nft' "$1"; }
boot_unit() { printf 'pulumi-wireguard-%s.service' "$1"; }
boot_file() { printf '/etc/systemd/system/%s' "$(boot_unit "$1")"; }
drop_in() { printf '/etc/systemd/system/nftables.service.d/pulumi-wireguard-%s.conf' "$1"; }

boot_text() {
    local name before=''
    for name in "$tx"/interfaces/*.conf; do
        name=${name##*/}
        before+=" $(unit "${name%.conf}")"
    done
    cat <<UNIT
# Written by pulumi-wireguard for the mesh $mesh; removed with it.
[Unit]
Description=Packet filter of the WireGuard mesh $mesh
DefaultDependencies=no
After=local-fs.target nftables.service
Before=network-pre.target shutdown.target$before
Wants=network-pre.target
Conflicts=shutdown.target
ConditionPathExists=$(nft_file "$mesh")

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$(command -v nft) -f $(nft_file "$mesh")
ExecReload=$(command -v nft) -f $(nft_file "$mesh")

[Install]
WantedBy=multi-user.target
UNIT
}

drop_in_text() {
    local load
    load="-$(command -v nft) -f $(nft_file "$mesh")"
    cat <<UNIT
# Written by pulumi-wireguard for the mesh $mesh; removed with it. nftables.service flushes every table, also this mesh's.
[Service]
ExecStartPost=$load
ExecReload=$load
ExecStopPost=$load
UNIT
}

listing() { nft -s list table inet "$1" 2>/dev/null; }

load_table() {
    timeout 30 nft -f "$1" 2>"$tx/nft" || fail "cannot load the packet filter on $host: $(head -n 1 "$tx/nft")"
}

check_firewall() {
    if [[ ! -e $tx/firewall.nft ]]; then return 0; fi
    timeout 30 nft -c -f "$tx/firewall.nft" 2>"$tx/nft" || fail "nft on $host rejects the packet filter: $(head -n 1 "$tx/nft")"
}

restore_table() {
    if [[ -e $tx/was/table.nft ]]; then nft -f "$tx/was/table.nft"; else nft delete table inet "$1" 2>/dev/null || true; fi
}

apply_firewall() {
    local table old=''
    if [[ -e $state/table ]]; then old=$(<"$state/table"); fi
    if [[ ! -e $tx/firewall.nft ]]; then
        if [[ $old ]]; then stop_firewall; fi
        return 0
    fi
    table=$(<"$tx/firewall.table")
    make_dir /etc/pulumi-wireguard 700
    make_dir /etc/systemd/system/nftables.service.d 755
    if [[ -e $(nft_file "$mesh") ]]; then cp "$(nft_file "$mesh")" "$tx/was/table.nft"; fi
    keep "$(nft_file "$mesh")"
    keep "$state/table"
    keep "$state/listing"
    # The stored listing is the kernel's own text: so a rule that somebody took out by hand is seen.
    if ! cmp -s "$tx/firewall.nft" "$(nft_file "$mesh")" || ! listing "$table" | cmp -s - "$state/listing"; then
        undo_with restore_table "$table"
        load_table "$tx/firewall.nft"
        if [[ $old && $old != "$table" ]]; then nft delete table inet "$old" 2>/dev/null || true; fi
        replace "$(nft_file "$mesh")" 600 "$tx/firewall.nft" || true
        printf '%s\n' "$table" >"$tx/table"
        replace "$state/table" 600 "$tx/table" || true
        listing "$table" >"$tx/listing"
        replace "$state/listing" 600 "$tx/listing" || true
        changed "packet filter: table $table loaded"
    fi
    boot_text >"$tx/boot"
    drop_in_text >"$tx/drop-in"
    keep "$(boot_file "$mesh")"
    keep "$(drop_in "$mesh")"
    if install_units; then changed "packet filter: boot unit written"; fi
}

install_units() {
    local written=''
    if replace "$(boot_file "$mesh")" 644 "$tx/boot"; then written=yes; fi
    if replace "$(drop_in "$mesh")" 644 "$tx/drop-in"; then written=yes; fi
    if [[ $written ]]; then systemctl daemon-reload; fi
    if ! systemctl is-enabled -q "$(boot_unit "$mesh")" 2>/dev/null; then
        undo_with systemctl disable -q "$(boot_unit "$mesh")"
        systemctl enable -q "$(boot_unit "$mesh")" 2>/dev/null || fail "cannot enable $(boot_unit "$mesh") on $host"
        written=yes
    fi
    if ! systemctl is-active -q "$(boot_unit "$mesh")"; then
        undo_with systemctl stop "$(boot_unit "$mesh")"
        timeout 30 systemctl start "$(boot_unit "$mesh")" 2>/dev/null || fail "cannot start $(boot_unit "$mesh") on $host"
        written=yes
    fi
    [[ $written ]]
}

again_firewall() {
    systemctl daemon-reload
    nft -f "$(nft_file "$mesh")"
    systemctl enable -q --now "$(boot_unit "$mesh")"
}

stop_firewall() {
    local path table
    table=$(<"$state/table")
    undo_with again_firewall
    for path in "$(nft_file "$mesh")" "$state/table" "$state/listing" "$(boot_file "$mesh")" "$(drop_in "$mesh")"; do keep "$path"; done
    systemctl disable -q --now "$(boot_unit "$mesh")" 2>/dev/null || true
    nft delete table inet "$table" 2>/dev/null || true
    rm -f -- "$(nft_file "$mesh")" "$state/table" "$state/listing" "$(boot_file "$mesh")" "$(drop_in "$mesh")"
    drop_dir /etc/systemd/system/nftables.service.d
    drop_dir /etc/pulumi-wireguard
    systemctl daemon-reload
    changed "packet filter: table $table removed"
}
