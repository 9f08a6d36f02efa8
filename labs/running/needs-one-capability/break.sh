set -euo pipefail

main() {
  mkdir -p /srv/lighthouse
  cd /srv/lighthouse
  cp -r "$FILES"/. .
  find . -exec touch -d '3 days ago' {} +
  touch -d '2 hours ago' compose.yaml

  docker compose --progress quiet up -d quay buoy
  docker compose --progress quiet create lighthouse
  write_log "$(docker volume inspect -f '{{.Mountpoint}}' lighthouse-log)"
  docker compose --progress quiet start lighthouse
  until curl -fs http://127.0.0.1:8080/status | grep -q unknown; do sleep 0.1; done
}

# What it saw until it was hardened two hours ago, a line a minute, and owned by the user it has now.
write_log() {
  local ago at
  for ago in $(seq 180 -1 121); do
    at=$(date -u -d "$ago minutes ago" +%Y-%m-%dT%H:%M:%SZ)
    printf '{"at": "%s", "quay": "up", "buoy": "up", "wreck": "down"}\n' "$at"
  done > "$1/log.jsonl"
  chown -R 1000:1000 "$1"
  chmod 644 "$1/log.jsonl"
}

main
