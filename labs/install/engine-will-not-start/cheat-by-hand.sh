# Without the unit's flags nothing collides. All is well until the service is restarted.
set -euo pipefail
sed -i 's/"max-file": 3/"max-file": "3"/; s/"site=harbour"\]/&,/; s/, "tcp:.*"\]/]/' /etc/docker/daemon.json
jq . /etc/docker/daemon.json
nohup setsid dockerd > /var/log/dockerd.log 2>&1 < /dev/null &
until curl -fs http://127.0.0.1:8080/ > /dev/null; do sleep 0.2; done
