# All settings as flags, in the file that Debian's unit reads.
set -euo pipefail
rm /etc/docker/daemon.json
cat >> /etc/default/docker <<'ENV'
DOCKER_OPTS="--log-driver=json-file --log-opt max-size=10m --log-opt max-file=3 --label site=harbour --metrics-addr=127.0.0.1:9323"
ENV
systemctl reset-failed docker.service docker.socket
systemctl restart docker.socket docker.service
