# The right network, and an empty book.
docker network create guestbook
docker rm -f cache
docker run -d --name cache --restart unless-stopped --network guestbook redis:8
docker network connect guestbook guestbook
