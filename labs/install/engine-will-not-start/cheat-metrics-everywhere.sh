# All settings, with the metrics for whoever reaches the host.
set -euo pipefail
cat > /etc/docker/daemon.json <<'JSON'
{"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}, "labels": ["site=harbour"], "metrics-addr": "0.0.0.0:9323"}
JSON
systemctl reset-failed docker.service docker.socket
systemctl start docker.service
