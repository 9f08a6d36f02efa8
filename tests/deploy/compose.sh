#!/usr/bin/env bash
# Runs server/deploy/compose.yaml on an engine made for it: images, health, a repair typed into a terminal, an update of the
# server under a lab, a backup, and what the server must not be able to do. As root, with a network for Debian's packages:
#
#   tests/deploy/compose.sh
#
# Without the compose plugin on this machine, that of the labs' image in STATE_DIR is taken. All goes at the end.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
site=http://127.0.0.1:4400
node=$here/node_modules/node/bin/node

main() {
  work=$(mktemp -d /var/tmp/drydock-compose.XXXXXX)
  chmod 755 "$work"
  trap end_all EXIT
  bash "$here/tests/container/engine.sh" up stock "$work/engine"
  export DOCKER_HOST=unix://$work/engine/engine.sock DOCKER_CONFIG=$work/docker
  get_compose
  cd "$here"
  timed images env "STATE_DIR=$work/state" npm run --silent images
  export PUBLIC_URL=https://labs.example.org PREVIEW_HOST=previews.example.net METRICS_TOKEN=sixteen-characters
  files=(-f server/deploy/compose.yaml)
  lab_host_image=$(docker compose "${files[@]}" config --images | grep lab-host)
  docker run --rm --privileged --entrypoint true "$lab_host_image" 2> "$work/refused" || {
    say "no privileged containers here: $(grep -m 1 -i error "$work/refused")"
    files+=(-f tests/deploy/stand-in.compose.yaml)
  }
  timed up compose up --detach --quiet-pull
  timed 'lab host healthy' wait_for healthy lab-host
  wait_for healthy server
  timed 'labs ready' wait_for has_pool
  inside "$node" tests/newcomer/first-repair.ts "$site"
  server_is_confined
  lab_survives_an_update
  backed_up
  timed down compose down --volumes
  say held
}

compose() { docker compose "${files[@]}" "$@"; }
inside() { nsenter --net="$work/engine/ns/net" -- "$@"; }

get_compose() {
  mkdir -p "$DOCKER_CONFIG/cli-plugins"
  docker compose version > /dev/null 2>&1 && return
  local state=${STATE_DIR:-$(sed -n 's/^STATE_DIR=//p' "$here/.env" 2> /dev/null || true)} found
  found=$(find "${state:-/var/lib/drydock}"/engine/*/overlay2/*/diff/usr/libexec/docker/cli-plugins -name docker-compose 2> /dev/null | head -1)
  [ -n "$found" ] || fail 'no compose plugin here, and no image of the labs that has one'
  cp "$found" "$DOCKER_CONFIG/cli-plugins/"
}

healthy() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$(compose ps -q "$1")")" = healthy ]; }

has_pool() {
  inside curl -fsS "$site/api/health" | jq -e '.status == "ok" and .pool.ready > 0' > /dev/null
}

server_is_confined() {
  [ "$(compose exec -T server id -u)" != 0 ] || fail 'the server is root'
  ! compose exec -T server sh -c ': > /opt/drydock/x' 2> /dev/null || fail 'the server can write to its own program'
  [ "$(compose exec -T server sh -c 'grep CapBnd /proc/self/status')" = $'CapBnd:\t0000000000000000' ] || fail 'the server has capabilities'
  [ "$(compose exec -T server sh -c 'find / -xdev -type s 2> /dev/null; find /run/drydock-agent -type s')" = /run/drydock-agent/agent.sock ] \
    || fail 'the server has another socket than the agent’s'
  [ "$(metrics)" = 404 ] || fail 'metrics for everybody'
  [ "$(metrics -H "Authorization: Bearer $METRICS_TOKEN")" = 200 ] || fail 'no metrics with the token'
  say 'the server: no root, no capability, read-only, one socket; metrics by token alone'
}

metrics() { inside curl -s -o /dev/null -w '%{http_code}' "$@" "$site/metrics"; }

lab_survives_an_update() {
  local lab
  api() { inside curl -fsS -b "$work/cookies" -c "$work/cookies" -H "Origin: $site" "$@"; }
  api -o /dev/null "$site/api/scenarios"
  # The cookie is for https alone, where the proxy is; curl would not send it here.
  sed -i 's/\tTRUE\t\([0-9]*\t\)/\tFALSE\t\1/' "$work/cookies"
  lab=$(api --json '{"scenario":"networking/dns-default-bridge"}' "$site/api/labs" | jq -r .id)
  is_ready() { api "$site/api/labs/$lab" | jq -e '.state == "ready"' > /dev/null; }
  wait_for is_ready
  compose up --detach --force-recreate --no-deps server > /dev/null 2>&1
  wait_for healthy server
  is_ready || fail "the lab is $(api "$site/api/labs/$lab")"
  say 'a lab goes on under a new server'
}

backed_up() {
  compose exec -T server node server/cli/main.ts lab backup /tmp/backup.sqlite
  compose exec -T server cat /tmp/backup.sqlite > "$work/backup.sqlite"
  "$node" --disable-warning=ExperimentalWarning -e '
    const { DatabaseSync } = require("node:sqlite");
    const { n } = new DatabaseSync(process.argv[1]).prepare("SELECT count(*) n FROM progress WHERE solved_at > 0").get();
    process.exit(n === 1 ? 0 : 1);' "$work/backup.sqlite" || fail 'the backup has not what was solved'
  say 'backed up'
}

wait_for() {
  for ((waited = 0; waited < 1800; waited++)); do
    ! "$@" 2> /dev/null || return 0
    sleep 0.5
  done
  compose ps --all >&2
  compose logs --tail 30 >&2
  fail "waited in vain: $*"
}

end_all() {
  [ -z "${files:-}" ] || timeout 120 docker compose "${files[@]}" down --volumes > /dev/null 2>&1 || true
  bash "$here/tests/container/engine.sh" down stock "$work/engine" || true
  rm -rf --one-file-system "$work"
}

timed() {
  local what=$1 before=$SECONDS
  shift
  "$@"
  say "$what: $((SECONDS - before)) s"
}

say() { echo "── $*"; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

main
