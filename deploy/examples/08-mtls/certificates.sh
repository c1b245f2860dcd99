#!/bin/sh
# Makes five authorities and a certificate of each, in the folder that is named: NAME-ca.crt, NAME.crt and NAME.key.
set -eu
mkdir -p "$1"
cd "$1"

certificate() { # file, subject, more of openssl's arguments
    file=$1 subject=$2
    shift 2
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$subject" \
        -keyout "$file.key" -out "$file.crt" "$@" 2>/dev/null
}

for name in front:partners.example.com ledger:ledger.example.com relay:relay partner:partner next:next; do
    host=${name#*:} name=${name%%:*}
    certificate "$name-ca" "authority of $name"
    certificate "$name" "$host" -CA "$name-ca.crt" -CAkey "$name-ca.key" \
        -addext "subjectAltName=DNS:$host" -addext basicConstraints=critical,CA:FALSE
done
