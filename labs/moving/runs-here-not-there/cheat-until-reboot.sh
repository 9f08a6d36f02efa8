# The right image in a container that nothing starts again.
docker --context build save quotes:2.3 | docker load
docker rm -f quotes
docker run -d --name quotes -p 8080:8000 -v quotes-data:/data quotes:2.3
