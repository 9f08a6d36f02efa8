# An image of one's own on top of 1.5, with the user to whom everything belongs already.
set -e
printf 'FROM receipts:1.5\nUSER 1000:1000\n' | docker build -q -t receipts:1.5-uid1000 -
sed -i 's/^    image: receipts:1.5$/&-uid1000/' /srv/receipts/compose.yaml
docker compose -f /srv/receipts/compose.yaml up -d
