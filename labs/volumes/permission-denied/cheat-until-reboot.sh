# The right owner, until the unit that runs before the engine puts the old one back.
docker run --rm -v receipts-data:/data busybox:1 chown -R 10001:10001 /data
