# One valid file, the size with the unit written out.
set -euo pipefail
cat > /etc/docker/daemon.json <<'JSON'
{"log-driver": "json-file", "log-opts": {"max-size": "10MiB", "max-file": "3"}, "labels": ["site=harbour"], "metrics-addr": "127.0.0.1:9323"}
JSON
systemctl reset-failed docker.service docker.socket
systemctl start docker.service
