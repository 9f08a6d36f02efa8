#!/usr/bin/env bash
# Plays a newcomer on a clean Debian: packages, clone, the README's command, a repair typed into the first terminal, a
# second start. Prints its figures as one JSON object on stdout, the rest on stderr. As root, with a network:
#
#   tests/newcomer/run.sh [--way embedded|container] [--debian trixie] [--test]
#
# --way container   the clean Debian gets a Docker engine of its own, and LAB_HOST=container says where labs run
# --test            and then `npm test`, the whole gate, with Debian's Chromium (half an hour)
#
# The clean Debian is a folder below /var/tmp with mount, process and network namespaces of its own; it goes at the end.
# Its network is slirp4netns: what listens in it meets nothing of this machine. Certificates that this machine's
# NODE_EXTRA_CA_CERTS names are taken along, since npm may need them.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
namespaces=(--pid --fork --kill-child --mount-proc)
. "$here/tests/clean-root.sh"

main() {
  export way=embedded debian=trixie whole=
  while [ $# -gt 0 ]; do
    case $1 in
      --way) way=$2 && shift 2 ;;
      --debian) debian=$2 && shift 2 ;;
      --test) whole=yes && shift ;;
      *) fail "no such option: $1" ;;
    esac
  done
  exec 3>&1 1>&2
  work=$(mktemp -d /var/tmp/drydock-newcomer.XXXXXX)
  chmod 755 "$work"
  root=$work/root
  trap end_all EXIT
  timed 'clean Debian' make_clean_root "$debian" "$root"
  take_along
  network_of_its_own
  # Two lab hosts on one machine are told apart by their run directories.
  export run_dir=/run/drydock-newcomer-$$
  nsenter --net="$work/net" bash "$0" around "$root"
  cat "$root/root/figures.json" >&3
}

take_along() {
  git clone -q --bare "$here" "$root/srv/drydock.git"
  echo 'nameserver 10.0.2.3' > "$root/etc/resolv.conf"
  [ ! -e "${NODE_EXTRA_CA_CERTS:-}" ] || cp "$NODE_EXTRA_CA_CERTS" "$root/srv/certificates.pem"
}

network_of_its_own() {
  touch "$work/net"
  unshare --net="$work/net" true
  slirp4netns --configure --mtu=65520 --disable-host-loopback --netns-type=path "$work/net" tap0 \
    > "$work/slirp.log" 2>&1 &
  slirp=$!
  nsenter --net="$work/net" bash -c 'for ((i = 0; i < 100; i++)); do [ -z "$(ip route)" ] || exit 0; sleep 0.1; done' \
    || fail 'slirp4netns gives no way out'
  nsenter --net="$work/net" ip link set lo up
}

end_all() {
  [ -z "${slirp:-}" ] || kill "$slirp" || true
  umount "$work/net" 2> /dev/null || true
  rm -rf --one-file-system "$work"
}

around() {
  own_namespaces env -i "PATH=$debian_path" HOME=/root LANG=C.UTF-8 \
    "way=$way" "debian=$debian" "whole=$whole" "run_dir=$run_dir" bash "$0" inside "$1"
}

inside() {
  keeps_younger_ones "$1"
  enter_clean_root "$1"
  trap take_down EXIT
  local certificates=/srv/certificates.pem
  [ ! -e "$certificates" ] || export NODE_EXTRA_CA_CERTS=$certificates npm_config_cafile=$certificates
  export DEBIAN_FRONTEND=noninteractive
  cd /root
  measured packages get_packages
  [ "$way" != container ] || measured engine get_engine
  measured clone git clone -q /srv/drydock.git drydock
  cd drydock
  echo "RUN_DIR=$run_dir" > .env
  measured start until_ready
  sed 's/^/    /' ../start.log
  node_modules/node/bin/node tests/newcomer/first-repair.ts http://127.0.0.1:4400 > ../repair.json
  cat ../repair.json
  npm run --silent lab -- down
  measured secondStart until_ready
  [ -z "$whole" ] || measured test npm test
  local seconds
  seconds=$(paste -sd, ../figures)
  printf '{"debian":"%s","way":"%s","cores":%s,"seconds":{%s},"firstRepair":%s}\n' \
    "$debian" "$way" "$(nproc)" "$seconds" "$(cat ../repair.json)" > ../figures.json
}

get_packages() {
  local more=
  [ -z "$whole" ] || more=chromium
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends git ca-certificates nodejs npm $more > /dev/null
}

# As one finds it on the machine of somebody who has one.
get_engine() {
  apt-get install -y -qq --no-install-recommends docker.io docker-cli iptables > /dev/null
  dockerd > /var/log/dockerd.log 2>&1 &
  local waited
  for ((waited = 0; waited < 300; waited++)); do
    ! docker version > /dev/null 2>&1 || break
    sleep 0.1
  done
  docker version > /dev/null
  echo 'LAB_HOST=container' > /root/lab-host
}

until_ready() {
  [ ! -e /root/lab-host ] || export LAB_HOST=container
  npm start > ../start.log 2>&1 < /dev/null &
  local waited started=$!
  for ((waited = 0; waited < 3600; waited++)); do
    ! grep -q '^ready in' ../start.log || return 0
    kill -0 "$started" 2> /dev/null || break
    sleep 0.5
  done
  cat ../start.log
  fail 'not ready'
}

# One line `"name":seconds` in figures.
measured() {
  local name=$1 before
  before=$(date +%s%N)
  shift
  say "$name: $*"
  "$@"
  local tenths=$((($(date +%s%N) - before) / 100000000))
  echo "\"$name\":$((tenths / 10)).$((tenths % 10))" | tee -a /root/figures
}

take_down() {
  cd /root/drydock 2> /dev/null || return 0
  npm run --silent lab -- clean --yes || true
}

case ${1:-} in
  around | inside) "$@" ;;
  *) main "$@" ;;
esac
