# Answers until the next restart.
docker start web || true
