#!/bin/bash
# The lab host in a container as a user has it: image, container, relay, a proof, adoption, down, clean; on an engine that
# is made for it. As root (the engine is the machine's to start), offline but for a Debian mirror:
#
#   tests/container/outside.sh remapped|stock [BASE.tar]
#
# BASE.tar: a Debian trixie to start the image from, instead of one made here. All goes at the end.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
way=$1
work=$(mktemp -d /var/tmp/drydock-outside.XXXXXX)
chmod 755 "$work"
export DOCKER_HOST=unix://$work/engine/engine.sock LAB_HOST=container STATE_DIR=$work/state RUN_DIR=$work/run
code=0

main() {
  trap 'end' EXIT
  bash "$here/tests/container/engine.sh" up "$way" "$work/engine"
  [ -z "${1:-}" ] || docker import "$1" debian:trixie-slim > /dev/null
  step 'first start: image, container, labs’ images' ensured true
  id=$(container_id)
  step 'privilege' least_privilege
  step "prove ${SCENARIO:=overview/stop-takes-ten-seconds}" cli lab prove "$SCENARIO"
  step 'adopted: nothing is made' adopted "$id" false
  step 'the relay is back after the container was restarted' restarted
  step 'a stopped container is started' started_again "$id"
  step 'the relay is private' private_relay
  step 'down: container and relay are gone, volume and image stay' down
  step 'start from the volume' ensured true
  step 'clean: nothing is left in the engine' clean
  return "$code"
}

step() {
  local what=$1 before=$SECONDS result=ok
  shift
  "$@" || { result=FAILED code=1; }
  echo "── $what: $result, $((SECONDS - before)) s"
}

# What `npm start` does about the lab host; it stays. $1: whether it must have been started by this.
ensured() {
  local said
  said=$(node24 --input-type=module -e "
    const { loadConfig } = await import('$here/server/config.ts');
    const { ensureContainerLabHost } = await import('$here/server/cli/host/container/index.ts');
    const { rememberUp } = await import('$here/server/cli/host/ways.ts');
    const config = loadConfig();
    const host = await ensureContainerLabHost(config);
    rememberUp(config.stateDir, 'container');
    const status = await host.client.status();
    console.error(JSON.stringify(status));
    console.log(host.startedHere);
    process.exit(0);")
  [ "$said" = "$1" ]
}

least_privilege() {
  local privileged capabilities devices
  privileged=$(docker inspect -f '{{.HostConfig.Privileged}}' "$id")
  capabilities=$(docker inspect -f '{{.HostConfig.CapAdd}}' "$id")
  devices=$(docker inspect -f '{{range .Mounts}}{{.Source}} {{end}}' "$id")
  echo "   privileged: $privileged, capabilities: $capabilities, mounted: $devices"
  [ "$(docker inspect -f '{{len .NetworkSettings.Ports}}' "$id")" = 0 ] || return 1
  [ "$way" = stock ] || { [ "$privileged" = false ] && [[ $devices != *' /dev '* ]]; }
}

adopted() { ensured "$2" && [ "$(container_id)" = "$1" ]; }

restarted() {
  docker restart -t 60 "$id" > /dev/null
  local socket=$RUN_DIR/agent.sock
  for _ in $(seq 600); do
    ! curl -sf -m 5 --unix-socket "$socket" http://agent/status > /dev/null || return 0
    sleep 0.2
  done
  return 1
}

started_again() {
  docker stop "$id" > /dev/null
  adopted "$1" true
}

private_relay() {
  [ "$(stat -c %a "$RUN_DIR/agent.sock")" = 600 ] && grep -q relay/outside.ts "/proc/$(cat "$RUN_DIR/relay.pid")/cmdline"
}

down() {
  local relay
  relay=$(cat "$RUN_DIR/relay.pid")
  cli lab down || return 1
  [ ! -d "/proc/$relay" ] && [ -z "$(docker ps -aq)" ] && [ -n "$(docker volume ls -q)" ] && [ -n "$(docker image ls -q drydock/lab-host)" ]
}

clean() {
  cli lab clean --yes || return 1
  [ -z "$(docker ps -aq)$(docker volume ls -q)$(docker image ls -q 'drydock/*')" ] && [ ! -e "$STATE_DIR" ] && [ ! -e "$RUN_DIR" ]
}

container_id() { docker ps -q --no-trunc --filter label=org.drydock.lab-host; }
node24() { "$here/node_modules/node/bin/node" --disable-warning=ExperimentalWarning "$@"; }
cli() { node24 "$here/server/cli/main.ts" "$@" < /dev/null; }

end() {
  [ ! -e "$RUN_DIR/relay.pid" ] || kill "$(cat "$RUN_DIR/relay.pid")" || true
  bash "$here/tests/container/engine.sh" down "$way" "$work/engine" || true
  rm -rf --one-file-system "$work"
}

main "${2:-}"
