#!/bin/sh
set -e

# "docker run redis --appendonly yes" and "docker run redis /etc/redis.conf" mean the server.
case "$1" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

# Started as root: own the data, then go on as redis.
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' +
  exec setpriv --reuid redis --regid redis --clear-groups "$0" "$@"
fi

if [ "$1" = redis-server ]; then
  [ "$(umask)" != 0022 ] || umask 0077
  # Other containers may connect, as in the image people know, unless the configuration speaks of it.
  case "$*" in
    *protected-mode*) ;;
    *) { [ -r "$2" ] && grep -q '^ *protected-mode' "$2"; } || set -- "$@" --protected-mode no ;;
  esac
fi

exec "$@"
