# A unit of the host's own in place of the package's, without systemd's socket: the sockets are the file's business.
set -euo pipefail
sed -i 's/"max-file": 3/"max-file": "3"/; s/"site=harbour"\]/&,/; s/, "tcp:.*"\]/]/' /etc/docker/daemon.json
sed 's| -H fd://||; /^Requires=docker.socket/d; s/ docker\.socket//' /usr/lib/systemd/system/docker.service > /etc/systemd/system/docker.service
systemctl daemon-reload
systemctl disable --now docker.socket
systemctl reset-failed docker.service
systemctl enable --now docker.service
