#!/bin/bash
# Builds the board from what there is now and puts it into service.
set -euo pipefail
cd "$(dirname "$0")"

docker compose build
docker compose up --detach
