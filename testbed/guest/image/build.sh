#!/bin/sh
# build.sh FOLDER SUITE PACKAGES MIRROR - makes the guest's root file system in an empty folder.
# An empty MIRROR is mmdebstrap's own default.
# Without manuals and translations it is a fifth smaller; not syncing is safe for what can be made again.
set -eu
folder=$1 suite=$2 packages=$3 mirror=$4
here=$(cd "$(dirname "$0")" && pwd)
mmdebstrap --quiet --mode=root --variant=minbase \
  --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include="$packages" "$suite" "$folder" ${mirror:+"$mirror"}
# neither the builder's mirror nor its name is the guest's
rm -f "$folder/etc/apt/sources.list" "$folder"/etc/apt/sources.list.d/* "$folder/etc/hostname" "$folder/etc/resolv.conf"
: > "$folder/etc/resolv.conf"
# not cp: a checkout's owner is not the guest's
tar -C "$here/root" --owner=0 --group=0 --mode=go-w -c . | tar -C "$folder" --no-overwrite-dir -x
chroot "$folder" python3 -W ignore -c \
  'import py_compile; py_compile.compile("/usr/bin/systemctl", "/usr/local/lib/systemctl.pyc", doraise=True)'
