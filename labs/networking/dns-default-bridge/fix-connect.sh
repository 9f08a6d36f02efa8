# Both join a new network while they run; nothing is recreated.
set -e
docker network create guestbook
docker network connect guestbook cache
docker network connect guestbook guestbook
