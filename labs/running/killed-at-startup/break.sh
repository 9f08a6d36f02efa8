set -euo pipefail

main() {
  mkdir -p /srv/chandlery/data
  cd /srv/chandlery
  cp -r "$FILES"/. .
  write_catalogue 20000 > data/parts.csv.1
  write_catalogue 60000 > data/parts.csv
  find . -exec touch -d '60 days ago' {} +
  touch -d '50 minutes ago' data data/parts.csv

  docker compose --progress quiet up -d basket
  until docker exec basket redis-cli ping 2> /dev/null | grep -q PONG; do sleep 0.1; done
  docker exec basket redis-cli hset basket:7 P000042 2 P004711 1 > /dev/null
  docker exec basket redis-cli waitaof 1 0 1000 > /dev/null

  docker compose --progress quiet up -d search
  until was_killed_again; do sleep 0.1; done
}

was_killed_again() {
  docker inspect -f '{{if .RestartCount}}{{.State.OOMKilled}}{{end}}' search | grep -q true
}

# Part numbers from P000001 on; names, sizes and prices repeat.
write_catalogue() {
  awk -v parts="$1" 'BEGIN {
    materials = split("brass bronze copper galvanised nylon oak stainless teak", material, " ")
    things = split("anchor block bollard cleat cringle fairlead hinge hook oarlock pulley ring rope screw shackle thimble turnbuckle winch", thing, " ")
    print "number,name,size,price"
    for (i = 1; i <= parts; i++)
      printf "P%06d,%s %s,%d mm,%d.%02d\n", i, material[i % materials + 1], thing[i % things + 1], i % 97 + 3, i % 211 + 1, i % 100
  }'
}

main
