# Everybody may write everything.
docker run --rm -v receipts-data:/data busybox:1 chmod -R 777 /data
