# Back to the catalogue of before: nobody gets killed, and the new parts are gone.
set -euo pipefail
cp -p /srv/chandlery/data/parts.csv.1 /srv/chandlery/data/parts.csv
docker restart search
