# remove.sh: everything a mesh has on this host goes; the host is as it was before the first push. Packages stay.

remove() {
    local name
    open_change "$(new_folder)"
    set_mesh "$1"
    lock remove
    if [[ ! -d $state ]]; then
        say "mesh $mesh is not on this host"
        return 0
    fi
    for name in $(owned_names); do drop_interface "$name"; done
    close_foreign_firewalls
    if [[ -e $state/table ]]; then stop_firewall; fi
    if [[ -e $state/forwarding ]]; then stop_forwarding; fi
    rm -rf -- "$state"
    drop_dir "$root"
    # The last mesh takes the tool along; bash has it open until the end.
    if [[ ! -d $root ]]; then
        rm -f -- "$tool"
        drop_dir "${tool%/*}"
    fi
    systemctl daemon-reload
    say "mesh $mesh removed"
}

new_folder() {
    mkdir -p /run/pulumi-wireguard
    mktemp -d /run/pulumi-wireguard/change.XXXXXX
}

# The tunnel may carry the session that removes it.
detached() {
    systemd-run --quiet --wait --pipe --collect --service-type=exec -p RuntimeMaxSec=600 -- "$(command -v bash)" "$tool" "$@" </dev/null
}

main() {
    case ${1:-} in
        push) push "$2" ;;
        settle) settle "$2" ;;
        remove) detached remove-now "$2" ;;
        remove-now) remove "$2" ;;
        open) open_mesh "$2" ;;
        *)
            printf 'usage: %s remove MESH\n' "$tool" >&2
            exit 2
            ;;
    esac
}
