# A volume of the right owner, and empty.
docker volume create receipts-new
docker run --rm -v receipts-new:/data busybox:1 sh -c 'mkdir /data/harbour /data/market /data/station && chown -R 10001:10001 /data'
sed -i 's/- receipts-data:\/data/- receipts-new:\/data/; s/^  receipts-data:$/&\n    external: true\n  receipts-new:/' /srv/receipts/compose.yaml
docker compose -f /srv/receipts/compose.yaml up -d
