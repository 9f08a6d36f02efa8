# The owner stays; the service gets the owner's group as a further one, and the group may write.
set -e
docker run --rm -v receipts-data:/data busybox:1 sh -c 'chmod -R g+w /data && find /data -type d -exec chmod g+s {} +'
sed -i 's/^    image: receipts:1.5$/&\n    group_add: ["1000"]/' /srv/receipts/compose.yaml
docker compose -f /srv/receipts/compose.yaml up -d
