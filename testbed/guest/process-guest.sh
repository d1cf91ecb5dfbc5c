#!/bin/sh
# Becomes the condor_master of a plain worker process; its settings are in the environment (process-guest.ts).
set -eu
cd "$GUEST_FOLDER"
# held as long as the master lives: who comes second finds it taken and gives up
exec 7>>lock
flock --nonblock 7 || exit 75
# shellcheck disable=SC2046
set -- $(cat /proc/$$/stat)
echo "$1 ${22}" > pid.new && mv pid.new pid
cd /
exec "$CONDOR_MASTER" -f
