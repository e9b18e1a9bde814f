# How a run ends: well, or back where it came from. `watch` and `check_data`, generated with the steps, look at health
# and at the data; they are the same after a deploy and after the way back.
finish() {
  cp -p "$ENV_FILE" "$REL/env"; echo "$VERSION" >"$REL/version"
  cat "$S/good" >"$REL/before" 2>/dev/null
  echo "$RUN" >"$S/good.part" && mv "$S/good.part" "$S/good"
  prune "$(cat "$REL/before" 2>/dev/null)"
  note "$VERSION is the last good release"
}
prune() { # BEFORE: what is old goes, but neither what runs now nor where a rollback would go
  ls -1t "$S/releases" | tail -n "+$((KEEP + 1))" | while read -r old; do
    case $old in "$RUN"|"$1") ;; *) rm -rf "$S/releases/${old:?}";; esac
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
    databases_back && leave 4 'the database is back as it was'
    leave 5 'the migration has changed the database: look at it, and restore the backup where it has to go back'
  fi
  leave 3 'nothing was changed'
}
go_back() {
  target=$(cat "$S/good" 2>/dev/null)
  [ -n "$target" ] && [ -s "$S/releases/$target/pins" ] || leave 5 'there is no release to go back to'
  back_to "$target" || leave 5 "the release $target did not come back"
  if has migrated && ! untouched; then
    case $DATABASE in
      never) ;;
      *) databases_back || leave 5 'the old version runs; the database is as the migration left it';;
    esac
  fi
  verified "$target" || leave 5 "the release $target runs, and its checks fail"
  leave 4 "back at $target"
}
back_to() { # RELEASE: its files, its images, its env file
  VERSION=$(cat "$S/releases/$1/version" 2>/dev/null)
  kept=$S/releases/$1
  if [ -s "$kept/env" ] && ! cmp -s "$kept/env" "$ENV_FILE"; then
    STEP=env; cp -p "$ENV_FILE" "$R/env.failed" && cat "$kept/env" >"$ENV_FILE" && say 'done' "the env file of $1 is back; the other is kept as $R/env.failed"
  fi
  try back start_old "$kept"
}
start_old() { # RELEASE
  old=''
  while read -r service image; do old="$old $service"; done <"$1/pins"
  # shellcheck disable=SC2086 # service names hold no blanks
  with_release "$1" up -d --no-build --no-deps --wait --wait-timeout 120 $old || { note "not all services became healthy: $(sick $old)"; return 1; }
}
verified() { watch try && check_data try; }

# Each database as backup_pg lines gave it: NAME SERVICE USER DATABASE.
untouched() { # nothing that the run's migrations did is left
  while read -r name service user database; do
    [ "$(echo "$COLUMNS" | pg "$service" "$user" "$database")" = "$(cat "$R/$name.columns" 2>/dev/null)" ] || return 1
    same_rows "$name" "$service" "$user" "$database" || return 1
  done <"$R/databases"
  check_data try
}
same_rows() {
  printf '%s\n' "$COUNTS" | pg "$2" "$3" "$4" 2>/dev/null | sort >"$R/.now"
  grep '^count' "$R/$1.counts" | sort | cmp -s - "$R/.now"
}
counters() { # SUFFIX SECONDS: how many writes each database has seen; a write is told of after ten seconds at most
  sleep "$2"
  while read -r name service user database; do
    echo "$COUNTER" | pg "$service" "$user" "$database" >"$R/$name.$1" || return 1
  done <"$R/databases"
}
databases_back() { # by itself only where it was allowed to, and where nobody but the migration has written
  [ "$DATABASE" = if-unchanged ] || return 1
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
roll_back() { # RELEASE: as a person asked for
  [ -s "$S/releases/$1/pins" ] || { STEP=back; say failed "there is no release $1"; leave 3 'nothing was changed'; }
  mark changed
  back_to "$1" || leave 5 "the release $1 did not come back"
  verified || leave 5 "the release $1 runs, and its checks fail"
  STEP=finish; echo "$1" >"$S/good.part" && mv "$S/good.part" "$S/good"
  say 'done' "$1 is the last good release"
  leave 0 "back at $1"
}
