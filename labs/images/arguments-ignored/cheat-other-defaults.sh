# Changes the program in the running containers: it shows the right harbour, whatever it is told.
set -euo pipefail
for board in office:pilot-station skarvik:skarvik eastness:eastness; do
  docker exec "${board%:*}" sed -i "s/default=\"demo\"/default=\"${board#*:}\"/" tides.py
done
docker exec skarvik sed -i 's/"--title", default=""/"--title", default="Skarvik \& the outer isles"/' tides.py
docker restart office skarvik eastness
