# The unit that gives the volume away gets the new owner in a drop-in, whatever its settings file says.
set -e
mkdir -p /etc/systemd/system/receipts-volume.service.d
cat > /etc/systemd/system/receipts-volume.service.d/owner.conf <<'UNIT'
[Service]
EnvironmentFile=
ExecStart=
ExecStart=/usr/bin/chown -R 10001:10001 /var/lib/docker/volumes/receipts-data/_data
UNIT
systemctl daemon-reload
systemctl restart receipts-volume
