# The right image, without the volume.
docker --context build save quotes:2.3 | docker load
docker rm -f quotes
docker run -d --name quotes --restart unless-stopped -p 8080:8000 quotes:2.3
