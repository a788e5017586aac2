# undo.sh: everything a change does has its undo written down first, so that a failed push leaves the host as it was.
# On disk, not in memory: when the process is killed, `settle` (ExecStopPost of its unit) still finds it.

undo_with() {
    printf '%q ' "$@" >>"$tx/undo"
    printf '\n' >>"$tx/undo"
}

# keep PATH: remembers the file as it is now. The first memory of a push wins.
keep() {
    local slot=$tx/was/${1//\//%}
    if [[ -e $slot || -e $slot.absent ]]; then return 0; fi
    if [[ -e $1 ]]; then cp -a -- "$1" "$slot"; else : >"$slot.absent"; fi
    undo_with put_back "$1"
}

put_back() {
    local slot=$tx/was/${1//\//%}
    if [[ -e $slot.absent ]]; then
        rm -f -- "$1"
    else
        cp -a -- "$slot" "$1.undo"
        mv -f -- "$1.undo" "$1"
    fi
}

make_dir() {
    if [[ -d $1 ]]; then return 0; fi
    mkdir -m "$2" -- "$1"
    undo_with drop_dir "$1"
}

drop_dir() { rmdir -- "$1" 2>/dev/null || true; }

# replace PATH MODE SOURCE: atomic, and false when PATH is so already.
replace() {
    local path=$1 mode=$2 source=$3 staged
    if [[ -f $path ]] && cmp -s -- "$source" "$path" && [[ $(stat -c %a -- "$path") == "$mode" ]]; then return 1; fi
    staged=$(mktemp "${path%/*}/.${path##*/}.XXXXXX") || fail "cannot write in ${path%/*}"
    if ! { cp -- "$source" "$staged" && chmod "$mode" "$staged" && sync -- "$staged" && mv -f -- "$staged" "$path"; } 2>"$tx/replace"; then
        rm -f -- "$staged"
        fail "cannot write $path: $(redact <"$tx/replace")"
    fi
}

undo_all() {
    local -a steps=()
    local i
    if [[ -e $tx/undo ]]; then mapfile -t steps <"$tx/undo"; fi
    undoing=yes
    for ((i = ${#steps[@]} - 1; i >= 0; i--)); do
        # A subshell per step: one that fails must not keep the others from running.
        (
            set -e
            eval "${steps[i]}"
        ) >/dev/null 2>&1
        # shellcheck disable=SC2181 # `( ) ||` would switch set -e off inside
        if [[ $? -ne 0 ]]; then printf '%s\n' "${steps[i]%% *}" >>"$tx/trouble"; fi
    done
    systemctl daemon-reload >/dev/null 2>&1
}

# Runs at every end. A step that failed without a sentence is a bug of ours: its line says where.
finish() {
    local status=$? line=${BASH_LINENO[0]:-0} command=$BASH_COMMAND
    trap '' TERM INT
    set +e
    if [[ $status -ne 0 ]]; then
        undo_all
        if [[ ! -e $tx/failure ]]; then printf 'the push to %s stopped at "%s" (line %s)\n' "$host" "$command" "$line" >"$tx/failure"; fi
        if [[ -e $tx/trouble ]]; then
            printf '%s; undoing it failed too: %s\n' "$(<"$tx/failure")" "$(cat "$tx/undo-failure" "$tx/trouble" 2>/dev/null | tr '\n' ' ')" >&2
        else
            cat "$tx/failure" >&2
        fi
    fi
    rm -rf -- "$tx"
    exit "$status"
}

# settle FOLDER: after a killed push.
settle() {
    if [[ ! -d $1 ]]; then return 0; fi
    open_change "$1"
    host=$(<"$tx/host")
    set_mesh "$(<"$tx/mesh")"
    lock "undo of a killed push"
    fail "the push to $host was killed; what it had changed is undone"
}
