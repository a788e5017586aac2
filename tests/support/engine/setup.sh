#!/usr/bin/env bash
# Everything `npm test` and `npm run demo` need on a bare machine, built once into the user's cache folder: node packages, the
# Pulumi engine, and (as root on Debian or Ubuntu) the file system of the test hosts. Calling it again costs seconds.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pulumi-wireguard
# shellcheck source=versions.env source-path=SCRIPTDIR
source "$here/versions.env"
engine=$cache/engine/$PULUMI_CLI-$PULUMI_LANGUAGE_HOST
image=$cache/image/$DEBIAN-$IMAGE_REVISION
started=$SECONDS

say() { printf 'engine: %s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

# A second run (another terminal, another clone) waits for the first, then finds everything there.
take_lock() {
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock --nonblock 9 && return
    say "waiting for another setup.sh that holds $cache/lock"
    flock 9
}

# The install script of the `node` package puts Node 24 in node_modules/.bin; --ignore-scripts keeps every other package's script
# out (@pulumi/command would call `pulumi plugin install`), so that one is run by name.
install_node_packages() {
    cd "$repository"
    if [[ ! -e node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
        say "installing node packages, about 1 minute"
        # Not `npm ci`: it wants the lock file to have the binaries of every platform (biome, jest's resolver), and a lock file made
        # where the registry serves only this platform's has not. `--no-save` takes the locked versions and writes no lock file.
        npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error >&2
        # npm keeps the time of an unchanged hidden lock file; without this the next call would install again.
        touch node_modules/.package-lock.json
    fi
    if ! node_modules/.bin/node --version >/dev/null 2>&1; then
        npm rebuild node --loglevel=error >&2
    fi
}

# Builds one main package of a Go module that is not installable by `go install` (it has replace directives) into $engine/bin.
# build_go NAME MODULE VERSION PACKAGE REPLACE(or "") LDFLAGS
build_go() {
    local name=$1 module=$2 version=$3 package=$4 replace=$5 ldflags=$6 work
    command -v go >/dev/null ||
        fail "neither \"pulumi\" nor \"go\" is on PATH; install the Pulumi CLI (https://www.pulumi.com/docs/install) or Go (https://go.dev/dl)"
    work=$(mktemp -d "$engine/build.XXXXXX")
    (
        cd "$work"
        printf '//go:build tools\n\npackage tools\n\nimport _ "%s"\n' "$package" >tools.go
        go mod init pulumi-wireguard-engine
        go mod edit -require="$module@v$version"
        if [[ -n $replace ]]; then go mod edit -replace="$replace"; fi
        go build -mod=mod -trimpath -ldflags "-s -w $ldflags" -o "$work/$name" "$package"
    ) >"$engine/$name.log" 2>&1 || {
        tail -n 20 "$engine/$name.log" >&2
        fail "building $name failed; the whole log is $engine/$name.log"
    }
    mv "$work/$name" "$engine/bin/$name"
    rm -rf "$work" "$engine/$name.log"
}

build_engine() {
    if command -v pulumi >/dev/null; then
        fetch_command_plugin
        return
    fi
    mkdir -p "$engine/bin"
    # Left by a run that was killed; we hold the lock, so nobody uses them.
    rm -rf "$engine"/build.*
    if [[ ! -x $engine/bin/pulumi ]]; then
        say "building the pulumi CLI $PULUMI_CLI from its Go module, 4 to 7 minutes on 2 cores, once"
        # Without -X the version is empty and the Automation API cannot parse it. The replace is the one of pulumi's own go.mod.
        build_go pulumi github.com/pulumi/pulumi/pkg/v3 "$PULUMI_CLI" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi \
            github.com/atotto/clipboard=github.com/tgummerer/clipboard@v0.0.0-20241001131231-d02d263e614e \
            "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$PULUMI_CLI"
    fi
    if [[ ! -x $engine/bin/pulumi-language-nodejs ]]; then
        say "building Pulumi's Node language host from its Go module, about 1 minute, once"
        build_go pulumi-language-nodejs github.com/pulumi/pulumi/sdk/v3 "$PULUMI_LANGUAGE_HOST" \
            github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs "" ""
    fi
}

# A user's own CLI can download the real command plugin; it goes to a home of ours, not into the user's. Where the download is
# not possible the stand-in of tests/support/commandPlugin serves (engine.ts chooses).
fetch_command_plugin() {
    local home=$cache/engine/home
    if command -v pulumi-resource-command >/dev/null; then return; fi
    if compgen -G "${PULUMI_HOME:-$HOME/.pulumi}/plugins/resource-command-v1.*/pulumi-resource-command" >/dev/null; then return; fi
    if [[ -x $home/plugins/resource-command-v$PULUMI_COMMAND/pulumi-resource-command ]]; then return; fi
    say "fetching Pulumi's command plugin $PULUMI_COMMAND"
    PULUMI_HOME=$home timeout 120 pulumi plugin install resource command "v$PULUMI_COMMAND" >/dev/null 2>&1 ||
        say "the command plugin cannot be downloaded from here; the stand-in of tests/support/commandPlugin will be used"
}

# Empty when the lab's hosts can run on this machine, else the reason.
lab_obstacle() {
    if [[ $(uname -s) != Linux ]]; then
        echo "they need Linux, this is $(uname -s)"
    elif [[ $EUID -ne 0 ]]; then
        echo "they need root (namespaces, overlay mounts, systemd-nspawn)"
    elif ! command -v apt-get >/dev/null; then
        echo "their file system is made by debootstrap, installed by apt-get, and this machine has no apt-get"
    elif [[ ! -c /dev/net/tun ]]; then
        echo "they need /dev/net/tun"
    fi
}

main() {
    command -v npm >/dev/null || fail "npm is not on PATH; install Node 22 or newer (https://nodejs.org)"
    local obstacle
    obstacle=$(lab_obstacle)
    if [[ $(uname -s) == Linux ]]; then take_lock; fi
    install_node_packages
    if [[ -z $obstacle ]]; then
        "$here/packages.sh"
        # debootstrap waits for the network most of the time, the Go build for the processor: side by side.
        "$here/image.sh" "$image" "$DEBIAN" &
        local image_build=$!
    fi
    build_engine
    if [[ -z $obstacle ]]; then
        wait "$image_build" || fail "the file system of the lab's hosts could not be built"
    else
        say "lab hosts are not available here: $obstacle"
    fi
    say "ready after $((SECONDS - started)) s"
}

main "$@"
