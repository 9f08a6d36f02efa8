# What the file lost is written into the Compose file instead.
cat > /srv/quotes/compose.override.yaml <<'YAML'
services:
  quotes:
    entrypoint: ["./entrypoint.sh"]
    command: ["serve"]
    working_dir: /srv/quotes
    user: "1500:1500"
    environment:
      VERSION: "2.3"
      PORT: "8000"
      QUOTES: /srv/quotes/quotes.txt
      SERVED: /data/served
YAML
cd /srv/quotes
docker compose up -d
