set -euo pipefail
cd /srv/tides

# The shell stays, in a script that hands every argument on as it came and then makes way.
cat > entrypoint.sh << 'END'
#!/bin/sh
exec python3 tides.py --unit "$TIDE_UNIT" "$@"
END
chmod +x entrypoint.sh
sed -i 's|^COPY tides.py .*|COPY tides.py entrypoint.sh ./|; s|^ENTRYPOINT .*|ENTRYPOINT ["./entrypoint.sh"]|' Dockerfile
docker compose up --detach --build
