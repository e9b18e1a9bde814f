# Settings and small words that every part of the bed uses. Sourced by `bed`, never run.

BED_DIR=${BED_DIR:-/var/tmp/envgate-bed}
BED_CACHE=${BED_CACHE:-$BED_DIR/cache}       # base image tars and the compose binary; may lie elsewhere to outlive `down --purge`
BED_SERVERS=${BED_SERVERS:-1}
BED_PORT=${BED_PORT:-5170}                   # registry; ssh of server i on +100+i; its backend, web, advisor on +200+10i…
BED_ROWS=${BED_ROWS:-7320}
PG=15
REMOTE=octavios-chat                         # the project's directory in the deploy user's home
REGISTRY=127.0.0.1:$BED_PORT
COMPOSE_VERSION=2.40.3
COMPOSE_SHA256=dba9d98e1ba5bfe11d88c99b9bd32fc4a0624a30fafe68eea34d61a3e42fd372
COMPOSE_FILES='-f infra/docker-compose.yml -f infra/docker-compose.production.yml -f infra/docker-compose.registry.yml'

note() { printf 'bed: %5ss %s\n' "$SECONDS" "$*" >&2; }
die() { printf 'bed: %s\n' "$*" >&2; exit 1; }

# A machine on which an ordinary user cannot do the simplest things fails every test for reasons of its own.
sound() {
  local said
  [ -c /dev/null ] || die "this machine is broken: /dev/null is no device ($(ls -l /dev/null)); mend it with: rm -f /dev/null; mknod -m 666 /dev/null c 1 3"
  said=$(runuser -u nobody -- sh -c 'echo x >/dev/null && head -c 1 /dev/urandom >/dev/null && f=$(mktemp) && rm "$f" && [ -r /proc/self/stat ]' 2>&1) ||
    die "this machine is broken: an ordinary user cannot use /dev/null, /dev/urandom, the folder for temporary files or /proc: $said ($(ls -ld /dev/null /dev/urandom /tmp | tr '\n' ' '))"
}

user_of() { echo "egbed$1"; }
home_of() { echo "$BED_DIR/srv$1/home"; }
root_of() { echo "$(home_of "$1")/$REMOTE"; }
ssh_port() { echo $((BED_PORT + 100 + $1)); }
http_port() { echo $((BED_PORT + 200 + 10 * $1 + $2)); }

# `docker` against one of the bed's engines: engine NAME ARGS…
engine() { DOCKER_CONFIG=$BED_DIR/docker DOCKER_HOST=unix://$BED_DIR/$1/docker.sock docker "${@:2}"; }

# A process that has ended but was not reaped yet is gone for us.
running() {
  local state
  [ -s "$1" ] || return 1
  state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$(cat "$1")/status" 2>/dev/null) || return 1
  [ -n "$state" ] && [ "$state" != Z ] && [ "$state" != X ]
}
until_true() { # SECONDS COMMAND…: polls, bounded
  local left=$(($1 * 10)); shift
  until "$@" >/dev/null 2>&1; do left=$((left - 1)); [ "$left" -gt 0 ] || return 1; sleep 0.1; done
}
stopped() { ! running "$1"; }
halt() { # PIDFILE: TERM, then KILL; only ever a process that the bed started
  local file=$1 pid
  if running "$file"; then
    pid=$(cat "$file")
    kill -CONT "$pid" 2>/dev/null; kill "$pid" 2>/dev/null
    until_true 10 stopped "$file" || kill -9 "$pid" 2>/dev/null
  fi
  rm -f "$file"
}
launch() { # PIDFILE LOG COMMAND…: detached, in a session of its own
  local file=$1 log=$2; shift 2
  setsid "$@" >>"$log" 2>&1 </dev/null &
  echo $! >"$file"
}
