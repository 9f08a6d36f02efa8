set -euo pipefail

main() {
  address
  certificates
  registry_at_443
  publish
  deploy_release_6
  move_registry
  new_release
  tidy
}

# An address that is not 127/8: the engine takes those for insecure and would never ask for a certificate.
address() {
  ip link add lab0 type bridge
  ip address add 10.77.0.10/24 dev lab0
  ip link set lab0 up
  printf '10.77.0.10\tregistry.lab\n' >> /etc/hosts
}

certificates() {
  local tls=/srv/registry/tls ca from
  ca=$(mktemp -d)
  from=$(date --utc --date '9 months ago' +%Y%m%d%H%M%SZ)
  install -d -m 755 /srv/registry "$tls"
  openssl req -quiet -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -not_before "$from" -not_after "$(date --utc --date '17 years' +%Y%m%d%H%M%SZ)" \
    -keyout "$ca/ca.key" -out "$ca/ca.crt" -subj '/O=Harbour/CN=Harbour Root CA' -addext 'keyUsage=critical,keyCertSign,cRLSign' 2> /dev/null
  openssl req -quiet -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -not_before "$from" -not_after "$(date --utc --date '15 months' +%Y%m%d%H%M%SZ)" \
    -keyout "$tls/registry.lab.key" -out "$tls/registry.lab.crt" -subj '/O=Harbour/CN=registry.lab' -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
    -addext 'basicConstraints=critical,CA:FALSE' -addext 'subjectAltName=DNS:registry.lab' \
    -addext 'extendedKeyUsage=serverAuth' 2> /dev/null
  chmod 600 "$tls/registry.lab.key"
  install -D -m 644 "$ca/ca.crt" /etc/docker/certs.d/registry.lab/ca.crt
  rm -r "$ca"
}

registry_at_443() {
  install -m 644 "$FILES/config-443.yml" /srv/registry/config.yml
  install -m 644 "$FILES/registry.service" /etc/systemd/system/registry.service
  systemctl daemon-reload
  systemctl enable --quiet --now registry.service
  answers https://registry.lab/v2/
  known_to_engine
}

# The engine looks at /etc/hosts again only some seconds after it last did.
known_to_engine() {
  local _
  for _ in {1..50}; do
    if [[ $(docker pull registry.lab/harbour/kiosk:0 2>&1) == *'manifest unknown'* ]]; then return; fi
    sleep 0.2
  done
  echo 'the engine does not find registry.lab' >&2
  return 1
}

publish() {
  local release
  for release in 6 7; do
    docker build --quiet --build-arg "RELEASE=$release" --tag "registry.lab/harbour/kiosk:$release" "$FILES/image" > /dev/null
    docker push --quiet "registry.lab/harbour/kiosk:$release" > /dev/null
  done
  docker tag busybox:1 registry.lab/harbour/tickets:3
  docker push --quiet registry.lab/harbour/tickets:3 > /dev/null
  docker image rm registry.lab/harbour/kiosk:6 registry.lab/harbour/kiosk:7 registry.lab/harbour/tickets:3 > /dev/null
  docker builder prune --all --force > /dev/null
}

deploy_release_6() {
  install -D -m 644 "$FILES/kiosk/compose.yaml" /srv/kiosk/compose.yaml
  sed -i 's|registry.lab:5443/harbour/kiosk:7|registry.lab/harbour/kiosk:6|' /srv/kiosk/compose.yaml
  docker compose --progress quiet --project-directory /srv/kiosk up --detach
  answers http://127.0.0.1:8080/release
}

# What the platform team did on Friday: the same registry, another port.
move_registry() {
  sed -i 's|addr: :443|addr: :5443|' /srv/registry/config.yml
  systemctl restart registry.service
  answers https://registry.lab:5443/v2/
}

new_release() {
  install -m 644 "$FILES/kiosk/compose.yaml" /srv/kiosk/compose.yaml
  if docker pull --quiet registry.lab:5443/harbour/kiosk:7 > /dev/null 2>&1; then
    echo 'release 7 can be pulled: nothing is broken' >&2
    return 1
  fi
}

tidy() {
  rm -rf /root/.docker
  touch -d '9 months ago' /etc/docker/certs.d/registry.lab/ca.crt /etc/docker/certs.d/registry.lab /srv/registry/tls/*
  touch -d '3 days ago 16:20' /srv/registry/config.yml
}

answers() {
  local _
  for _ in {1..100}; do
    if curl --silent --fail --insecure --output /dev/null "$1"; then return; fi
    sleep 0.1
  done
  echo "$1 does not answer" >&2
  return 1
}

main
