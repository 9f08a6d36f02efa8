# The right setting, made in the network namespace that happens to be there: the next start makes a new one.
set -euo pipefail
cd /srv/lighthouse
sed -i '/^    read_only: true/ a\    environment:\n      ICMP: datagram' compose.yaml
docker compose up -d
nsenter --target "$(docker inspect -f '{{.State.Pid}}' lighthouse)" --net sysctl -w net.ipv4.ping_group_range='1000 1000'
