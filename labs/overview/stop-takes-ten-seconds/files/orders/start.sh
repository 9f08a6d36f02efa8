#!/bin/sh
# Prepares what the orders service needs, then starts it.
set -e

set -a
. /app/settings.env
set +a

mkdir -p "$DATA_DIR"
touch "$DATA_DIR/orders.jsonl"
echo "start.sh: $(wc -l < "$DATA_DIR/orders.jsonl") orders in $DATA_DIR/orders.jsonl"

python3 -u /app/orders.py
