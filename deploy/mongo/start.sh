#!/usr/bin/env bash
# Runs MongoDB as a member of a replica set (of one, unless SLUICE_MONGO_MEMBERS lists more), with authentication from the first
# moment. At the first start the first member makes every secret there is: the members' key, the root password and one password for each service.
# No secret has a default value, and no service can read another's: each gets a volume with its own address and nothing else.
set -euo pipefail

services=(auth-service dataset-service item-service model-service)
service_user=10001 # the user id in the services' images
ready=/tmp/ready
export SLUICE_MONGO_MEMBERS=${SLUICE_MONGO_MEMBERS:-mongo}
first=${SLUICE_MONGO_MEMBERS%%,*}
me=${SLUICE_MONGO_MEMBER:-$first}

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

# address SERVICE: what the service connects with. A write is acknowledged when a majority has it in its journal, and sent once more
# when an election comes between; nothing is read that an election could take back.
address() {
  printf 'mongodb://%s:%s@%s:27017/sluice-%s?replicaSet=rs0&w=majority&journal=true&retryWrites=true&retryReads=true&readConcernLevel=majority' \
    "$1" "$(cat "/secrets/mongo/$1")" "${SLUICE_MONGO_MEMBERS//,/:27017,}" "${1%-service}"
}

rm -f "$ready"
if [ "$me" = "$first" ]; then
  keep /secrets/mongo/key mongodb:mongodb random
  keep /secrets/mongo/root root:root random
  for service in "${services[@]}"; do
    keep "/secrets/mongo/$service" root:root random
    keep "/secrets/$service/spring.mongodb.uri" "$service_user:$service_user" address "$service"
  done
else
  until [ -e /secrets/mongo/key ]; do sleep 0.2; done
fi

docker-entrypoint.sh mongod --replSet rs0 --keyFile /secrets/mongo/key --bind_ip_all --wiredTigerCacheSizeGB "${SLUICE_MONGO_CACHE:-0.5}" "$@" &
mongod=$!
trap 'kill -TERM "$mongod"' TERM INT

until (exec 3<>/dev/tcp/127.0.0.1/27017) 2>/dev/null; do
  kill -0 "$mongod" 2>/dev/null || { wait "$mongod"; exit; }
  sleep 0.2
done
if [ "$me" = "$first" ]; then
  # mongosh connects over the loopback, where MongoDB lets the very first user be made without a password.
  HOME=/tmp mongosh --quiet --norc 'mongodb://127.0.0.1/admin?directConnection=true' --file "${BASH_SOURCE%/*}/setup.js" &
  wait $! || { kill -TERM "$mongod"; wait "$mongod"; exit 1; }
fi
touch "$ready"

# The first wait ends when a signal arrives, the second when mongod has closed its files.
wait "$mongod" || wait "$mongod"
