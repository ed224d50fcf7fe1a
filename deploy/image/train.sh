#!/bin/sh
# Starts the service once, asks it a few things, and keeps what the JVM has learned in application.aot. There is no database while
# an image is built: the service starts without one and waits for it, which is as far as it needs to get here.
set -eu
log=/tmp/training.log
JDK_JAVA_OPTIONS='' SERVER_PORT=8080 SERVER_ADDRESS=127.0.0.1 \
  ITEM_SERVICE_BLOBS=file:/tmp/training/blobs MODEL_SERVICE_FILES_FOLDER=/tmp/training/models \
  AUTH_SERVICE_ADMINISTRATOR_EMAIL=nobody@example.org AUTH_SERVICE_ADMINISTRATOR_PASSWORD_FILE=/tmp/training/password \
  AUTH_SERVICE_SIGNING_KEYS_SECRET_FILE=/tmp/training/secret \
  java -XX:AOTCacheOutput=application.aot --enable-native-access=ALL-UNNAMED -jar application.jar >"$log" 2>&1 &
java=$!
ask() { curl --silent --output /dev/null --max-time 5 "http://127.0.0.1:8080$1"; }
left=300
until ask /actuator/health/liveness; do
  left=$((left - 1))
  if [ $left = 0 ] || ! kill -0 "$java" 2>/dev/null; then
    cat "$log"
    exit 1
  fi
  sleep 1
done
for path in /health /internal/openapi.json /api/v1/limits /internal/jwks.json /api/v1/nothing /actuator/health/readiness; do
  ask "$path" || :
done
kill -TERM "$java"
wait "$java" || :
if [ ! -s application.aot ]; then
  cat "$log"
  exit 1
fi
rm -rf "$log" /tmp/training /tmp/hsperfdata_* /tmp/libnetty*
