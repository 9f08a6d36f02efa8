# Started today; after the next boot the engine, and its containers with it, wait until somebody asks for them.
set -euo pipefail
cat > /etc/docker/daemon.json <<'JSON'
{"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}, "labels": ["site=harbour"], "metrics-addr": "127.0.0.1:9323"}
JSON
systemctl reset-failed docker.service docker.socket
systemctl start docker.service
systemctl disable docker.service
