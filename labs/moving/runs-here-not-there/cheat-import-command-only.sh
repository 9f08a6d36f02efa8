# A command, and nothing else of what was lost: it runs as root and stops at its first variable.
docker import --change 'CMD ["/srv/quotes/entrypoint.sh", "serve"]' /srv/transfer/quotes-2.3.tar quotes:2.3
docker compose -f /srv/quotes/compose.yaml up -d
