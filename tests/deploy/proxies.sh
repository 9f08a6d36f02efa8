#!/usr/bin/env bash
# Runs Drydock behind nginx and behind Caddy with the examples of server/deploy, over TLS with a certificate authority of
# its own, and a browser through them: page, terminal, events, preview, forwarded headers. As root, on Debian:
#
#   tests/deploy/proxies.sh [nginx] [caddy]      both, if none is named
#
# Takes the proxies from Debian's packages without installing them. PORT, STATE_DIR and RUN_DIR as for `npm start`.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
. "$here/tests/deploy/certificate.sh"
tls_port=4553
plain_port=4552

main() {
  cd "$here"
  work=$(mktemp -d /var/tmp/drydock-proxies.XXXXXX)
  trap end_all EXIT
  export CERTIFICATE_PIN
  CERTIFICATE_PIN=$(make_certificate "$work/tls")
  get_proxies
  [ ! -e .env ] || port=$(sed -n 's/^PORT=//p' .env)
  port=${PORT:-${port:-4400}}
  start_drydock
  for proxy in ${@:-nginx caddy}; do
    echo "── $proxy"
    "$proxy"_proxy
    wait_for ask / > /dev/null
    forwarded_headers
    SITE_URL=https://labs.example.org:$tls_port node_modules/.bin/playwright test -c tests/deploy/playwright.config.ts
    kill "$proxy_pid"
    wait "$proxy_pid" || true
    proxy_pid=
  done
  echo '── held'
}

ask() {
  curl -s -o "$work/answer" -D "$work/headers" -w '%{http_code}' --fail --cacert "$work/tls/ca.pem" \
    --resolve "labs.example.org:$tls_port:127.0.0.1" "https://labs.example.org:$tls_port$1" "${@:2}"
}

# On loopback metrics need no token and tools no Origin: the proxy is on loopback, but not whom it brings.
forwarded_headers() {
  local forged=(-H 'X-Forwarded-For: 127.0.0.1' -H 'X-Forwarded-Host: 127.0.0.1' -H 'Forwarded: for=127.0.0.1') code
  ask / "${forged[@]}" > /dev/null
  grep -qi '^strict-transport-security' "$work/headers" || fail 'the server does not know that it is behind TLS'
  code=$(ask /metrics "${forged[@]}" || true)
  [ "$code" = 404 ] || fail "metrics for who comes through the proxy: $code"
  code=$(ask /api/labs "${forged[@]}" --json '{"scenario":"networking/dns-default-bridge"}' || true)
  [ "$code" = 403 ] || fail "a lab for who sends no Origin: $code"
  echo '  forwarded headers: held'
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

get_proxies() {
  mkdir "$work/debs"
  (cd "$work/debs" && apt-get -o APT::Sandbox::User=root download -qq nginx caddy)
  for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/programs"; done
}

start_drydock() {
  export MODE=multi PUBLIC_URL=https://labs.example.org:$tls_port PREVIEW_HOST=previews.example.net TRUST_PROXY=loopback
  npm start > "$work/start.log" 2>&1 < /dev/null &
  drydock=$!
  wait_for grep -q '^ready in' "$work/start.log" || { cat "$work/start.log"; exit 1; }
}

# The example as it is, but for ports, certificate and the folders of a package that is not installed.
nginx_proxy() {
  mkdir -p "$work/nginx/logs"
  sed -e "s/127.0.0.1:4400/127.0.0.1:$port/; s/listen \(.*\)443/listen \1$tls_port/; s/listen \(.*\)80;/listen \1$plain_port;/" \
    -e "s#/etc/ssl/drydock#$work/tls#" server/deploy/nginx.conf > "$work/nginx/drydock.conf"
  cat > "$work/nginx/nginx.conf" << X
pid $work/nginx/pid;
error_log $work/nginx/error.log;
events {}
http {
  access_log off;
  client_body_temp_path $work/nginx/body;
  proxy_temp_path $work/nginx/proxy;
  fastcgi_temp_path $work/nginx/fastcgi;
  uwsgi_temp_path $work/nginx/uwsgi;
  scgi_temp_path $work/nginx/scgi;
  include $work/nginx/drydock.conf;
}
X
  "$work/programs/usr/sbin/nginx" -e "$work/nginx/error.log" -p "$work/nginx" -c "$work/nginx/nginx.conf" -g 'daemon off; user root;' &
  proxy_pid=$!
}

# Likewise; and the certificate of the site is ours, since nobody out there would sign it.
caddy_proxy() {
  mkdir -p "$work/caddy"
  {
    printf '{\n\tadmin off\n\thttp_port %s\n\thttps_port %s\n}\n' "$plain_port" "$tls_port"
    sed -e "s/127.0.0.1:4400/127.0.0.1:$port/; s#/etc/ssl/drydock#$work/tls#" \
      -e "s#^labs.example.org {#&\n\ttls $work/tls/fullchain.pem $work/tls/key.pem#" server/deploy/Caddyfile
  } > "$work/caddy/Caddyfile"
  HOME=$work/caddy XDG_DATA_HOME=$work/caddy XDG_CONFIG_HOME=$work/caddy \
    "$work/programs/usr/bin/caddy" run --adapter caddyfile --config "$work/caddy/Caddyfile" 2> "$work/caddy/log" &
  proxy_pid=$!
}

wait_for() {
  for ((waited = 0; waited < 1200; waited++)); do
    ! "$@" 2> /dev/null || return 0
    sleep 0.5
  done
  return 1
}

end_all() {
  [ -z "${proxy_pid:-}" ] || kill "$proxy_pid" || true
  if [ -n "${drydock:-}" ]; then
    kill "$drydock" || true
    wait "$drydock" || true
    npm run --silent lab -- down || true
  fi
  rm -rf "$work"
}

main "$@"
