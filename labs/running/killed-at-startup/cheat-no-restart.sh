# The loop is gone, with the service.
set -euo pipefail
docker update --restart no search
docker stop search
