# What runs on the server: one run of a deploy, a rollback, a backup or a restore. The header before this text
# sets RUN, KIND, ROOT, PROJECT, PROJECT_DIR, ENV_FILE, ENV_SHA, SERVICES, KEYS, and writes the calls after it.
# It outlives the connection that started it. Exit codes: 0 done, 1 refused, 3 failed and nothing changed,
# 4 failed and rolled back, 5 failed and a person is needed.
set -u
umask 077
LC_ALL=C
export LC_ALL DEPLOY_VERSION
# The env file decides, not what a login shell happens to export.
for key in $KEYS; do unset "$key"; done
cd "$HOME" && cd "$ROOT" || exit 2
BASE=$PWD
GATE=$BASE/.envgate
DIR=$GATE/runs/$RUN
STEP=lock
CHANGED=no

journal() { # EVENT [JSON MEMBERS]
  printf '{"at":"%s","run":"%s","kind":"%s","step":"%s","event":"%s"%s}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$RUN" "$KIND" "$STEP" "$1" "${2:+,$2}" >>"$DIR/journal"
}
say() { printf '%s\n' "$*"; }
reason() { # in words without quotes or values
  say "$*"
  printf '%s\n' "$*" >"$DIR/reason"
}
finish() { # CODE
  journal end "\"code\":$1"
  echo "$1" >"$DIR/rc.part" && mv "$DIR/rc.part" "$DIR/rc"
  exit "$1"
}
# A step is a safe point: an abort is heeded before it, never in its middle.
step() { # NAME COMMAND…
  STEP=$1
  shift
  if [ -e "$DIR/abort" ] && [ "$CHANGED" != undoing ]; then
    reason "aborted before $STEP"
    journal aborted
    fall 3
  fi
  journal start
  begun=$(date +%s)
  if "$@"; then
    journal done "\"seconds\":$(($(date +%s) - begun))"
  else
    code=$?
    journal failed "\"seconds\":$(($(date +%s) - begun))"
    fall "$code"
  fi
}
fall() { # CODE: what a failure means depends on what has changed
  rm -f "$GATE"/*.part
  case $CHANGED in
    no) if [ "$1" = 1 ]; then finish 1; else finish 3; fi ;;
    schema) schema_fell ;;
    undoing) finish 5 ;;
    *) undo ;;
  esac
}

# FILES is a list of -f arguments whose paths hold neither blanks nor wildcards.
compose() {
  timeout "$LIMIT" docker compose -p "$PROJECT" --project-directory "$BASE/$PROJECT_DIR" --env-file "$ENV_USED" $FILES "$@" </dev/null
}
container() { # SERVICE
  docker ps -aq --no-trunc --filter "label=com.docker.compose.project=$PROJECT" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False | head -n 1
}

take_lock() {
  exec 9>>"$GATE/lock"
  if ! flock -n 9; then
    reason "another run holds the lock: $(cat "$GATE/holder" 2>/dev/null)"
    return 1
  fi
  echo "$RUN" >"$GATE/holder"
}
# The very bytes that were checked, under the lock.
recheck() {
  if [ "$(sha256sum <"$ENV_FILE" 2>/dev/null | cut -c1-64)" != "$ENV_SHA" ]; then
    reason "the server's env file is not the one that was checked"
    return 1
  fi
  if ! (cd "$GATE/releases/$RELEASE" && sha256sum -c --status sums); then
    reason "the shipped compose files are not the ones that were checked"
    return 1
  fi
  [ -z "$FINGERPRINT" ] || [ "$(fingerprint)" = "$FINGERPRINT" ] || {
    reason "the running containers are not those that were planned for"
    return 1
  }
}
# Which containers run: what a plan was made for.
fingerprint() {
  docker ps -a --no-trunc --filter "label=com.docker.compose.project=$PROJECT" --filter label=com.docker.compose.oneoff=False \
    --format '{{.ID}} {{.State}}' | sort | sha256sum | cut -c1-64
}

# Remembers, for each service, what runs now: its files, its env, its image by digest.
capture() {
  mkdir -p "$DIR/previous"
  cp "$ENV_FILE" "$DIR/env" || return 3
  if [ -s "$GATE/good.env" ]; then cp "$GATE/good.env" "$DIR/previous/env"; else cp "$ENV_FILE" "$DIR/previous/env"; fi || return 3
  for service in $SERVICES; do
    id=$(container "$service")
    [ -n "$id" ] || continue
    echo "$id" >"$DIR/previous/$service.id"
    number=0
    : >"$DIR/previous/$service.files"
    docker inspect --format '{{index .Config.Labels "com.docker.compose.project.config_files"}}' "$id" | tr ',' '\n' >"$DIR/previous/list"
    while read -r file; do
      [ -r "$file" ] || continue
      cp "$file" "$DIR/previous/$service.$number.yml" || return 3
      echo "$DIR/previous/$service.$number.yml" >>"$DIR/previous/$service.files"
      number=$((number + 1))
    done <"$DIR/previous/list"
    printf 'services:\n  %s:\n    image: "%s"\n' "$service" "$(pinned "$id")" >"$DIR/previous/$service.pin.yml"
    echo "$DIR/previous/$service.pin.yml" >>"$DIR/previous/$service.files"
    if [ $number = 0 ] || ! docker image inspect "$(pinned "$id")" >/dev/null 2>&1; then
      reason "what runs as $service could not be brought back: its files or its image are gone"
      return 1
    fi
  done
}
pinned() { # CONTAINER: its image by digest; by id where no registry has ever seen it
  ref=$(docker inspect --format '{{.Config.Image}}' "$1")
  case $ref in *@sha256:*) echo "$ref" && return ;; esac
  id=$(docker inspect --format '{{.Image}}' "$1")
  name=${ref%:*}
  digest=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$id" | grep -F "$name@" | head -n 1)
  echo "${digest:-$id}"
}

pull() { # SECONDS IMAGE…
  limit=$1
  shift
  for image; do
    timeout "$limit" docker pull -q "$image" >/dev/null || { reason "the image $image could not be pulled"; return 3; }
    docker image inspect "$image" >/dev/null 2>&1 || { reason "the image $image is not there after its pull"; return 3; }
  done
}
bring_up() { # SECONDS
  [ "$(sha256sum <"$ENV_FILE" 2>/dev/null | cut -c1-64)" = "$ENV_SHA" ] || { reason "the server's env file was changed during the run"; return 1; }
  CHANGED=yes
  LIMIT=$(($1 + 30))
  compose up -d --no-build --no-deps --wait --wait-timeout "$1" --quiet-pull $SERVICES </dev/null
  # `--wait` says no as soon as one of them is unhealthy or has ended.
  [ $? = 0 ] || { reason "the new containers did not become healthy"; return 4; }
}
healthy() { # SERVICE SETTLE: runs, is not unhealthy, and has not restarted in that time
  before=$(docker inspect --format '{{.ID}} {{.RestartCount}}' "$(container "$1")" 2>/dev/null) || before=none
  sleep "$2"
  now=$(docker inspect --format '{{.ID}} {{.RestartCount}}' "$(container "$1")" 2>/dev/null)
  state=$(docker inspect --format '{{.State.Status}}{{if .State.Health}} {{.State.Health.Status}}{{end}}' "$(container "$1")" 2>/dev/null)
  case $state in running | 'running healthy') ;; *) reason "$1 is not healthy: ${state:-there is no container}"; return 4 ;; esac
  [ "$before" = "$now" ] || { reason "$1 restarted while it was watched"; return 4; }
}
# Asks until the answer is right or the time is over. The JSON is compared member by member, by name.
answers() { # URL STATUS SECONDS [NAME VALUE]…
  url=$1 status=$2 end=$(($(date +%s) + $3))
  shift 3
  while :; do
    got=$(curl -sS -m 5 -o "$DIR/answer" -w '%{http_code}' "$url" 2>/dev/null)
    if [ "$got" = "$status" ] && has_members "$@"; then return 0; fi
    [ "$(date +%s)" -lt "$end" ] || break
    sleep 1
  done
  reason "$url does not answer as it should (status $got)"
  return 4
}
has_members() {
  while [ $# -gt 1 ]; do
    tr -d '\n' <"$DIR/answer" | grep -qF -e "\"$1\":\"$2\"" -e "\"$1\": \"$2\"" -e "\"$1\":$2" -e "\"$1\": $2" || return 1
    shift 2
  done
}

# Brings back what ran before, and holds it to the same checks.
undo() {
  failed=$(cat "$DIR/reason" 2>/dev/null)
  CHANGED=undoing
  step undo back "$DIR/previous"
  step undo-database undo_database
  step undo-checks undo_checks
  reason "${failed:-the run failed}; what ran before runs again$DATABASE_WORD"
  finish 4
}
back() { # STATE: only services that run as something else are touched
  ENV_USED=$1/env
  for service in $SERVICES; do
    [ -s "$1/$service.files" ] || continue
    id=$(container "$service")
    if [ -s "$1/$service.id" ] && [ "$id" = "$(cat "$1/$service.id")" ] &&
      [ "$(docker inspect --format '{{.State.Status}}' "$id" 2>/dev/null)" = running ]; then continue; fi
    FILES=
    while read -r file; do FILES="$FILES -f $file"; done <"$1/$service.files"
    LIMIT=330
    compose up -d --no-build --no-deps --wait --wait-timeout 300 "$service" </dev/null || { reason "$service could not be brought back"; return 5; }
  done
}

# What is good is what the next rollback goes back to.
remember() {
  cp "$DIR/env" "$GATE/good.env.part" && mv "$GATE/good.env.part" "$GATE/good.env" && echo "$RUN" >"$GATE/good.part" && mv "$GATE/good.part" "$GATE/good"
}
