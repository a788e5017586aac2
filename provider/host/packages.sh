# packages.sh: what must be on the host before anything is changed.

lacking() {
    local program
    for program in wg wg-quick ip ss "$@"; do
        if ! command -v "$program" >/dev/null; then printf '%s ' "$program"; fi
    done
}

# dpkg and apt hold POSIX locks, which flock(1) does not see, and on overlay file systems /proc/locks names other inodes than stat:
# but whoever holds or waits for one has the file open.
dpkg_busy() {
    local open
    open=$(find /proc/[0-9]*/fd -lname '/var/lib/dpkg/lock*' -o -lname /var/lib/apt/lists/lock 2>/dev/null) || true
    [[ $open ]]
}

wait_for_boot() {
    local waited=0
    if command -v cloud-init >/dev/null && [[ $(timeout 20 cloud-init status 2>/dev/null) == *running* ]]; then
        say "waiting for cloud-init to finish (at most 300 s)"
        timeout 300 cloud-init status --wait >/dev/null 2>&1 || true
    fi
    if dpkg_busy; then say "waiting for another apt or dpkg to finish (at most 300 s)"; fi
    while dpkg_busy; do
        if ((++waited > 300)); then fail "another apt or dpkg on $host held its lock for 300 s; try again when it is done"; fi
        sleep 1
    done
}

install_packages() {
    local log=$tx/packages status=0
    wait_for_boot
    say "installing $*"
    if command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        { timeout 300 apt-get -q -o DPkg::Lock::Timeout=120 update &&
            timeout 600 apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"; } >"$log" 2>&1 || status=$?
    elif command -v dnf >/dev/null; then
        timeout 900 dnf -q -y install "${@/iproute2/iproute}" >"$log" 2>&1 || status=$?
    elif command -v pacman >/dev/null; then
        timeout 900 pacman -Sy --noconfirm --needed "$@" >"$log" 2>&1 || status=$?
    elif command -v apk >/dev/null; then
        timeout 600 apk add --no-progress "$@" >"$log" 2>&1 || status=$?
    else
        fail "$host lacks $* and has none of apt, dnf, pacman, apk; install them by hand"
    fi
    if ((status != 0)); then fail "cannot install $* on $host: $(tail -n 3 "$log" | redact)"; fi
}

need_programs() {
    local missing
    local -a packages=(wireguard-tools iproute2)
    missing=$(lacking "$@")
    if [[ -z $missing ]]; then return 0; fi
    if [[ " $* " == *" nft "* ]]; then packages+=(nftables); fi
    install_packages "${packages[@]}"
    missing=$(lacking "$@")
    if [[ $missing ]]; then fail "$host still lacks ${missing% } after ${packages[*]} was installed"; fi
}

# wg-quick turns to wireguard-go by itself (wg-quick:88-96); without both it can only fail.
need_wireguard() {
    if [[ -d /sys/module/wireguard ]] || command -v wireguard-go >/dev/null || modprobe -q wireguard 2>/dev/null; then return 0; fi
    if ip link add pw-probe type wireguard 2>/dev/null; then
        ip link delete pw-probe
    else
        fail "the kernel of $host ($(uname -r)) has no wireguard module and wireguard-go is not installed; install either"
    fi
}
