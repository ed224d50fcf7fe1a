#!/bin/sh
# Runs the S3 server. At the first start it makes its keys, hands them to item-service in a volume of its own, and makes the bucket.
set -eu
service_user=10001 # the user id in the services' images

random() { head -c "$1" /dev/urandom | base64 | tr -d '\n=' | tr '+/' 'AZ'; }

# keep FILE VALUE: stores it, unless the file is there already; a file that is there is whole.
keep() {
  [ ! -e "$1" ] || return 0
  (umask 077 && printf '%s' "$2" >"$1.new")
  chmod 0400 "$1.new"
  chown "$service_user:$service_user" "$1.new"
  mv "$1.new" "$1"
}

keep /secrets/item-service.s3.access-key "$(random 15)"
keep /secrets/item-service.s3.secret-key "$(random 30)"
# Its buckets are the folders here.
mkdir -p /data/sluice
ROOT_ACCESS_KEY=$(cat /secrets/item-service.s3.access-key)
ROOT_SECRET_KEY=$(cat /secrets/item-service.s3.secret-key)
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
exec versitygw --region us-east-1 --port 0.0.0.0:7070 --health /health posix --sidecar /meta /data
