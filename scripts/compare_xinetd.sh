#!/bin/sh
# The same abuse for mynah, xinetd, socat and ncat: what docs/comparison.md reports.
#
#   scripts/compare_xinetd.sh dist/mynah [burst|size|clients|flood|forged|reload]
#
# Linux, with the programs installed; about six minutes. It runs in a network
# namespace of its own, as root or where the system lets users make one: nothing
# leaves the machine, and the ports in use on it do not matter.
set -eu

mynah=$(realpath "${1:?usage: $0 MYNAH [COMPARISON]}")
for program in xinetd socat ncat python3 unshare ip; do
  command -v "$program" > /dev/null || { echo "$0: needs $program" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || user="--user --map-root-user"
# shellcheck disable=SC2086 # two words or none
exec unshare --net ${user-} sh -c 'ip link set lo up && exec python3 -B "$@"' sh \
  "$(dirname "$0")/compare/main.py" "$mynah" ${2+"$2"}
