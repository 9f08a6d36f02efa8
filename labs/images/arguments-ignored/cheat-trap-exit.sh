# A shell that handles the signal by leaving: a quick stop with exit code 0, and the program is killed without a word.
# Looks right until the restart of the hold.
set -euo pipefail
cd /srv/tides
cat > entrypoint.sh << 'END'
#!/bin/sh
trap 'exit 0' TERM
python3 tides.py --unit "$TIDE_UNIT" "$@" &
wait
END
chmod +x entrypoint.sh
sed -i 's|^COPY tides.py .*|COPY tides.py entrypoint.sh ./|; s|^ENTRYPOINT .*|ENTRYPOINT ["./entrypoint.sh"]|' Dockerfile
docker compose up --detach --build
