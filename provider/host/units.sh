# units.sh: one wg-quick unit: start, stop, and what it was.

unit() { printf 'wg-quick@%s.service' "$1"; }
conf_of() { printf '/etc/wireguard/%s.conf' "$1"; }
is_device() { [[ -e /sys/class/net/$1 ]]; }
is_active() { systemctl is-active -q -- "$(unit "$1")"; }
is_enabled() { systemctl is-enabled -q -- "$(unit "$1")" 2>/dev/null; }

# running: unit and device agree. loose: a device whose unit is not active. absent: no device, whatever the unit says.
situation() {
    if ! is_device "$1"; then
        printf absent
    elif is_active "$1"; then
        printf running
    else
        printf loose
    fi
}

place() { replace "$(conf_of "$1")" 600 "$2"; }

# remember NAME: before the first thing done to an interface.
remember() {
    local was=$tx/was/$1
    if [[ -e $was.units ]]; then return 0; fi
    if [[ -e $(conf_of "$1") ]]; then cp -a -- "$(conf_of "$1")" "$was.conf"; fi
    timeout 20 wg show "$1" endpoints >"$was.endpoints" 2>/dev/null || true
    {
        if is_enabled "$1"; then printf 'enabled '; fi
        if is_active "$1"; then printf 'active '; fi
        if is_device "$1"; then printf 'device '; fi
    } >"$was.units"
    undo_with restore_interface "$1"
}

restore_interface() {
    local name=$1 was=$tx/was/$1 units
    units=$(<"$was.units")
    if [[ -e $was.conf && $units == *device* && ! -e $tx/adopted/$name ]]; then
        converge "$name" "$was.conf" "$(conf_of "$name")"
    elif [[ ! -e $was.conf || $units != *device* || -e $tx/adopted/$name ]]; then
        stop_interface "$name"
        rm -f -- "$(conf_of "$name")"
    fi
    if [[ -e $was.conf ]]; then
        cp -a -- "$was.conf" "$(conf_of "$name").undo"
        mv -f -- "$(conf_of "$name").undo" "$(conf_of "$name")"
    fi
    if [[ $units == *active* ]] && ! is_active "$name"; then start_interface "$name"; fi
    if [[ $units == *enabled* ]]; then enable_interface "$name" || true; else disable_interface "$name"; fi
}

enable_interface() {
    if is_enabled "$1"; then return 1; fi
    systemctl enable -q -- "$(unit "$1")" 2>"$tx/enable" || fail "cannot enable $(unit "$1") on $host: $(redact <"$tx/enable")"
}

disable_interface() { if is_enabled "$1"; then systemctl disable -q -- "$(unit "$1")" 2>/dev/null; fi; }

# A PreDown that fails leaves the interface up and the unit failed (wireguard.md 1.3): the device goes in any case.
stop_interface() {
    timeout 90 systemctl stop -- "$(unit "$1")" 2>/dev/null || true
    if is_device "$1"; then timeout 30 wg-quick down "$1" >/dev/null 2>&1 || true; fi
    if is_device "$1"; then ip link delete -- "$1" 2>/dev/null || true; fi
    systemctl reset-failed -- "$(unit "$1")" 2>/dev/null || true
    if is_device "$1"; then fail "cannot remove the device $1 on $host"; fi
}

# The unit retries names for ever (WG_ENDPOINT_RESOLUTION_RETRIES=infinity): so names are tried first and the start has a limit.
start_interface() {
    local name=$1 status=0
    systemctl reset-failed -- "$(unit "$name")" 2>/dev/null || true
    timeout 90 systemctl start -- "$(unit "$name")" 2>/dev/null || status=$?
    if ((status == 124)); then fail "$name on $host did not start within 90 s"; fi
    if ((status != 0)); then fail "$name on $host did not start: $(start_failure "$name")"; fi
    is_device "$name" || fail "$name on $host did not start: $(unit "$name") is active but there is no device"
}

# Why wg-quick gave up: its last message that is neither an echoed command nor systemd's.
start_failure() {
    local id line cause='see journalctl -u '
    cause+=$(unit "$1")
    id=$(systemctl show -p InvocationID --value -- "$(unit "$1")")
    while IFS= read -r line; do
        case $line in
            '' | '[#]'* | 'Warning'* | "$(unit "$1")"* | Starting* | Failed* | Stopp* | Finished* | *'routine'*) ;;
            *'ddress already in use'*) cause="$line" ;;
            *) cause=$line ;;
        esac
    done < <(timeout 20 journalctl -q -o cat -n 40 "_SYSTEMD_INVOCATION_ID=$id" 2>/dev/null || true)
    printf '%s' "$cause" | redact
}

# port_holder PORT NAME: who else has the UDP port; nothing when it is free.
port_holder() {
    local line device port
    while read -r device port; do
        if [[ $port == "$1" && $device != "$2" ]]; then
            printf 'WireGuard interface %s' "$device"
            return 0
        fi
        if [[ $port == "$1" ]]; then return 0; fi
    done < <(wg show all listen-port 2>/dev/null || true)
    line=$(ss -Hulpn "sport = :$1" 2>/dev/null) || true
    if [[ -z $line ]]; then return 0; fi
    if [[ $line =~ \(\(\"([^\"]+)\",pid=([0-9]+) ]]; then
        printf 'process %s (pid %s)' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    else
        printf 'another program'
    fi
}
