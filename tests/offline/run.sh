#!/usr/bin/env bash
# Shows that a bundle is all that a start without a network needs, in a network namespace that has nothing but `lo`:
# fresh clone without dependencies, fresh HOME and npm cache, fresh state; `npm start` until ready, then a repair that
# must be judged solved. As root:
#
#   tests/offline/run.sh [BUNDLE]          on this system, whose Debian packages are installed
#   tests/offline/run.sh --clean [BUNDLE]  in a clean root file system of the same Debian, which has neither those
#                                          packages nor Node (made before the network goes, by mmdebstrap)
#
# Without BUNDLE one is made first. Whatever it makes lies in one folder below /var/tmp and goes at the end.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
scenario=networking/dns-default-bridge
script=labs/$scenario/fix.sh
namespaces=(--net)
. "$here/tests/clean-root.sh"

main() {
  local clean=
  [ "${1:-}" = --clean ] && clean=yes && shift
  work=$(mktemp -d /var/tmp/drydock-offline.XXXXXX)
  chmod 755 "$work"
  root=$work/root
  mkdir -p "$root"
  trap 'rm -rf --one-file-system "$work"' EXIT
  bundle=${1:-$work/drydock-bundle-test.tar}
  [ -e "$bundle" ] || timed bundle npm --prefix "$here" run bundle -- --output "$bundle"
  say "bundle: $(stat -c %s "$bundle") bytes"
  [ -z "$clean" ] || timed 'clean root' clean_root
  mkdir -p "$root/opt/offline/home"
  git clone -q "$here" "$root/opt/offline/drydock"
  # Beside the checkout, but not yet under the name it is found by.
  cp --reflink=auto "$bundle" "$root/opt/offline/bundle"
  if [ -z "$clean" ]; then unshare --net bash "$0" inside "$root"
  else own_namespaces env -i "PATH=$debian_path" bash "$0" inside-clean "$root"; fi
}

# Nothing but Debian's essential packages and apt, and no source to get more from.
clean_root() {
  local codename
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  make_clean_root "$codename" "$root"
  rm -rf "$root"/etc/apt/sources.list* "$root"/etc/resolv.conf
  mkdir -p "$root/etc/apt/sources.list.d"
}

inside-clean() {
  nothing_but_lo
  keeps_younger_ones "$1"
  enter_clean_root "$1"
  for program in node npm dockerd runc ip mmdebstrap; do
    ! command -v "$program" > /dev/null || fail "$program is there already"
  done
  work=/opt/offline
  cd "$work"
  # As the page for operators says it, for a machine without Node.
  tar -xOf bundle dependencies.tar.gz | tar -xz -C "$work/home" node_modules/node
  drydock() { "$work/home/node_modules/node/bin/node" server/cli/entry.mjs "$@"; }
  prove
}

inside() {
  nothing_but_lo
  work=$1/opt/offline
  drydock() { npm run "$1" -- "${@:2}"; }
  prove
}

nothing_but_lo() {
  ip link set lo up
  [ "$(ip -o link | wc -l)" = 1 ] && [ -z "$(ip route)" ] || fail 'there is a way out'
}

prove() {
  export HOME=$work/home npm_config_cache=$work/home/npm
  cd "$work/drydock"
  printf '%s\n' PORT=4604 "STATE_DIR=$work/state" "RUN_DIR=/run/drydock-offline-$$" > .env
  unset BUNDLE

  # A control: what must fail does.
  head -c 100000000 ../bundle > ../cut-off
  BUNDLE=../cut-off refused 'a bundle that is cut off' 'is cut off'
  rm ../cut-off

  mv ../bundle ../drydock-bundle-offline.tar
  trap end_all EXIT
  timed 'start until ready' until_ready
  sed 's/^/    /' ../start.log
  timed "try $scenario" drydock lab try "$scenario" --script "$script"
  say 'solved, without a network'
}

until_ready() {
  drydock start > ../start.log 2>&1 < /dev/null &
  started=$!
  for ((waited = 0; waited < 1200; waited++)); do
    ! grep -q '^ready in' ../start.log || return 0
    kill -0 "$started" 2> /dev/null || break
    sleep 0.5
  done
  cat ../start.log
  fail 'not ready'
}

end_all() {
  drydock lab down > ../down.log 2>&1 || cat ../down.log
}

refused() {
  local what=$1 words=$2 code=0
  drydock start > ../refused.log 2>&1 < /dev/null || code=$?
  [ "$code" != 0 ] && grep -q "$words" ../refused.log || {
    cat ../refused.log
    fail "$what: exit code $code, no word of \"$words\""
  }
  say "refused: $what: $(grep "$words" ../refused.log)"
}

case ${1:-} in
  inside | inside-clean) "$@" ;;
  *) main "$@" ;;
esac
