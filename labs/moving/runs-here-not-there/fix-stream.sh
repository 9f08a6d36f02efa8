# The same without a file, and started by hand.
set -e
docker --context build save quotes:2.3 | gzip -1 | docker load
docker rm -f quotes
docker run -d --name quotes --restart always -p 8080:8000 -v quotes-data:/data quotes:2.3
docker image prune -f
