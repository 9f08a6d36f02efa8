# A parent that is no shell, and keeps the signal all the same.
set -euo pipefail
cd /srv/tides
cat > start.py << 'END'
import os, subprocess, sys
subprocess.run(["python3", "tides.py", "--unit", os.environ["TIDE_UNIT"], *sys.argv[1:]])
END
sed -i 's|^COPY tides.py .*|COPY tides.py start.py ./|; s|^ENTRYPOINT .*|ENTRYPOINT ["python3", "start.py"]|' Dockerfile
docker compose up --detach --build
