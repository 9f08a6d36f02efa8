set -euo pipefail
cd /srv

main() {
  place
  live_with_notes
  rotate_passwords
}

place() {
  cp -r "$FILES/notes" /srv/notes
  cd /srv/notes
  install -m 600 "$FILES/env.before" .env
  touch -d '14 months ago' .env compose.yaml web.conf initdb/10-notes.sh initdb .
}

live_with_notes() {
  quietly docker compose up --detach --wait db
  docker compose exec -T --user postgres db psql --quiet --username notes --dbname notes < "$FILES/notes.sql"
}

# What the colleague did: stop everything, write the new passwords, start everything.
rotate_passwords() {
  quietly docker compose down
  cp --preserve=mode,timestamps .env .env.bak
  cat "$FILES/env.after" > .env
  if quietly docker compose up --detach; then
    echo 'the stack came up: nothing is broken' >&2
    return 1
  fi
}

quietly() {
  "$@" > /dev/null 2>&1
}

main
