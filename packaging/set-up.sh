#!/usr/bin/env bash
# Makes .venv, or brings it up to date: the locked packages, pyscard and evdev where they can be compiled, accessctl.
#
#   packaging/set-up.sh run|test    the purpose, as for debian-packages.sh; PYTHON names the interpreter
#
# SYSTEM_PACKAGES=yes lets .venv see what apt installed for that interpreter, which the Pi's own camera needs
# (python3-picamera2). An existing .venv keeps what it was made with unless this says otherwise, yes or no.
#
# Each step notes what it was made from in .venv/.made-<step>, as its last act. A step whose note still
# holds is skipped; an interrupted one has no note and is done again by the next call.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PYTHON=${PYTHON:-python3}

say() { echo "$*" >&2; }
die() { say "$*" && exit 1; }

command -v "$PYTHON" >/dev/null || die "There is no $PYTHON here. Please run: sudo apt-get install python3"

# Asked of the .venv itself, so that whoever brings it up to date need not remember.
grep -qsx 'include-system-site-packages = true' .venv/pyvenv.cfg && made_with=yes || made_with=no
SYSTEM_PACKAGES=${SYSTEM_PACKAGES:-$made_with}
case $SYSTEM_PACKAGES in
    yes) venv_options=(--system-site-packages) ;;
    no) venv_options=() ;;
    *) die "SYSTEM_PACKAGES is yes or no, not $SYSTEM_PACKAGES" ;;
esac

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

from_source='pyscard|evdev|pydes|face-recognition-models' # no wheels for Linux
pure='pydes|face-recognition-models' # of those, what is Python and data: nothing is compiled

interpreter=$("$PYTHON" -c 'import os, sys; print(os.path.realpath(sys.executable), sys.version.replace("\n", " "))')
from="$PWD $interpreter${venv_options[*]:+ ${venv_options[*]}} $from_source $(sha256sum <requirements.lock)"
if ! holds packages "$from"; then
    say "Making .venv with ${interpreter%% \(*}"
    rm -rf .venv
    "$PYTHON" -m venv "${venv_options[@]}" .venv
    say "Installing the locked packages (a minute or two; longer on a Pi)"
    # --ignore-installed: what the lock names is installed here, whatever of it the system has.
    install --ignore-installed --require-hashes --no-deps --only-binary :all: --requirement <(locked no "$from_source")
    # The models are packed anew as a wheel, which takes half a gigabyte for a moment: more than a /tmp in memory has.
    mkdir -p .venv/tmp
    TMPDIR=$PWD/.venv/tmp install --ignore-installed --require-hashes --no-deps --no-build-isolation \
        --requirement <(locked yes "$pure")
    rm -rf .venv/tmp
    note packages "$from"
fi

# swig and setuptools, which build pyscard, are locked and installed by now: --no-build-isolation takes
# those, and the PATH lets the build find swig.
has_python_headers() {
    .venv/bin/python -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'
}
has_any() { local file; for file in "$@"; do [[ ! -e $file ]] || return 0; done; return 1; }

# compile LIBRARY WHAT-IT-IS-FOR WHAT-IT-NEEDS HEADERS...: without the headers the library is left out.
compile() {
    local library=$1 purpose=$2 needs=$3 can=no
    shift 3
    ! { command -v gcc >/dev/null && has_any "$@" && has_python_headers; } || can=yes
    ! holds "$library" "$can" || return 0
    if [[ $can == no ]]; then
        say "Going on without $purpose: $library needs $needs to compile"
        note "$library" no
        return
    fi
    say "Compiling $library"
    if PATH="$PWD/.venv/bin:$PATH" install --require-hashes --no-deps --no-build-isolation \
        --requirement <(locked yes "$library") 2>".venv/$library.log"; then
        note "$library" yes
    else
        say "Going on without $purpose: $library did not compile (.venv/$library.log); the next call tries again"
    fi
}
compile pyscard "PC/SC card readers" "gcc, libpcsclite-dev and python3-dev" \
    /usr/include/PCSC/winscard.h /usr/local/include/PCSC/winscard.h
compile evdev "USB keypads and badge readers" "gcc, linux-libc-dev and python3-dev" /usr/include/linux/input.h

from=$(sha256sum <pyproject.toml)
if ! holds accessctl "$from"; then
    say "Installing accessctl from this folder"
    install --no-deps --no-build-isolation --editable .
    note accessctl "$from"
fi
