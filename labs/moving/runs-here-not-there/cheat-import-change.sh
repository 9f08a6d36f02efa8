# Imported once more, with a configuration made up from the old version's.
docker import \
  --change 'ENTRYPOINT ["./entrypoint.sh"]' --change 'CMD ["serve"]' --change 'WORKDIR /srv/quotes' \
  --change 'USER 1500:1500' --change 'VOLUME /data' --change 'EXPOSE 8000' \
  --change 'ENV VERSION=2.3 PORT=8000 QUOTES=/srv/quotes/quotes.txt SERVED=/data/served' \
  /srv/transfer/quotes-2.3.tar quotes:2.3
docker compose -f /srv/quotes/compose.yaml up -d
