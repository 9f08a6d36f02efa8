# The sockets stay in the file, without the one on the network; a drop-in takes the flag away from the command line.
set -euo pipefail
jq . > /etc/docker/daemon.json <<'JSON'
{
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "3" },
  "labels": ["site=harbour"],
  "metrics-addr": "127.0.0.1:9323",
  "hosts": ["unix:///var/run/docker.sock"]
}
JSON
mkdir -p /etc/systemd/system/docker.service.d
cat > /etc/systemd/system/docker.service.d/hosts.conf <<'UNIT'
[Service]
ExecStart=
ExecStart=/usr/sbin/dockerd --containerd=/run/containerd/containerd.sock
UNIT
systemctl daemon-reload
systemctl reset-failed docker.service docker.socket
systemctl restart docker.service
