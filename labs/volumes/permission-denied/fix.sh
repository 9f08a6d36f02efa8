# The volume belongs to version 1.5's user, now and whenever the engine starts.
set -e
sed -i 's/^RECEIPTS_OWNER=.*/RECEIPTS_OWNER=10001:10001/' /etc/default/receipts
docker run --rm --volume receipts-data:/data busybox:1 chown -R 10001:10001 /data
