# Back to the version that could write.
sed -i 's/receipts:1.5/receipts:1.4/' /srv/receipts/compose.yaml
docker compose -f /srv/receipts/compose.yaml up -d
