#!/usr/bin/env bash
# Makes .venv, or brings it up to date: the locked packages, pyscard where it can be compiled, accessctl.
#
#   packaging/set-up.sh run|test    the purpose, as for debian-packages.sh; PYTHON names the interpreter
#
# Each step notes what it was made from in .venv/.made-<step>, as its last act. A step whose note still
# holds is skipped; an interrupted one has no note and is done again by the next call.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PYTHON=${PYTHON:-python3}

say() { echo "$*" >&2; }
die() { say "$*" && exit 1; }

command -v "$PYTHON" >/dev/null || die "There is no $PYTHON here. Please run: sudo apt-get install python3"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die \
    "accessctl needs Python 3.11 or newer, and $PYTHON is $("$PYTHON" -V 2>&1). Another one: make PYTHON=python3.11 ..."

packaging/debian-packages.sh "$1"

# Two set-ups at once would spoil each other's .venv. The lock ends with this process, however it ends.
exec 9<requirements.lock
flock --nonblock 9 || { say "Waiting for another set-up to finish ..." && flock 9; }

holds() { [[ -f .venv/.made-$1 && $(<".venv/.made-$1") == "$2" ]]; }
note() { echo "$2" >".venv/.made-$1.new" && mv ".venv/.made-$1.new" ".venv/.made-$1"; }
# The entries of requirements.lock, with their hashes, whose names match ($1 = yes) or not (no) the pattern $2.
locked() { awk -v wanted="$1" -v names="^($2)==" '/^[a-z]/ {take = (($0 ~ names) == (wanted == "yes"))} take' requirements.lock; }
install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "$@" </dev/null; }

# NOTE: this part was never run on a Pi, only with its model's name in place of the file.
on_pi=no
! grep -qas 'Raspberry Pi' /proc/device-tree/model || on_pi=yes
venv_options=()
elsewhere='pyscard|lgpio'
if [[ $on_pi == yes ]]; then
    if "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then
        venv_options=(--system-site-packages) # no wheel of lgpio: python3-lgpio shows through
    else
        elsewhere='pyscard'
    fi
fi

interpreter=$("$PYTHON" -c 'import os, sys; print(os.path.realpath(sys.executable), sys.version.replace("\n", " "))')
from="$PWD $interpreter ${venv_options[*]} $elsewhere $(sha256sum <requirements.lock)"
if ! holds packages "$from"; then
    say "Making .venv with ${interpreter%% \(*}"
    rm -rf .venv
    "$PYTHON" -m venv "${venv_options[@]}" .venv
    say "Installing the locked packages (a minute or two; longer on a Pi)"
    install --require-hashes --only-binary :all: --requirement <(locked no "$elsewhere")
    note packages "$from"
fi

# pyscard has no wheel for Linux. swig and setuptools, which build it, are locked and installed by now:
# --no-build-isolation takes those, and the PATH lets the build find swig.
can_compile=no
if command -v gcc >/dev/null && [[ -e /usr/include/PCSC/winscard.h || -e /usr/local/include/PCSC/winscard.h ]] &&
    .venv/bin/python -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'; then
    can_compile=yes
fi
if ! holds pcsc "$can_compile"; then
    if [[ $can_compile == no ]]; then
        say "Going on without PC/SC card readers: pyscard needs gcc, libpcsclite-dev and python3-dev to compile"
        note pcsc no
    else
        say "Compiling pyscard"
        if PATH="$PWD/.venv/bin:$PATH" install --require-hashes --no-deps --no-build-isolation \
            --requirement <(locked yes pyscard) 2>.venv/pyscard.log; then
            note pcsc yes
        else
            say "Going on without PC/SC card readers: pyscard did not compile (.venv/pyscard.log); the next call tries again"
        fi
    fi
fi

from=$(sha256sum <pyproject.toml)
if ! holds accessctl "$from"; then
    say "Installing accessctl from this folder"
    install --no-deps --no-build-isolation --editable .
    note accessctl "$from"
fi
