#!/bin/sh
# scripts/make-env.sh [FILE]: writes what docker-compose.production.yml cannot start without into .env, with fresh passwords.
# What the file has already stays as it is, so running it again adds only what a newer version needs.
set -eu
file=${1:-$(dirname "$0")/../.env}
umask 077
[ -e "$file" ] || cat >"$file" <<'ENV'
# Read by docker-compose.production.yml. Never commit this file.
# Keys of providers: without any, the gateway answers from its sandbox.
OPENAI_API_KEY=
ANTHROPIC_API_KEY=
# Keys of your applications, as a comma list of name:key. Each name is a tenant.
ENV

secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
add() {
  if grep -q "^$1=" "$file"; then return; fi
  echo "$1=$2" >>"$file"
  echo "$1: added to $file"
}

add GATEWAY_API_KEYS "default:$(secret)"
add ADMIN_API_KEY "$(secret)"
add ENCRYPTION_KEY "$(secret)"
add REDIS_PASSWORD "$(secret)"
add GRAFANA_ADMIN_PASSWORD "$(secret)"
add REDIS_COMMANDER_PASSWORD "$(secret)"
