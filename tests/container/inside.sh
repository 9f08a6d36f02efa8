#!/bin/bash
# The lab host inside a container of an engine that is made for it: what the machine's own lab host is tested with, in there.
# As root, offline but for a Debian mirror:
#
#   tests/container/inside.sh remapped|stock [IMAGE.tar]
#
# `remapped`: no privilege, two user namespaces deep; `stock`: privileged, or what comes next to it on this machine.
# Without IMAGE.tar, a root file system with the lab host's packages, one is made. All goes at the end.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
way=$1
work=$(mktemp -d /var/tmp/drydock-inside.XXXXXX)
chmod 755 "$work"
export DOCKER_HOST=unix://$work/engine/engine.sock IMAGE=lab-host:test
code=0

main() {
  trap 'bash "$here/tests/container/engine.sh" down "$way" "$work/engine"; rm -rf --one-file-system "$work"' EXIT
  bash "$here/tests/container/engine.sh" up "$way" "$work/engine"
  image "${1:-}"
  container
  step doctor drydock doctor
  step 'lab host, images' keep
  step 'tests/lab-host' inside node_modules/node/bin/node node_modules/vitest/vitest.mjs run --configLoader runner --config tests/lab-host/vitest.config.ts
  # One of memory, one of data, one of networks.
  for scenario in ${SCENARIOS:-running/killed-at-startup volumes/permission-denied networking/dns-default-bridge}; do
    step "prove $scenario" drydock lab prove "$scenario"
  done
  step escape drydock escape
  step down drydock lab down
  return "$code"
}

image() {
  local tar=$1
  if [ -z "$tar" ]; then
    tar=$work/image.tar
    mapfile -t options < <(grep -v '^#' "$here/labs/_images/base/options" | grep -v '^trixie$')
    mmdebstrap --quiet --format=tar "${options[@]}" --aptopt='APT::Install-Recommends "false"' --include="$packages" trixie "$tar"
  fi
  docker import "$tar" "$IMAGE" > /dev/null
}
packages=docker.io,docker-cli,runc,uidmap,jq,iproute2,iptables,e2fsprogs,squashfuse,slirp4netns,squashfs-tools,mmdebstrap,mount,util-linux,procps,ca-certificates,git

container() {
  mapfile -t flags < <(bash "$here/tests/container/engine.sh" flags "$way" "$work/engine")
  docker run -d --name lab-host "${flags[@]}" -v lab-host:/var/lib/drydock -v "$here:/opt/drydock:ro" "$IMAGE" sleep infinity > /dev/null
  # What `--privileged` does by itself; in a user namespace the runtime `lab` has done it.
  [ "$way" = remapped ] || docker exec lab-host sh -c '
    for mount in /sys /sys/fs/cgroup /sys/fs/cgroup/*/; do mount -o remount,rw,bind "$mount" || mount -o remount,rw "$mount"; done'
}

inside() { docker exec -i -w /opt/drydock -e STATE_DIR=/var/lib/drydock -e RUN_DIR=/run/drydock lab-host "$@" < /dev/null; }

drydock() { inside node_modules/node/bin/node --disable-warning=ExperimentalWarning server/cli/main.ts "$@"; }

# As `npm start` does; the commands that follow find it, and leave it.
keep() {
  inside node_modules/node/bin/node --disable-warning=ExperimentalWarning --input-type=module -e "
    const { ensureLabHost } = await import('/opt/drydock/server/cli/host/ensure-lab-host.ts');
    const { client } = await ensureLabHost({ stateDir: '/var/lib/drydock', runDir: '/run/drydock' });
    console.log(JSON.stringify(await client.status()));
    process.exit(0);"
}

step() {
  local what=$1 before=$SECONDS result=ok
  shift
  "$@" || { result=FAILED code=1; }
  echo "── $what: $result, $((SECONDS - before)) s"
}

main "${2:-}"
