#!/bin/sh
set -e

# "docker run node app.js" and "docker run node --version" mean node; anything that is a program is run as it is.
if [ "${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then
  set -- node "$@"
fi

exec "$@"
