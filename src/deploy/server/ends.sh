# How a run ends: well, or back where it came from. `watch` and `check_data`, generated with the steps, look at health
# and at the data; they are the same after a deploy and after the way back.
finish() {
  echo "$VERSION" >"$REL/version"
  cat "$S/good" >"$REL/before" 2>/dev/null
  # What this run left alone goes back, one day, to the release that brought it.
  : >"$REL/others"
  covers "$(cat "$S/good" 2>/dev/null)" | while read -r service from; do
    case " $ALL " in *" $service "*) awk -v name="$service" '$1 == name {found = 1} END {exit found}' "$REL/pins" && echo "$service $from" >>"$REL/others";; esac
  done
  : >"$REL/good"
  echo "$RUN" >"$S/good.part" && mv "$S/good.part" "$S/good"
  prune "$(cat "$REL/before" 2>/dev/null)"
  note "$VERSION is the last good release"
}
# `service release` a line: what a release has itself, and what it left alone, each with the release that brought it.
covers() { # RELEASE
  [ -n "$1" ] && [ -s "$S/releases/$1/pins" ] || return 0
  while read -r service image; do echo "$service $1"; done <"$S/releases/$1/pins"
  [ ! -e "$S/releases/$1/others" ] || while read -r service from; do
    [ ! -s "$S/releases/$from/pins" ] || echo "$service $from"
  done <"$S/releases/$1/others"
}
prune() { # BEFORE: what is old goes, but neither what runs now nor where a rollback would go
  cat "$REL/others" "$S/releases/$1/others" 2>/dev/null | cut -d' ' -f2 >"$R/.needed"
  ls -1t "$S/releases" | tail -n "+$((KEEP + 1))" | while read -r old; do
    case $old in "$RUN"|"$1") ;; *) grep -qxF -e "$old" "$R/.needed" || rm -rf "$S/releases/${old:?}";; esac
  done
  for folder in "$S"/files/*/; do # mounted files that no release names any more
    [ -d "$folder" ] || continue
    sum=$(basename "$folder")
    grep -qsF "/files/$sum/" "$S"/releases/*/pins.yml || rm -rf "$S/files/${sum:?}" "$S/files/$sum.whole"
  done
  ls -1 "$S/runs" | sort -r | tail -n +51 | while read -r old; do
    [ -d "$S/releases/$old" ] || rm -rf "$S/runs/${old:?}"
  done
}
failed() { # a step failed: what has been touched decides
  if has abort && ! has changed && ! has migrated; then leave 3 'nothing was changed'; fi
  if has changed; then go_back; fi
  if has migrated; then
    STEP=database
    if untouched; then say 'done' 'the failed migration left nothing behind'; leave 3 'nothing was changed'; fi
    [ -s "$R/databases" ] || leave 5 'the migration failed, and without a backup nobody can tell what it left: look at the database'
    databases_back && leave 4 'the database is back as it was'
    leave 5 'the migration has changed the database: look at it, and restore the backup where it has to go back'
  fi
  leave 3 'nothing was changed'
}
go_back() {
  target=$(cat "$S/good" 2>/dev/null)
  [ -n "$target" ] && [ -s "$S/releases/$target/pins" ] || leave 5 'there is no release to go back to'
  sort_out "$target"
  back_to "$target" "$held" || leave 5 "the release $target did not come back"
  without_new || leave 5 'a service that is new with this deploy could not be removed'
  if has migrated && [ "$DATABASE" != never ] && ! untouched; then
    databases_back || leave 5 'the old version runs; the database is as the migration left it'
  fi
  verified "$target" || leave 5 "the release $target runs, and its checks fail"
  [ -z "$lost" ] || leave 5 "the release $target does not hold ${lost# }: what this deploy made of them runs"
  leave 4 "back at $target"
}
# Which services of this run the release has, which are new with this run, and which it cannot bring back.
sort_out() { # RELEASE
  held='' new='' lost=''
  covers "$1" >"$R/.covers"
  for service in $SERVICES; do
    if awk -v name="$service" '$1 == name {found = 1} END {exit !found}' "$R/.covers"; then held="$held $service"
    elif [ ! -e "$R/had" ] || grep -qxF -e "$service" "$R/had"; then lost="$lost $service"
    else new="$new $service"; fi
  done
}
without_new() {
  [ -n "$new" ] || return 0
  try back remove_new
}
remove_new() {
  for service in $new; do
    for id in $(containers "$service"); do docker rm -f "$id" >/dev/null || return 1; done
  done
  note "removed, since they are new with this deploy: ${new# }"
}
back_to() { # RELEASE SERVICES: its files, its images, its env file; `*` are all that it has
  VERSION=$(cat "$S/releases/$1/version" 2>/dev/null)
  kept=$S/releases/$1
  if [ -s "$kept/env" ] && ! cmp -s "$kept/env" "$ENV_FILE"; then
    STEP=env
    if { [ ! -e "$ENV_FILE" ] || cp -p "$ENV_FILE" "$R/env.failed"; } && put_env "$kept/env"; then
      say 'done' "the env file of $1 is back; the other is kept as $R/env.failed"
    else say failed "the env file of $1 could not be put back"; return 1; fi
  fi
  try back start_old "$1" "$2"
}
put_env() { # FILE: whole, or not at all where a rename can do it and leaves the owner
  place=$(readlink -f "$ENV_FILE" 2>/dev/null); place=${place:-$ENV_FILE}
  if [ -w "$(dirname "$place")" ] && { [ ! -e "$place" ] || [ -O "$place" ]; }; then
    cp -p "$1" "$place.envgate" && mv -f "$place.envgate" "$place" || { rm -f "$place.envgate"; return 1; }
  else cat "$1" >"$place"; fi
  cmp -s "$1" "$place"
}
start_old() { # RELEASE SERVICES: each with the files of the release that brought it
  covers "$1" >"$R/.covers"
  for origin in $(cut -d' ' -f2 "$R/.covers" | awk '!seen[$0]++'); do
    old=''
    while read -r service from; do
      [ "$from" = "$origin" ] || continue
      case " $2 " in ' * '|*" $service "*) old="$old $service";; esac
    done <"$R/.covers"
    # Without a name compose would start all that its files hold.
    [ -n "$old" ] || continue
    # shellcheck disable=SC2086 # service names hold no blanks
    with_release "$S/releases/$origin" up -d --no-build --no-deps --wait --wait-timeout 120 $old || { note "not all services became healthy: $(sick $old)"; return 1; }
  done
}
verified() { watch try && check_data try; }

# Each database as backup_pg lines gave it: NAME SERVICE USER DATABASE.
untouched() { # nothing that the run's migrations did is left; without a backup nobody can know
  [ -s "$R/databases" ] || return 1
  while read -r name service user database; do
    file=$(cat "$R/$name.file" 2>/dev/null) && gzip -t "$file" 2>/dev/null || return 1
    [ "$(dumped "$service" "$user" "$database" | content)" = "$(gzip -dc "$file" | content)" ] || return 1
  done <"$R/databases"
  check_data try
}
# Stands for all that a dump holds, definitions and values: counts do not see an UPDATE, and the counter of writes counts
# those of a transaction that was rolled back as well. Such a one leaves gaps in sequences, and newer dumps bear a word
# that is another one each time.
content() { sed '/^\\restrict /d; /^\\unrestrict /d; /^SELECT pg_catalog\.setval(/d' | sha256sum | cut -c1-64; }
dumped() { # SERVICE USER DATABASE; what is no whole dump is no equal of one either
  id=$(asked "$1") || return 1
  docker exec -e "PGUSER=$2" -e "PGDATABASE=$3" "$id" pg_dump </dev/null 2>/dev/null
}
counters() { # SUFFIX SECONDS: how many writes each database has seen; a write is told of after ten seconds at most
  sleep "$2"
  while read -r name service user database; do
    echo "$COUNTER" | pg "$service" "$user" "$database" >"$R/$name.$1" || return 1
  done <"$R/databases"
}
databases_back() { # by itself only where it was allowed to, and where nobody but the migration has written
  [ "$DATABASE" = if-unchanged ] && [ -s "$R/databases" ] || return 1
  sleep 11 # PostgreSQL tells of a write after ten seconds at most.
  while read -r name service user database; do
    [ "$(cat "$R/$name.counter")" = "$(cat "$R/$name.start")" ] || { STEP=database; say failed "$name was written to after its backup"; return 1; }
    now=$(echo "$COUNTER" | pg "$service" "$user" "$database")
    if [ -s "$R/$name.end" ] && [ "$now" != "$(cat "$R/$name.end")" ]; then STEP=database; say failed "$name was written to after its migration"; return 1; fi
    try database restore_swapped "$service" "$user" "$database" "$(cat "$R/$name.file")" || return 1
  done <"$R/databases"
}
restore_swapped() { # SERVICE USER DATABASE FILE
  copy_into "$1" "$2" "$3" "$4" envgate_restored || return 1
  kept=$(printf '%s_before_%s' "$3" "$RUN" | tr 'A-Z' 'a-z' | tr -c 'a-z0-9_\n' '_' | cut -c1-63)
  swap "$1" "$2" "$3" envgate_restored "$kept" || { note "$3 could not be swapped with its copy"; return 1; }
  note "$3 is as in the backup; what it was is kept as $kept"
}
# Whether a release ended well; those from before `good` was written are known by the history.
ended_well() { # RELEASE
  [ -s "$S/releases/$1/pins" ] || return 1
  [ ! -e "$S/releases/$1/good" ] && [ "$(cat "$S/good" 2>/dev/null)" != "$1" ] || return 0
  case $1 in before-*) return 0;; esac
  grep -qsF -e "\"run\":\"$1\",\"kind\":\"deploy\",\"code\":0," "$S/history"
}
roll_back() { # RELEASE: as a person asked for
  ended_well "$1" || { STEP=back; say failed "there is no release $1"; leave 3 'nothing was changed'; }
  mark changed
  back_to "$1" '*' || leave 5 "the release $1 did not come back"
  verified || leave 5 "the release $1 runs, and its checks fail"
  STEP=finish; echo "$1" >"$S/good.part" && mv "$S/good.part" "$S/good"
  say 'done' "$1 is the last good release"
  leave 0 "back at $1"
}
