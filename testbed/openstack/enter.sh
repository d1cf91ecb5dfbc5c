#!/bin/sh
# enter.sh IMAGE STATE COMMAND… - becomes a command that runs in the image's root file system, which it cannot change,
# with the state at /srv/cloud. Needs a mount namespace of its own (unshare --mount): nothing is mounted on the host.
set -eu
image=$1 state=$2
shift 2
mount --bind "$image" "$image"
mount -o remount,ro,bind "$image"
mount --rbind /dev "$image/dev"
mount --rbind /proc "$image/proc"
mount --bind "$state" "$image/srv/cloud"
mount --bind "$state/tmp" "$image/tmp"
exec chroot "$image" "$@"
