#!/bin/busybox sh
# The first process of the guest: loads the modules, goes into the host's files, runs the tests, switches off.
bb=/bin/busybox
$bb mkdir -p /proc /sys /dev /host
$bb mount -t proc none /proc
$bb mount -t sysfs none /sys
$bb mount -t devtmpfs none /dev
for module in /modules/*; do $bb insmod "$module" || echo "no $module"; done
$bb mount -t configfs none /sys/kernel/config
$bb mkdir -p /dev/shm /dev/pts
$bb mount -t tmpfs none /dev/shm
$bb mount -t devpts none /dev/pts
$bb mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 host /host
for part in proc sys dev; do $bb mount -o rbind /$part /host/$part; done
for part in tmp run; do $bb mount -t tmpfs none /host/$part; done
$bb ip link set lo up

for word in $($bb cat /proc/cmdline); do
    case $word in
    project=*) project=${word#*=} ;;
    arguments=*) arguments=$(echo "${word#*=}" | $bb base64 -d) ;;
    esac
done
echo "THE TESTS BEGIN"
$bb env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp HYPOTHESIS_STORAGE_DIRECTORY=/tmp PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8 \
    $bb chroot /host /bin/sh -c "cd '$project' && exec .venv/bin/python -m pytest -p no:cacheprovider --color=no tests/vm $arguments"
echo "THE TESTS END WITH $?"
$bb poweroff -f
