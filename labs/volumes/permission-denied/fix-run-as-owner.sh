# The process gets the user to whom everything belongs already.
set -e
sed -i 's/^    image: receipts:1.5$/&\n    user: "1000:1000"/' /srv/receipts/compose.yaml
docker compose -f /srv/receipts/compose.yaml up -d
