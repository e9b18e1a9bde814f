# PostgreSQL and data checks. The server's own client programs are used, in the database's container: no port
# is opened, no password is moved, and no version is mixed with another.

psql_in() { # SERVICE USER DATABASE: SQL on standard input
  docker exec -i "$(container "$1")" psql -X -q -tA -v ON_ERROR_STOP=1 -U "$2" -d "$3"
}
# Every table and its rows, as lines `schema.table<TAB>rows`.
COUNTS="SELECT format('SELECT %L, count(*) FROM %I.%I', schemaname || '.' || tablename, schemaname, tablename)
  FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY schemaname, tablename"
# Rows ever written, which says more than rows there are; xids and WAL move without writes.
WRITES="SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables"
SHAPE="SELECT md5(coalesce(string_agg(line, ';' ORDER BY line), '')) FROM (
  SELECT table_schema || table_name || column_name || data_type AS line FROM information_schema.columns
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT schemaname || indexname FROM pg_indexes WHERE schemaname <> 'pg_catalog') AS lines"

counts_of() { # SERVICE USER DATABASE
  printf '%s\n\\pset fieldsep %s\n\\gexec\n' "$COUNTS" "'\\t'" | psql_in "$1" "$2" "$3"
}
# What a migration may change: the shape, and the rows ever written.
mark_of() { # SERVICE USER DATABASE
  echo "$SHAPE; $WRITES;" | psql_in "$1" "$2" "$3" | tr '\n' ' '
}

# A dump and the counts of its own snapshot, in one session: rows on standard output, counts beside it.
backup() { # NAME SERVICE USER DATABASE FOLDER MIN_BYTES MAX_SHRINK KEEP
  mkdir -p "$BASE/$5" || return 3
  file=$5/$1-$RUN.sql.gz
  rm -f "$BASE/$5/"*.part
  need=$(echo 'SELECT pg_database_size(current_database()) / 1024' | psql_in "$2" "$3" "$4") || { reason "the database $4 does not answer"; return 3; }
  free=$(df -Pk "$BASE/$5" | awk 'NR == 2 {print $4}')
  # Compressed text is smaller than its database; half of it is what must be free, and never less than 1 MiB.
  [ "$free" -gt 1024 ] && [ "$free" -gt $((need / 2)) ] || { reason "there is too little room in $5 for a backup of $4"; return 3; }
  dump "$2" "$3" "$4" "$BASE/$file.part" || { rm -f "$BASE/$file.part"; return 3; }
  prove "$BASE/$file.part" "$DIR/$1.counts" || { rm -f "$BASE/$file.part"; return 3; }
  size=$(wc -c <"$BASE/$file.part")
  [ "$size" -ge "$6" ] || { reason "the backup of $4 is smaller than it may be: $size bytes"; rm -f "$BASE/$file.part"; return 3; }
  last=$(ls -t "$BASE/$5/$1"-*.sql.gz 2>/dev/null | head -n 1)
  if [ -n "$last" ] && [ $((size * 100)) -lt $(($(wc -c <"$last") * (100 - $7))) ]; then
    reason "the backup of $4 is more than $7 percent smaller than the one before it"
    rm -f "$BASE/$file.part"
    return 3
  fi
  mark_of "$2" "$3" "$4" >"$DIR/$1.mark"
  cp "$DIR/$1.counts" "$BASE/$file.counts" && (cd "$BASE/$5" && sha256sum <"$1-$RUN.sql.gz.part" | cut -c1-64 >"$1-$RUN.sql.gz.sha256") || return 3
  mv "$BASE/$file.part" "$BASE/$file" || return 3
  printf '%s\n' "$file" >"$DIR/$1.backup"
  journal backup "\"file\":\"$file\",\"bytes\":$size,\"rows\":$(awk -F'\t' '{rows += $2} END {print rows + 0}' "$DIR/$1.counts")"
  ls -t "$BASE/$5/$1"-*.sql.gz | tail -n +$(($8 + 1)) | while read -r old; do rm -f "$old" "$old.counts" "$old.sha256"; done
}
dump() { # SERVICE USER DATABASE FILE
  {
    echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
    echo 'SELECT pg_export_snapshot() AS snapshot \gset'
    echo '\setenv GATE_SNAPSHOT :snapshot'
    echo "\\setenv GATE_USER '$2'"
    echo "\\setenv GATE_DATABASE '$3'"
    echo '\o | sed "s/^/count	/" >&2'
    echo '\pset fieldsep '"'\\t'"
    printf '%s\n\\gexec\n\\o\n' "$COUNTS"
    echo '\! pg_dump --snapshot="$GATE_SNAPSHOT" -U "$GATE_USER" -d "$GATE_DATABASE"; echo "dump	$?" >&2'
  } >"$DIR/dump.sql"
  # The status of every part counts: psql's by its marker, gzip's by its own.
  { docker exec -i "$(container "$1")" psql -X -q -tA -v ON_ERROR_STOP=1 -U "$2" -d "$3" <"$DIR/dump.sql" 2>"$DIR/dump.said"
    echo $? >"$DIR/dump.rc"; } | gzip >"$4"
  if [ $? != 0 ] || [ "$(cat "$DIR/dump.rc")" != 0 ] || ! grep -q '^dump	0$' "$DIR/dump.said"; then
    reason "the dump of $3 failed"
    return 3
  fi
}
# A backup counts when all of it can be read, it is complete, and it holds the rows that its snapshot had.
prove() { # FILE COUNTS
  gzip -t "$1" 2>/dev/null || { reason "the backup cannot be read to its end"; return 3; }
  [ -s "$2" ] || sed -n 's/^count	//p' "$DIR/dump.said" | sort >"$2"
  rows_in "$1" >"$DIR/found.counts" || { reason "the backup is not complete"; return 3; }
  cmp -s "$2" "$DIR/found.counts" || { reason "the backup does not hold the rows that its snapshot had"; return 3; }
}
rows_in() { # FILE: the rows of each table in a dump, and that it was written to its end
  gunzip -c "$1" 2>/dev/null | awk '
    !inside && /^COPY .* FROM stdin;$/ { inside = 1; name = $2; gsub(/"/, "", name); rows[name] = 0; next }
    inside && $0 == "\\." { inside = 0; next }
    inside { rows[name]++; next }
    /^-- PostgreSQL database dump complete/ { whole = 1 }
    END { for (name in rows) printf "%s\t%d\n", name, rows[name]; exit !whole }' >"$DIR/rows.part" || return 1
  sort "$DIR/rows.part"
}

# A copy of a backup beside the live database, with its rows counted.
scratch() { # FILE COUNTS SERVICE USER COPY
  echo "DROP DATABASE IF EXISTS \"$5\" WITH (FORCE);" | psql_in "$3" "$4" postgres || return 3
  echo "CREATE DATABASE \"$5\";" | psql_in "$3" "$4" postgres || return 3
  { gunzip -c "$1"; echo $? >"$DIR/gunzip.rc"; } | docker exec -i "$(container "$3")" psql -X -q -o /dev/null -v ON_ERROR_STOP=1 --single-transaction -U "$4" -d "$5"
  if [ $? != 0 ] || [ "$(cat "$DIR/gunzip.rc")" != 0 ]; then
    reason "the backup could not be restored into a copy"
    drop_copy "$3" "$4" "$5"
    return 3
  fi
  counts_of "$3" "$4" "$5" | sort >"$DIR/copy.counts"
  cmp -s "$2" "$DIR/copy.counts" || { reason "the restored copy does not hold the rows of the backup"; drop_copy "$3" "$4" "$5"; return 3; }
}
drop_copy() { echo "DROP DATABASE IF EXISTS \"$3\" WITH (FORCE);" | psql_in "$1" "$2" postgres; }

migrate_in() { # SECONDS SERVICE ENV URL_VARIABLE COPY COMMAND…: with the new image; the variables lead to a copy
  LIMIT=$1 service=$2 variable=$3 url=$4 copy=$5
  shift 5
  if [ -n "$url" ]; then
    compose run --rm -T --no-deps --entrypoint sh "$service" -c "export $url=\"\${$url%/*}/$copy\"; exec \"\$@\"" sh "$@"
  else
    compose run --rm -T --no-deps ${variable:+-e "$variable=$copy"} "$service" "$@"
  fi
}
rehearse() { # NAME SERVICE USER LIMIT RUNNER VARIABLE URL_VARIABLE COMMAND…
  name=$1 base=$2 user=$3
  shift 3
  copy=envgate_rehearsal_$(echo "$RUN" | tr -cd 'a-z0-9')
  scratch "$BASE/$(cat "$DIR/$name.backup")" "$DIR/$name.counts" "$base" "$user" "$copy" || return 3
  limit=$1 runner=$2 variable=$3 url=$4
  shift 4
  migrate_in "$limit" "$runner" "$variable" "$url" "$copy" "$@"
  code=$?
  counts_of "$base" "$user" "$copy" | sort >"$DIR/rehearsed.counts"
  drop_copy "$base" "$user" "$copy"
  [ $code = 0 ] || { reason "the migration failed on a copy of the database; the database itself was not touched"; return 3; }
  # A migration may drop a table on purpose; rows that vanish from a table that stays are asked about here.
  lost=$(awk -F'\t' 'NR == FNR {had[$1] = $2; next} ($1 in had) && $2 < had[$1] {print $1}' "$DIR/$name.counts" "$DIR/rehearsed.counts" | tr '\n' ' ')
  [ -z "$lost" ] || { reason "the migration loses rows of $lost: so it did on a copy; the database itself was not touched"; return 3; }
}
migrate() { # LIMIT SERVICE COMMAND…
  CHANGED=schema
  limit=$1 runner=$2
  shift 2
  for mark in "$DIR"/*.mark; do [ -e "$mark" ] && before_migration "$(basename "$mark" .mark)"; done
  migrate_in "$limit" "$runner" '' '' '' "$@" || { reason "the migration failed"; return 3; }
  for mark in "$DIR"/*.mark; do [ -e "$mark" ] && after_migration "$(basename "$mark" .mark)"; done
  return 0
}

# What a migration did to a database is told from two marks around it.
before_migration() { database_of "$1"; sleep 1; mark_of "$SVC" "$USR" "$DB" >"$DIR/$1.pre"; }
after_migration() { database_of "$1"; sleep 1; mark_of "$SVC" "$USR" "$DB" >"$DIR/$1.post"; }
# The migration failed and no container was touched: nothing has changed, unless it left something behind.
schema_fell() {
  failed=$(cat "$DIR/reason" 2>/dev/null)
  touched=
  for mark in "$DIR"/*.pre; do
    name=$(basename "$mark" .pre)
    after_migration "$name"
    cmp -s "$mark" "$DIR/$name.post" || touched="$touched $name"
  done
  [ -n "$touched" ] || finish 3
  CHANGED=undoing
  step undo-database undo_database
  if [ "$RESTORED" = yes ]; then reason "$failed; the database is as it was backed up"; finish 4; fi
  reason "$failed, and left changes in$touched; the backup is $(cat "$DIR"/*.backup | tr '\n' ' ')"
  finish 5
}
RESTORED=no
DATABASE_WORD=
# The database goes back only where it is allowed, and where nobody but the migration has written since.
undo_database() {
  for mark in "$DIR"/*.post; do
    [ -e "$mark" ] || return 0
    name=$(basename "$mark" .post)
    cmp -s "$DIR/$name.pre" "$mark" && continue
    DATABASE_WORD="; the schema stays as it was migrated"
    [ "$DATABASE_POLICY" = if-unchanged ] || continue
    database_of "$name"
    sleep 1
    mark_of "$SVC" "$USR" "$DB" >"$DIR/$name.now"
    if ! cmp -s "$DIR/$name.mark" "$DIR/$name.pre" || ! cmp -s "$mark" "$DIR/$name.now"; then
      DATABASE_WORD="; the database was written to since its backup, so it was not restored"
      continue
    fi
    restore "$(cat "$DIR/$name.backup")" "$SVC" "$USR" "$DB" live || return 5
    RESTORED=yes
    DATABASE_WORD="; the database is as it was backed up"
  done
  return 0
}

number() { # NAME: the answer of a data check is one whole number
  value=$(data_query "$1" 2>/dev/null | tr -d '[:space:]')
  case $value in '' | *[!0-9]*) reason "the data check $1 gave no number"; return 1 ;; esac
}
data_before() { # NAME MIN
  number "$1" || return 3
  echo "$value" >"$DIR/$1.before"
  journal data "\"check\":\"$1\",\"before\":$value"
  [ "$value" -ge "$2" ] || { reason "$1 holds $value before the deploy, and $2 are the fewest"; return 1; }
}
data_after() { # NAME MIN NEVER_LESS
  number "$1" || return 4
  before=$(cat "$DIR/$1.before" 2>/dev/null || echo 0)
  journal data "\"check\":\"$1\",\"before\":$before,\"after\":$value"
  [ "$value" -ge "$2" ] || { reason "$1 holds $value, and $2 are the fewest"; return 4; }
  [ "$3" = no ] || [ "$value" -ge "$before" ] || { reason "$1 holds $value, and held $before before"; return 4; }
}

# Swaps a proved copy with the live database by renaming both; nothing is deleted.
swap() { # SERVICE USER DATABASE COPY KEPT
  for attempt in 1 2 3 4 5; do
    printf 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() \\g /dev/null\nALTER DATABASE "%s" RENAME TO "%s";\n' \
      "'$3'" "$3" "$5" | psql_in "$1" "$2" postgres && break
    [ $attempt = 5 ] && return 3
    sleep 1
  done
  echo "ALTER DATABASE \"$4\" RENAME TO \"$3\";" | psql_in "$1" "$2" postgres && return 0
  echo "ALTER DATABASE \"$5\" RENAME TO \"$3\";" | psql_in "$1" "$2" postgres
  return 3
}
restore() { # FILE SERVICE USER DATABASE scratch|live
  [ -s "$BASE/$1" ] && [ -s "$BASE/$1.counts" ] || { reason "there is no backup $1 with its counts"; return 1; }
  [ "$(sha256sum <"$BASE/$1" | cut -c1-64)" = "$(cat "$BASE/$1.sha256" 2>/dev/null)" ] || { reason "the backup $1 is not the one that was proved"; return 1; }
  prove "$BASE/$1" "$BASE/$1.counts" || return 1
  copy=${4}_restored_$(echo "$RUN" | tr -cd 'a-z0-9')
  scratch "$BASE/$1" "$BASE/$1.counts" "$2" "$3" "$copy" || return 3
  journal restored "\"database\":\"$copy\""
  [ "$5" = live ] || { say "the backup stands in the database $copy"; return 0; }
  kept=${4}_before_$(echo "$RUN" | tr -cd 'a-z0-9')
  swap "$2" "$3" "$4" "$copy" "$kept" || { reason "the databases could not be swapped; the live one stays, and the copy is $copy"; return 3; }
  journal swapped "\"kept\":\"$kept\""
  say "the backup is live; what was live before is $kept"
}
