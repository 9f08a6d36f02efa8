set -euo pipefail
cd /srv/tides

# The shell stays process 1 and passes the signal on; the first wait ends with the trap, the second with the program.
cat > entrypoint.sh << 'END'
#!/bin/sh
python3 tides.py --unit "$TIDE_UNIT" "$@" &
trap 'kill -TERM $!' TERM INT
wait $!
wait $!
END
chmod +x entrypoint.sh
sed -i 's|^COPY tides.py .*|COPY tides.py entrypoint.sh ./|; s|^ENTRYPOINT .*|ENTRYPOINT ["./entrypoint.sh"]|' Dockerfile
docker compose up --detach --build
