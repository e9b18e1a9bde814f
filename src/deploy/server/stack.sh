# Containers: pulling by digest, migrating, starting, watching, and going back.
adopt() { # what runs before the first release of our own becomes a release, so that there is a way back
  [ -s "$S/good" ] && [ -s "$S/releases/$(cat "$S/good")/pins" ] && return 0
  old=$S/releases/before-$RUN; rm -rf "$old"; mkdir -p "$old"; files=''
  : >"$old/pins"
  # All of them: a run of some services is followed by one of all.
  for service in $SERVICES $ALL; do
    ! grep -q "^$service " "$old/pins" || continue
    id=$(container "$service"); [ -n "$id" ] || continue
    theirs=$(label "$id" config_files)
    if [ -z "$files" ]; then files=$theirs; folder=$(label "$id" working_dir); fi
    # What this run leaves alone and what comes of other files is not told of by these.
    case " $SERVICES " in *" $service "*) ;; *) [ "$theirs" = "$files" ] || continue;; esac
    image=$(docker inspect --format '{{.Config.Image}}' "$id"); bytes=$(docker inspect --format '{{.Image}}' "$id")
    name=${image%@*}; name=${name%:*}
    pin=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$bytes" 2>/dev/null | grep -F "$name@" | head -n 1)
    echo "$service ${pin:-$bytes}" >>"$old/pins"
    tag=${image%@*}; tag=${tag##*:}; case $tag in */*) tag='';; esac
    [ -s "$old/version" ] || echo "$tag" >"$old/version"
  done
  [ -s "$old/pins" ] || { rm -rf "$old"; note 'nothing ran before'; return 0; }
  { echo "services:"; while read -r service pin; do printf '  %s:\n    image: "%s"\n' "$service" "$pin"; done <"$old/pins"; } >"$old/pins.yml"
  number=0; printf '%s\n' "$files" | tr ',' '\n' >"$old/files"
  printf '%s\n' -p "$PROJECT" --project-directory "$folder" --env-file "$ENV_FILE" >"$old/args"
  while IFS= read -r file; do
    number=$((number + 1))
    # Without them the way back would be containers with an image and nothing else.
    cp "$file" "$old/$number.yml" || { rm -rf "$old"; note 'the compose files of what runs now are not there'; return 1; }
    printf '%s\n' -f "$old/$number.yml" >>"$old/args"
  done <"$old/files"
  printf '%s\n' -f "$old/pins.yml" >>"$old/args"
  if ! with_release "$old" config --quiet; then rm -rf "$old"; note 'what runs now cannot be read from its compose files'; return 1; fi
  : >"$old/good"; echo "before-$RUN" >"$S/good"
  note "what runs now is kept as before-$RUN"
}
label() { docker inspect --format "{{index .Config.Labels \"com.docker.compose.project.$2\"}}" "$1"; }

pull() { # SERVICE IMAGE BUILT: an image that is built from commits must be from this one
  docker image inspect "$2" >/dev/null 2>&1 || timeout -k 10 1800 docker pull -q "$2" || { note "the image of $1 cannot be pulled"; return 1; }
  from=$(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' "$2" 2>/dev/null)
  if [ "$3" = built ] && [ -n "$from" ] && [ "$from" != "$COMMIT" ]; then
    note "the image of $1 was built from commit $(echo "$from" | cut -c1-9): name a version that is new"; return 1
  fi
  note "$1"
}
job() { # SECONDS SERVICE RELEASE WORDS… -- COMMAND…: one container of the new image, removed whatever happens
  limit=$1; service=$2; from=$3; shift 3
  one_off() { timeout -k 10 "$limit" docker compose "$@"; }
  count=$#
  while IFS= read -r word; do set -- "$@" "$word"; done <"$from/args"
  set -- "$@" run --rm --no-deps -T --name "$PROJECT-envgate-job"
  while [ "$count" -gt 0 ] && [ "$1" != -- ]; do set -- "$@" "$1"; shift; count=$((count - 1)); done
  [ "$count" -eq 0 ] || { shift; count=$((count - 1)); }
  set -- "$@" "$service"
  while [ "$count" -gt 0 ]; do set -- "$@" "$1"; shift; count=$((count - 1)); done
  one_off "$@" </dev/null; ended=$?
  docker rm -f "$PROJECT-envgate-job" >/dev/null 2>&1
  [ $ended != 124 ] || note "the command took longer than $limit seconds"
  return $ended
}
rehearse() { # SERVICE SECONDS BACKUP PG_SERVICE USER DATABASE KIND VARIABLE COMMAND…
  service=$1; limit=$2; file=$(cat "$R/$3.file") || return 1
  pg_service=$4; user=$5; database=$6; kind=$7; variable=$8; shift 8
  scratch=envgate_rehearsal
  copy_into "$pg_service" "$user" "$database" "$file" "$scratch" || return 1
  if [ "$kind" = url ]; then
    # A URL holds a password: it goes through the environment and never through an argument.
    id=$(container "$service"); url=$(docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$id" | sed -n "s/^$variable=//p" | head -n 1)
    # Word by word, or the rehearsal would run on the database itself.
    place=${url%%\?*}; query=${url#"$place"}
    case $query in *[?\&]dbname=*|*[?\&]database=*) place='';; esac
    case $place in *://*/"$database") ;; *) note "$variable of $service does not end in the database"; drop "$pg_service" "$user" "$scratch"; return 1;; esac
    export "$variable=${place%/"$database"}/$scratch$query"
  else export "$variable=$scratch"; fi
  job "$limit" "$service" "$REL" -e "$variable" -- "$@"; ended=$?
  unset "$variable"
  drop "$pg_service" "$user" "$scratch"
  [ $ended = 0 ] || { has note || note "the rehearsal of the migration of $service failed"; return 1; }
  note "$service, on a copy of $database"
}
migrate() { # SERVICE SECONDS COMMAND…
  mark migrated
  service=$1; limit=$2; shift 2
  job "$limit" "$service" "$REL" -- "$@" || { has note || note "the migration of $service failed"; return 1; }
  note "$service"
}
up() { # SECONDS SERVICE…
  same_env || return 1
  mark changed
  limit=$1; shift
  with_release "$REL" up -d --no-build --no-deps --pull never --wait --wait-timeout "$limit" "$@" || { note "not all services became healthy: $(sick "$@")"; return 1; }
}
sick() {
  for service; do
    ids=$(containers "$service")
    if [ -z "$ids" ]; then printf '%s is not there ' "$service"; continue; fi
    # shellcheck disable=SC2086 # ids hold no blanks
    docker inspect --format "$service {{.State.Status}}{{with .State.Health}} {{.Status}}{{end}}" $ids | grep -vE ' running( healthy)?$' | tr '\n' ' '
  done
}
steady() { docker inspect --format '{{.RestartCount}} {{.State.StartedAt}} {{.State.Status}} {{with .State.Health}}{{.Status}}{{else}}none{{end}}' "$@" 2>/dev/null; }
all_well() { # SEEN: lines of `steady`, each of them well
  [ -n "$1" ] && ! printf '%s\n' "$1" | grep -qvE ' running (healthy|none)$'
}
but_health() { printf '%s\n' "$1" | sed 's/ [^ ]*$//'; }
health_service() { # SERVICE SECONDS SETTLE: running, healthy where it says so, and no restart while it settles
  # A service that the release before did not have is none of what came back.
  case "${new:-} " in *" $1 "*) note "$1"; return 0;; esac
  end=$(($(date +%s) + $2))
  # shellcheck disable=SC2086 # ids hold no blanks; a service has one a replica
  while :; do
    ids=$(containers "$1"); seen=''; [ -z "$ids" ] || seen=$(steady $ids)
    ! all_well "$seen" || break
    [ "$(date +%s)" -lt "$end" ] || { note "$1 is not healthy: $(sick "$1")"; return 1; }
    sleep 0.5
  done
  sleep "$3"
  # shellcheck disable=SC2086 # as above
  later=$(steady $ids)
  if all_well "$later" && [ "$(but_health "$later")" = "$(but_health "$seen")" ]; then note "$1"; return 0; fi
  note "$1 did not stay up: $(printf '%s\n' "$later" | cut -d' ' -f1,3- | tr '\n' ' ')"; return 1
}
# JSON on standard input as `pointer<TAB>value` lines.
pointers() {
  awk '
    { text = text $0 "\n" }
    function skip() { while (substr(text, at, 1) ~ /[ \t\r\n]/) at++ }
    function string(    s, c) {
      at++; s = ""
      while (at <= length(text) && (c = substr(text, at, 1)) != "\"") { if (c == "\\") { at++; c = substr(text, at, 1) } s = s c; at++ }
      at++; return s
    }
    function value(path, depth,    c, key, n, start) {
      if (depth > 40) exit 1
      skip(); c = substr(text, at, 1)
      if (c == "{") {
        at++; skip()
        while (at <= length(text) && substr(text, at, 1) != "}") { key = string(); skip(); at++; value(path "/" key, depth + 1); skip(); if (substr(text, at, 1) == ",") at++; skip() }
        at++
      } else if (c == "[") {
        at++; skip(); n = 0
        while (at <= length(text) && substr(text, at, 1) != "]") { value(path "/" n++, depth + 1); skip(); if (substr(text, at, 1) == ",") at++; skip() }
        at++
      } else if (c == "\"") print path "\t" string()
      else { start = at; while (at <= length(text) && substr(text, at, 1) !~ /[],} \t\r\n]/) at++; if (at == start) at++; print path "\t" substr(text, start, at - start) }
    }
    END { if (length(text) < 65536) { at = 1; value("", 0) } }'
}
health_url() { # URL STATUS SECONDS [POINTER=VALUE…]: {version} in a value is the version that runs now
  url=$1; status=$2; end=$(($(date +%s) + $3)); shift 3
  while :; do
    code=$(curl -s -o "$R/.body" -w '%{http_code}' --max-time 10 "$url" 2>/dev/null)
    wrong=''
    [ "$code" = "$status" ] || wrong="status $code, and $status is wanted"
    if [ -z "$wrong" ] && [ $# -gt 0 ]; then
      head -c 65535 "$R/.body" | pointers >"$R/.pointers"
      for want; do
        case $want in *'{version}'*) [ -n "$VERSION" ] || continue;; esac
        line=$(printf '%s' "$want" | sed "s/{version}/$VERSION/g; s/=/	/")
        grep -qxF -e "$line" "$R/.pointers" || wrong="${want%%=*} is not what is wanted"
      done
    fi
    [ -n "$wrong" ] || { note "$url"; return 0; }
    [ "$(date +%s)" -lt "$end" ] || { note "$url: $wrong"; return 1; }
    sleep 0.5
  done
}
