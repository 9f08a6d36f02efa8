# Without a new container: both limits of the one that is there. The Compose file would come next.
set -euo pipefail
docker update --memory 192m --memory-swap 192m search
