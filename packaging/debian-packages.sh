#!/usr/bin/env bash
# Installs the Debian packages that are missing, when this user may; otherwise names them in one line.
#
#   packaging/debian-packages.sh run    to run accessctl: a venv, PC/SC card readers
#   packaging/debian-packages.sh test   to test it: also a virtual card reader, OpenSC for PIV cards, fprintd, strace,
#                                       and Chromium for the console in a browser
#
# PYTHON names the interpreter they are for. What counts is what is there, not who installed it: an
# interpreter with headers of its own needs no python3-dev. When nothing is missing, apt is not called.
# Fails only if no venv can be made; without the others accessctl runs, without PC/SC card readers.
set -euo pipefail

usage() { echo "usage: $0 run|test" >&2 && exit 2; }
[[ $# -eq 1 && ($1 == run || $1 == test) ]] || usage
purpose=$1
python=${PYTHON:-python3}

say() { echo "$*" >&2; }
asks() { "$python" -c "$1" 2>/dev/null; }

executable=$(asks 'import os, sys; print(os.path.realpath(sys.executable))')
# Debian names the packages of its default python3 without the minor version.
python_package=$(basename "$executable")
[[ $executable != "$(readlink -f /usr/bin/python3)" ]] || python_package=python3

has_venv() { asks 'import ensurepip, venv'; }
has_python_headers() {
    asks 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'
}
has_c_headers() { [[ -e /usr/include/stdio.h ]]; }
has_pcsc_headers() { [[ -e /usr/include/PCSC/winscard.h || -e /usr/local/include/PCSC/winscard.h ]]; }
has_program() { command -v "$1" >/dev/null || [[ -x /usr/sbin/$1 ]]; }
is_debians() { [[ $executable == /usr/bin/* ]]; }
# Sets `missing`. Packages of the interpreter are listed only if apt has them: if it is Debian's own.
look() {
    missing=()
    has_venv || ! is_debians || missing+=("$python_package-venv")
    has_python_headers || ! is_debians || missing+=("$python_package-dev")
    has_program gcc || missing+=(gcc)
    has_c_headers || missing+=(libc6-dev)
    has_pcsc_headers || missing+=(libpcsclite-dev)
    has_program pcscd || missing+=(pcscd)
    [[ -e /usr/include/linux/input.h ]] || missing+=(linux-libc-dev)
    [[ $purpose == test ]] || return 0
    [[ -e /etc/reader.conf.d/vpcd ]] || missing+=(vsmartcard-vpcd)
    compgen -G '/usr/lib/*-linux-gnu/opensc-pkcs11.so' >/dev/null || missing+=(opensc-pkcs11)
    [[ -x /usr/libexec/fprintd ]] || missing+=(fprintd)
    has_program dbus-daemon || missing+=(dbus)
    # The mock of polkit runs in Debian's own interpreter, whichever one the tests run in.
    /usr/bin/python3 -c 'import dbusmock' 2>/dev/null || missing+=(python3-dbusmock)
    has_program strace || missing+=(strace)
    has_program chromium || missing+=(chromium)
}

# Quiet, asks nothing, waits for another apt instead of failing.
apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
        --no-install-recommends "$@" </dev/null >>"$log" 2>&1
}

install_missing() {
    apt_get install "${missing[@]}" && return
    # Old package lists are the usual cause, so they are fetched only now.
    apt_get update || true
    apt_get install "${missing[@]}" && return
    # One package that cannot be had must not keep the others away. Nor must a service that cannot be
    # started where there is no systemd: apt then fails, yet the program is there.
    local package
    for package in "${missing[@]}"; do apt_get install "$package" || true; done
}

look
if ((${#missing[@]})); then
    as_root=()
    ((EUID == 0)) || as_root=(sudo -n)
    if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
        say "Installing Debian packages: ${missing[*]}"
        log=$(mktemp)
        trap 'rm -f "$log"' EXIT
        install_missing || true
        look
        ((!${#missing[@]})) || tail -n 5 "$log" >&2
    fi
    ((!${#missing[@]})) || say "Not everything is here. Please run: sudo apt-get install ${missing[*]}"
fi

if ! has_venv; then
    say "Without it no environment for $python can be made (its modules venv and ensurepip are missing)."
    exit 1
fi
