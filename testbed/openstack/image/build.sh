#!/bin/sh
# build.sh FOLDER SUITE PACKAGES MIRROR - makes the root file system of the OpenStack services in an empty folder.
# An empty MIRROR is mmdebstrap's own default. No service is started by it, and none keeps anything in it.
set -eu
folder=$1 suite=$2 packages=$3 mirror=$4
mmdebstrap --quiet --mode=root --variant=minbase \
  --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include="$packages" "$suite" "$folder" ${mirror:+"$mirror"}
# neither the builder's mirror nor its name is the services'
rm -rf "$folder/etc/apt/sources.list" "$folder"/etc/apt/sources.list.d/* "$folder/etc/resolv.conf" \
  "$folder"/var/lib/apt/lists/* "$folder"/var/lib/mysql/* "$folder"/var/log/*
: > "$folder/etc/resolv.conf"
echo openstack > "$folder/etc/hostname"
echo '127.0.0.1 localhost openstack' > "$folder/etc/hosts"
# oslo.messaging looks for the answers of calls every half second (its way round LP #2035113): each of the ten calls
# that make a server would cost that. 10 ms do no harm at this size.
driver=$folder/usr/lib/python3/dist-packages/oslo_messaging/_drivers/amqpdriver.py
grep -q 'time\.sleep(0\.5)' "$driver"
sed -i 's/time\.sleep(0\.5)/time.sleep(0.01)/' "$driver"
rm -f "$folder"/usr/lib/python3/dist-packages/oslo_messaging/_drivers/__pycache__/amqpdriver.*
# where an instance's state is mounted; nothing else can be written by the services
mkdir -p "$folder/srv/cloud"
chroot "$folder" python3 -W ignore -m compileall -q /usr/lib/python3/dist-packages/oslo_messaging/_drivers/amqpdriver.py
: > "$folder/srv/whole"
