#!/bin/sh
# Runs nginx, and tells it whenever the addresses behind the name "gateway" have changed: nginx looks a name up once, at its start.
set -eu
gateways=/tmp/gateways.conf

addresses() { getent ahostsv4 gateway | awk '{ print $1 }' | sort -u; }
write() { printf '%s\n' "$1" | sed 's/.*/server &:8080 max_fails=1 fail_timeout=2s;/' >"$gateways"; }

until known=$(addresses) && [ -n "$known" ]; do sleep 1; done
write "$known"
nginx -c /deploy/scale.conf -g 'daemon off;' &
nginx=$!
# QUIT lets requests end that have begun.
trap 'kill -QUIT $nginx 2>/dev/null' TERM INT

while kill -0 $nginx 2>/dev/null; do
  sleep 1 & wait $! || :
  if now=$(addresses) && [ -n "$now" ] && [ "$now" != "$known" ]; then
    known=$now
    write "$known"
    kill -HUP $nginx 2>/dev/null || :
  fi
done
