# A certificate authority for a test, and what it signs for the names of the examples; sourced.

# Makes ca.pem, fullchain.pem and key.pem in $1, and says the pin of the key.
make_certificate() {
  local dir=$1
  mkdir -p "$dir"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Test authority' \
    -keyout "$dir/ca.key" -out "$dir/ca.pem" 2> "$dir/log"
  openssl req -newkey rsa:2048 -nodes -subj /CN=labs.example.org \
    -keyout "$dir/key.pem" -out "$dir/request.pem" 2>> "$dir/log"
  openssl x509 -req -days 2 -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -in "$dir/request.pem" \
    -extfile <(echo 'subjectAltName=DNS:labs.example.org,DNS:*.previews.example.net') \
    -out "$dir/fullchain.pem" 2>> "$dir/log"
  openssl x509 -in "$dir/fullchain.pem" -pubkey -noout | openssl pkey -pubin -outform der \
    | openssl dgst -sha256 -binary | base64
}
