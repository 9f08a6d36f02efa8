set -euo pipefail

main() {
  place_files
  write_history
  start_orders
  docker compose --progress quiet up -d till
  sleep_until till_has_sold
  rm -rf /root/.docker # the build's
}

place_files() {
  mkdir -p /srv/shop
  cp -r "$FILES"/. /srv/shop/
  cd /srv/shop
  chmod 755 orders/start.sh till/resend.sh
}

# The ledger knows 1001 to 1046; the file ends with 1040, the last order of yesterday.
write_history() {
  local number at items menu=('1 espresso' '2 espresso' '1 cappuccino, 1 brioche' '1 caffe latte' '3 espresso, 2 cantuccini' '1 tea')
  for number in $(seq 1001 1046); do
    at=$(moment_of "$number")
    items=${menu[number % 6]}
    echo "$number $at $items" >> till/ledger.txt
    if [ "$number" -le 1040 ]; then
      printf '{"number": %d, "at": "%s", "items": "%s"}\n' "$number" "$at" "$items" >> orders.jsonl
    fi
  done
  find . -mindepth 1 ! -name ledger.txt -exec touch -d '9 days ago' {} +
}

# Yesterday a sale every eleven minutes up to 20 hours ago; this morning one every minute until now.
moment_of() {
  local ago=$((20 * 3600 + (1040 - $1) * 660))
  if [ "$1" -gt 1040 ]; then ago=$(((1047 - $1) * 60)); fi
  date -u -d "@$(($(date +%s) - ago))" +%Y-%m-%dT%H:%M:%SZ
}

start_orders() {
  docker compose --progress quiet build orders
  docker compose --progress quiet create orders
  local volume
  volume=$(docker volume inspect -f '{{.Mountpoint}}' shop-orders)
  mv orders.jsonl "$volume/"
  touch -d '20 hours ago' "$volume/orders.jsonl"
  docker compose --progress quiet start orders
  sleep_until curl -fs -o /dev/null http://127.0.0.1:8080/orders
  till/resend.sh 1041 > /dev/null
}

till_has_sold() {
  curl -fs http://127.0.0.1:8080/orders | jq -e '.waiting | index(1046) and index(1047)' > /dev/null
}

sleep_until() {
  local tries
  for tries in $(seq 150); do
    "$@" && return
    sleep 0.1
  done
  echo "waited in vain for: $*" >&2
  return 1
}

main
