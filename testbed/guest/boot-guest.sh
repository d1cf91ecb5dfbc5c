#!/bin/sh
# Becomes a guest's outermost process; its settings are in the environment (overlay-guest.ts). Everything that it makes
# belongs to name spaces of its own, so that nothing is left of a guest but its folder once this process is dead.
set -eu
export PATH="$PATH:/usr/sbin:/sbin"

if [ "${1:-}" != inside ]; then
  cd "$GUEST_FOLDER"
  # held as long as the guest lives: who comes second finds it taken and gives up
  exec 7>>lock
  flock --nonblock 7 || exit 75
  # shellcheck disable=SC2046
  set -- $(cat /proc/$$/stat)
  echo "$1 ${22}" > pid.new && mv pid.new pid

  # the ephemeral disk as Nova formats it: a second disk with a label, which cloud-init mounts on /mnt
  rm -f upper/dev/vdb upper/dev/disk/by-label/ephemeral0
  if [ "$GUEST_EPHEMERAL_GB" -gt 0 ]; then
    if [ ! -e ephemeral0 ]; then
      truncate -s "${GUEST_EPHEMERAL_GB}G" ephemeral0.new
      mkfs.ext4 -q -F -L ephemeral0 -O '^has_journal' -E nodiscard ephemeral0.new
      mv ephemeral0.new ephemeral0
    fi
    if device=$(losetup --find --show ephemeral0); then
      # an open file and a lazy detach: the kernel frees the device when the guest's last process is gone
      exec 9< "$device"
      losetup --detach "$device"
      mkdir -p upper/dev/disk/by-label
      mknod upper/dev/vdb b "0x$(stat -c %t "$device")" "0x$(stat -c %T "$device")"
      ln -s ../../vdb upper/dev/disk/by-label/ephemeral0
    fi
  fi
  exec 8< /proc/self/ns/net
  exec unshare --mount --uts --ipc --net sh "$0" inside
fi

hostname "$GUEST_HOSTNAME"
ip link set lo up
if [ -n "$GUEST_BRIDGE" ]; then
  # the veth pair is made in the host's network name space, its guest's end straight in ours
  host() { nsenter --net=/proc/self/fd/8 "$@"; }
  host ip link del "$GUEST_LINK" 2> /dev/null || true
  host ip link add "$GUEST_LINK" type veth peer name eth0 netns $$
  host ip link set "$GUEST_LINK" master "$GUEST_BRIDGE" up
  ip address add "$GUEST_ADDRESS/$GUEST_PREFIX_LENGTH" dev eth0
  ip link set eth0 up
  ip route add default via "$GUEST_GATEWAY"
fi
mount -t overlay overlay -o "lowerdir=$GUEST_IMAGE,upperdir=$GUEST_FOLDER/upper,workdir=$GUEST_FOLDER/work" root
(
  IFS=:
  for folder in $GUEST_SHARES; do
    mkdir -p "root$folder"
    mount --bind "$folder" "root$folder"
  done
)
if [ "$GUEST_EPHEMERAL_GB" -gt 0 ] && [ ! -b root/dev/vdb ]; then
  # no loop device to be had: the disk is in memory and mounted already
  mount -t tmpfs -o "size=${GUEST_EPHEMERAL_GB}G,mode=755" ephemeral0 root/mnt
fi
exec unshare --pid --fork --kill-child=KILL \
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  chroot root sh -c 'exec 7>&- 8<&- 9<&-; exec /usr/sbin/guest-init'
