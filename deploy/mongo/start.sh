#!/usr/bin/env bash
# Runs MongoDB as a replica set of one member, with authentication from the first moment.
# At the first start it makes every secret there is: the member's key, the root password and one password for each service.
# No secret has a default value, and no service can read another's: each gets a volume with its own address and nothing else.
set -euo pipefail

services=(auth-service dataset-service item-service model-service)
service_user=10001 # the user id in the services' images
ready=/tmp/ready

random() { head -c 36 /dev/urandom | base64 -w 0 | tr '+/' 'AZ'; }

# keep FILE OWNER COMMAND...: stores what the command prints, unless the file is there already; a file that is there is whole.
keep() {
  local file=$1 owner=$2
  shift 2
  [ -e "$file" ] && return
  (umask 077 && "$@" >"$file.new")
  chmod 0400 "$file.new"
  chown "$owner" "$file.new"
  mv "$file.new" "$file"
}

# address SERVICE: what the service connects with.
address() {
  printf 'mongodb://%s:%s@mongo:27017/sluice-%s?replicaSet=rs0&w=majority&journal=true' \
    "$1" "$(cat "/secrets/mongo/$1")" "${1%-service}"
}

rm -f "$ready"
keep /secrets/mongo/key mongodb:mongodb random
keep /secrets/mongo/root root:root random
for service in "${services[@]}"; do
  keep "/secrets/mongo/$service" root:root random
  keep "/secrets/$service/spring.mongodb.uri" "$service_user:$service_user" address "$service"
done

docker-entrypoint.sh mongod --replSet rs0 --keyFile /secrets/mongo/key --bind_ip_all --wiredTigerCacheSizeGB 0.5 "$@" &
mongod=$!
trap 'kill -TERM "$mongod"' TERM INT

until (exec 3<>/dev/tcp/127.0.0.1/27017) 2>/dev/null; do
  kill -0 "$mongod" 2>/dev/null || { wait "$mongod"; exit; }
  sleep 0.2
done
# mongosh connects over the loopback, where MongoDB lets the very first user be made without a password.
HOME=/tmp mongosh --quiet --norc 'mongodb://127.0.0.1/admin?directConnection=true' --file "${BASH_SOURCE%/*}/setup.js" &
wait $! || { kill -TERM "$mongod"; wait "$mongod"; exit 1; }
touch "$ready"

# The first wait ends when a signal arrives, the second when mongod has closed its files.
wait "$mongod" || wait "$mongod"
