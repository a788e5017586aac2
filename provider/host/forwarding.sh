# forwarding.sh: sysctls, only where the plan forwards. What they were is kept in $state/forwarding, one "key value" a line.

sysctl_file() { printf '/etc/sysctl.d/90-pulumi-wireguard-%s.conf' "$1"; }

# Interfaces that take router advertisements today and would stop when all.forwarding becomes 1 (accept_ra 2 keeps them): without it a
# cloud host loses its IPv6 default route when the last advertisement expires (wireguard.md 3.1).
listening_to_routers() {
    local folder name
    for folder in /proc/sys/net/ipv6/conf/*/; do
        name=${folder%/}
        name=${name##*/}
        case $name in all | default | lo) continue ;; esac
        if wg show "$name" fwmark >/dev/null 2>&1; then continue; fi
        if [[ $(<"$folder/accept_ra") == 1 && $(<"$folder/forwarding") == 0 && $(<"$folder/disable_ipv6") == 0 ]]; then
            printf 'net/ipv6/conf/%s/accept_ra 2\n' "$name"
        fi
    done
}

# What the plan wants, in the order it must be set: accept_ra before forwarding.
wanted_sysctls() {
    local key file
    if [[ -e $tx/ipv4 ]]; then printf 'net/ipv4/ip_forward 1\n'; fi
    if [[ ! -e $tx/ipv6 || ! -d /proc/sys/net/ipv6 ]]; then return 0; fi
    {
        # Those of earlier pushes read 2 by now, also those of other meshes, which may go before this one.
        for file in "$root"/*/forwarding; do
            if [[ ! -e $file ]]; then continue; fi
            while read -r key _; do
                if [[ $key == */accept_ra && -e /proc/sys/$key ]]; then printf '%s 2\n' "$key"; fi
            done <"$file"
        done
        listening_to_routers
    } | sort -u
    printf 'net/ipv6/conf/all/forwarding 1\n'
}

set_sysctl() {
    { printf '%s\n' "$2" >"/proc/sys/$1"; } 2>/dev/null || fail "cannot set $1 = $2 on $host"
    if [[ $(<"/proc/sys/$1") != "$2" ]]; then fail "$1 on $host stays $(<"/proc/sys/$1") after it was set to $2"; fi
}

# The value of KEY that files read after ours would set at boot (sysctl.d(5): by name, whatever the folder; then /etc/sysctl.conf).
later_file() {
    local key=$1 value=$2 folder file name line
    for folder in /etc /run /usr/local/lib /usr/lib /lib; do
        for file in "$folder"/sysctl.d/*.conf; do
            name=${file##*/}
            if [[ -e $file && $name > 90-pulumi-wireguard-$mesh.conf ]]; then printf '%s\n' "$file"; fi
        done
    done >"$tx/sysctl-files"
    if [[ -e /etc/sysctl.conf ]]; then printf '/etc/sysctl.conf\n' >>"$tx/sysctl-files"; fi
    while IFS= read -r file; do
        while IFS= read -r line || [[ $line ]]; do
            line=${line//[[:space:]]/}
            if [[ ${line//.//} == "$key="* && ${line#*=} != "$value" ]]; then
                printf '%s says %s' "$file" "$line"
                return 0
            fi
        done <"$file"
    done <"$tx/sysctl-files"
}

apply_forwarding() {
    local key value now later file
    file=$(sysctl_file "$mesh")
    wanted_sysctls >"$tx/sysctls"
    if [[ ! -s $tx/sysctls ]]; then
        if [[ -e $state/forwarding ]]; then stop_forwarding; fi
        return 0
    fi
    keep "$state/forwarding"
    keep "$file"
    if [[ -e $state/forwarding ]]; then cp "$state/forwarding" "$tx/forwarding"; else : >"$tx/forwarding"; fi
    {
        printf '# Written by pulumi-wireguard for the mesh %s; removed with it.\n' "$mesh"
        while read -r key value; do printf '%s = %s\n' "$key" "$value"; done <"$tx/sysctls"
    } >"$tx/sysctl.conf"
    while read -r key value; do
        later=$(later_file "$key" "$value")
        if [[ $later ]]; then fail "forwarding would not survive a reboot of $host: $later, and is read after $file; remove that line"; fi
        if ! grep -q "^$key " "$tx/forwarding"; then printf '%s %s\n' "$key" "$(<"/proc/sys/$key")" >>"$tx/forwarding"; fi
    done <"$tx/sysctls"
    replace "$state/forwarding" 600 "$tx/forwarding" || true
    if replace "$file" 644 "$tx/sysctl.conf"; then changed "forwarding: $file written"; fi
    while read -r key value; do
        now=$(<"/proc/sys/$key")
        if [[ $now == "$value" ]]; then continue; fi
        undo_with set_sysctl "$key" "$now"
        set_sysctl "$key" "$value"
        changed "forwarding: $key set to $value"
    done <"$tx/sysctls"
}

# Back to what was, except where another mesh needs the same: that one then inherits the memory of what was before both, if it is this one
# that has it. Who came later remembers only what the other had set.
stop_forwarding() {
    local key value other
    keep "$state/forwarding"
    keep "$(sysctl_file "$mesh")"
    while read -r key value; do
        for other in "$root"/*/forwarding; do
            if [[ $other != "$state/forwarding" && -e $other ]] && grep -q "^$key " "$other"; then
                if [[ -e /proc/sys/$key && $(<"/proc/sys/$key") == "$value" ]]; then continue 2; fi
                keep "$other"
                { grep -v "^$key " "$other" || true; } >"$tx/inherited"
                printf '%s %s\n' "$key" "$value" >>"$tx/inherited"
                replace "$other" 600 "$tx/inherited" || true
                continue 2
            fi
        done
        if [[ ! -e /proc/sys/$key || $(<"/proc/sys/$key") == "$value" ]]; then continue; fi
        undo_with set_sysctl "$key" "$(<"/proc/sys/$key")"
        set_sysctl "$key" "$value"
        changed "forwarding: $key set back to $value"
    done < <(tac "$state/forwarding")
    rm -f -- "$state/forwarding" "$(sysctl_file "$mesh")"
}
