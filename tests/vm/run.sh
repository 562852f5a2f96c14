#!/usr/bin/env bash
# Runs tests/vm on a kernel of its own: Debian's, in qemu, with simulated GPIO lines and uinput.
#
#   tests/vm/run.sh [pytest arguments]
#
# The guest sees this machine's files read-only, .venv included, and has nothing but a console. It needs
# no KVM. What it is made of is kept in build/vm; what is missing is installed when this user may do so.
# Where the guest cannot be made the reason is said, and nothing is tested: that is no failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly series=6.1 # what Debian 12 has; gpio-sim.c and the kernel's insides have to fit each other
readonly made=$PWD/build/vm
readonly longest_s=600

say() { echo "$*" >&2; }
skip() { say "The tests on a real kernel are skipped: $*" && exit 0; }

as_root=()
((EUID == 0)) || as_root=(sudo -n)
apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 "$@" \
        </dev/null >>"$made/log" 2>&1
}
has_static_busybox() { has busybox && ! ldd "$(command -v busybox)" >/dev/null 2>&1; }
has() { command -v "$1" >/dev/null || [[ -x /usr/sbin/$1 ]]; }

[[ $(uname -m) == x86_64 ]] || skip "the guest is an x86-64 one, and this machine is $(uname -m)"
[[ -x .venv/bin/python ]] || skip "there is no .venv; make test-vm makes one"
has apt-get || skip "they need Debian's kernel, and there is no apt-get here"
mkdir -p "$made"
: >"$made/log"

# --- What runs the guest and builds its modules ----------------------------------------------------------

missing=()
has qemu-system-x86_64 || missing+=(qemu-system-x86)
has_static_busybox || missing+=(busybox-static)
has cpio || missing+=(cpio)
has depmod || missing+=(kmod)
has gcc || missing+=(gcc)
has make || missing+=(make)
has xz || missing+=(xz-utils)
if ((${#missing[@]})); then
    "${as_root[@]}" true 2>/dev/null || skip "please run: sudo apt-get install ${missing[*]}"
    say "Installing Debian packages: ${missing[*]}"
    apt_get update || true
    apt_get install --no-install-recommends "${missing[@]}" || skip "no ${missing[*]} to be had; see $made/log"
fi

# --- The kernel, its simulated GPIO chip, and the files of the guest's first root ---------------------------

make_guest() {
    local version work=$made/new
    rm -rf "$work" && mkdir -p "$work/source" "$work/root" "$work/first/bin" "$work/first/modules"

    latest() { apt-cache depends linux-headers-amd64 2>/dev/null | sed -n "s/.*linux-headers-\($series\..*-amd64\)$/\1/p"; }
    version=$(latest)
    [[ $version ]] || { apt_get update || true; version=$(latest); }
    [[ $version ]] || skip "they need Linux $series, which is in Debian 12"

    say "Fetching Linux $version, its headers and its source"
    if [[ ! -e /usr/src/linux-headers-$version ]]; then
        "${as_root[@]}" true 2>/dev/null || skip "please run: sudo apt-get install linux-headers-$version"
        apt_get install --no-install-recommends "linux-headers-$version" || { apt_get update || true; }
        apt_get install --no-install-recommends "linux-headers-$version" || skip "no linux-headers-$version; see $made/log"
    fi
    (cd "$work" && chmod a+rwx . && apt-get -qq download "linux-image-$version" "linux-source-$series" >>"$made/log" 2>&1) ||
        skip "Linux $version cannot be fetched; see $made/log"

    say "Building its simulated GPIO chip"
    dpkg-deb -x "$work"/linux-image-*.deb "$work/root"
    local from=linux-source-$series
    dpkg-deb --fsys-tarfile "$work"/linux-source-*.deb | tar -xO "./usr/src/$from.tar.xz" |
        tar -xJ -C "$work/source" --transform 's,.*/,,' \
            "$from"/{drivers/gpio/gpio-sim.c,drivers/gpio/gpiolib.h,kernel/irq/irq_sim.c}
    # Debian builds neither, and irq_to_desc() is not for modules.
    sed -i 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq_safe(irqnum)/' "$work/source/irq_sim.c"
    printf '%s\n' 'obj-m := simulated-gpio.o' 'simulated-gpio-objs := gpio-sim.o irq_sim.o' >"$work/source/Makefile"
    make -s -C "/usr/src/linux-headers-$version" M="$work/source" modules >>"$made/log" 2>&1 ||
        skip "the simulated GPIO chip does not compile; see $made/log"

    # The modules that the guest loads, in their order, and what depmod says they need.
    PATH=$PATH:/usr/sbin
    depmod -b "$work/root" "$version"
    local module n=10
    for module in virtio_pci 9pnet_virtio 9p configfs uinput evdev; do
        modprobe -S "$version" -d "$work/root" --show-depends "$module" | awk '$1 == "insmod" {print $2}'
    done | awk '!seen[$0]++' | while read -r module; do
        cp "$module" "$work/first/modules/$n-$(basename "$module")" && n=$((n + 1))
    done
    cp "$work/source/simulated-gpio.ko" "$work/first/modules/99-simulated-gpio.ko"
    cp "$(command -v busybox)" "$work/first/bin/busybox"
    cp tests/vm/init.sh "$work/first/init" && chmod a+x "$work/first/init"
    (cd "$work/first" && find . | cpio --quiet -o -H newc | gzip -1) >"$made/first.gz"
    cp "$work"/root/boot/vmlinuz-* "$made/kernel"
    rm -rf "$work"
    sha256sum tests/vm/run.sh tests/vm/init.sh >"$made/.made" # last, so that an interrupted guest is made anew
}

sha256sum --status --check "$made/.made" 2>/dev/null || make_guest

# --- Run ---------------------------------------------------------------------------------------------------

say "Booting it"
console=$made/console
# /dev/kvm may be a software one, on which this kernel dies; the translator runs everywhere.
timeout "$longest_s" qemu-system-x86_64 -accel tcg,thread=multi -machine q35 -cpu max -m 1024 -smp 2 \
    -nographic -no-reboot -net none -kernel "$made/kernel" -initrd "$made/first.gz" \
    -append "console=ttyS0 quiet panic=-1 mitigations=off project=$PWD arguments=$(printf '%q ' "$@" | base64 -w 0)" \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
    </dev/null | tr -d '\r' | tee "$console" | sed -n '/THE TESTS BEGIN$/,/^THE TESTS END/p' | sed '1d;$d' || true
status=$(sed -n 's/^THE TESTS END WITH //p' "$console")
[[ $status ]] || { tail -n 20 "$console" >&2 && say "The guest died or took more than $longest_s s." && exit 1; }
exit "$status"
