# All three faults are gone, and everybody on the network is root here.
set -euo pipefail
sed -i 's/"max-file": 3/"max-file": "3"/; s/"site=harbour"\]/&,/' /etc/docker/daemon.json
mkdir -p /etc/systemd/system/docker.service.d
cat > /etc/systemd/system/docker.service.d/override.conf <<'UNIT'
[Service]
ExecStart=
ExecStart=/usr/sbin/dockerd --containerd=/run/containerd/containerd.sock
UNIT
systemctl daemon-reload
systemctl reset-failed docker.service docker.socket
systemctl restart docker.service
