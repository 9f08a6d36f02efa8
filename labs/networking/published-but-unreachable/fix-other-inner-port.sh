# The two services no longer share a port inside their containers, so the rule can tell them apart as it is.
set -e
cd /srv/orders
sed -i '/^\[orders\]/,/^\[/ s/^listen = .*/listen = 0.0.0.0:8800/' orders.conf
sed -i 's/"8080:8000"/"8080:8800"/' compose.yaml
docker compose up -d
