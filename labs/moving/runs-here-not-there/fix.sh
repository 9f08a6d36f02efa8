# The image is saved where it was tested and loaded here, in a file that may be carried.
set -e
docker --context build image save --output /srv/transfer/quotes-2.3.tar quotes:2.3
docker image load --input /srv/transfer/quotes-2.3.tar
docker compose --file /srv/quotes/compose.yaml up --detach
