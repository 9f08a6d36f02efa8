#!/bin/bash
# Builds the board from what there is now and puts it into service.
set -euo pipefail
cd "$(dirname "$0")"

# The night desk deploys too: one at a time.
exec 9> /run/lock/board
flock 9

docker compose build
docker compose up --detach
