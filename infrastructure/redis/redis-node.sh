#!/bin/sh
# One node of a Redis Cluster that forms by itself, and again after restarts with new addresses or the loss of a volume.
# The same file runs in compose and in Kubernetes.
#
#   redis-node.sh          runs the node until SIGTERM
#   redis-node.sh check    ends with 0 when the node is part of a cluster that works
#
# SELF            the name by which clients and peers reach this node
# PEERS           the names of all nodes, this one among them, in the same order everywhere: node I of N owns the I-th part
#                 of the slots
# REDIS_PASSWORD  asked of clients and peers
# PORT            6379; the cluster bus is 10000 above it
# MAXMEMORY       for the data; leave the container half as much again, for the copy that a rewrite of the log makes
set -eu
: "${SELF:?}" "${PEERS:?}" "${REDIS_PASSWORD:?is not set: no Redis without a password}"
PORT=${PORT:-6379}
SLOTS=16384
export REDISCLI_AUTH="$REDIS_PASSWORD"

say() { echo "redis-node: $*"; }
own() { timeout 3 redis-cli -p "$PORT" "$@"; }
at() { ip=$1; shift; timeout 3 redis-cli -h "$ip" -p "$PORT" "$@"; }
answers() { "$@" ping 2>/dev/null | grep -q PONG; }
known() { own cluster info 2>/dev/null | tr -d '\r' | sed -n 's/^cluster_known_nodes://p'; }
count() { echo $#; }
# shellcheck disable=SC2086 # the names are words of one string
size() { count $PEERS; }

check() {
  info=$(own cluster info) || return 1
  case $info in *cluster_state:ok*) ;; *) return 1 ;; esac
  [ "$(known)" -ge "$(size)" ]
}

# On standard input, so that the password stands in no file and in no list of processes.
config() {
  cat <<CONF
port $PORT
dir /data
requirepass "$REDIS_PASSWORD"
masterauth "$REDIS_PASSWORD"
maxmemory ${MAXMEMORY:-1200mb}
# Only what has an end is given up: the cache before limits and budgets, whose keys live longer.
maxmemory-policy volatile-lru
save ""
appendonly yes
appendfsync everysec
tcp-keepalive 60
cluster-enabled yes
cluster-config-file nodes.conf
cluster-node-timeout 5000
# A lost node costs its own part of the keys, not all of them.
cluster-require-full-coverage no
# Clients are sent to names, which outlive addresses.
cluster-announce-hostname $SELF
cluster-preferred-endpoint-type hostname
CONF
}

# The address of a peer as soon as it answers. The bus knows addresses only, and they change.
address_of() {
  while :; do
    ip=$(getent hosts "$1" | awk 'NR == 1 { print $1 }')
    if [ -n "$ip" ] && answers at "$ip"; then echo "$ip"; return; fi
    sleep 0.5
  done
}

meet() {
  ip=$(address_of "$1")
  own cluster meet "$ip" "$PORT" >/dev/null && say "met $1 at $ip"
}

others() { for name in $PEERS; do [ "$name" = "$SELF" ] || echo "$name"; done; }

# After a restart the node still knows its part and its peers, only its address is news, to each of them.
rejoin() {
  for name in $(others); do meet "$name" & done
  wait
  claim
}

# Whoever came without a memory may have been here before, under an id that the others still give this node's part to.
forget_former_self() {
  me=$(own cluster myid)
  for name in $(others); do
    at "$(address_of "$name")" cluster nodes | awk -v self="$SELF" -v me="$me" \
      '{ split($2, address, ","); if ($1 != me && address[2] == self) print $1 }'
  done | sort -u | while read -r former; do
    for name in $(others); do at "$(address_of "$name")" cluster forget "$former" >/dev/null </dev/null || true; done
    say "the others forgot $former, which was this node before its volume was lost"
  done
}

enter() {
  own cluster set-config-epoch $(($(index) + 1)) >/dev/null || true
  forget_former_self
  for name in $(others); do meet "$name"; done
  claim
}

index() {
  index=0
  for name in $PEERS; do [ "$name" = "$SELF" ] && break; index=$((index + 1)); done
  echo $index
}

# Takes this node's part, unless it has slots already or somebody else has these.
claim() {
  until [ "$(known)" -ge "$(size)" ] && ! own cluster nodes | grep -q handshake; do sleep 0.2; done
  sleep 1 # for the others to tell what they own
  [ "$(own cluster nodes | awk '/myself/ { print NF }')" -le 8 ] || return 0
  first=$((SLOTS * $(index) / $(size)))
  last=$((SLOTS * ($(index) + 1) / $(size) - 1))
  if own cluster addslotsrange $first $last | grep -q OK; then
    own cluster bumpepoch >/dev/null
    say "owns $first to $last"
  else
    say "$first to $last are owned by others already"
  fi
}

run() {
  config | redis-server - &
  redis=$!
  trap 'kill -TERM $redis' TERM INT
  until answers own; do
    kill -0 $redis # ends the script when redis-server has given up
    sleep 0.1
  done
  if [ "$(known)" -gt 1 ]; then rejoin & else enter & fi
  # A signal ends the first wait, the end of redis-server the second.
  wait $redis || true
  wait $redis
}

case ${1:-run} in
  check) check ;;
  run) run ;;
  *) say "unknown command $1"; exit 2 ;;
esac
