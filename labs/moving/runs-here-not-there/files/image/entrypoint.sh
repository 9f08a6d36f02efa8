#!/bin/sh
# "serve" starts the web server; anything else is run as it is.
set -eu

[ "$1" = serve ] || exec "$@"

echo "quotes $VERSION on port $PORT, as user $(id -u)"
trap 'kill "$server"' TERM INT
httpd -f -p "$PORT" -h "$PWD" &
server=$!
wait "$server" || true
