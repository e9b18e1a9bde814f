# Databases: counts, a backup that is proved before it counts, copies, and the way back.
pg() { # SERVICE USER DATABASE <SQL
  id=$(asked "$1") || return 1
  docker exec -i -e PGOPTIONS=--client-min-messages=warning "$id" psql -XqtA -v ON_ERROR_STOP=1 -U "$2" -d "$3"
}
mongo() { # SERVICE DATABASE EXPRESSION
  id=$(asked "$1") || return 1
  docker exec "$id" mongosh --quiet "$2" --eval "$3"
}
ask() { # NAME HOW…: how many; a plain number or nothing
  name=$1; shift
  if [ "$1" = pg ]; then number=$(printf '%s\n' "$5" | pg "$2" "$3" "$4"); else number=$(mongo "$2" "$3" "$4" </dev/null); fi
  # Two lines are two answers, and no number that stands in both of them.
  number=$(printf '%s\n' "$number" | tr -d '\r' | sed 's/^ *//; s/ *$//; /^$/d')
  case $number in ''|*[!0-9]*) has note || note "$name: no number came back"; return 1;; esac
  echo "$number"
}
before() { # NAME HOW…
  number=$(ask "$@") || return 1
  mkdir -p "$R/data" && echo "$number" >"$R/data/$1"
  note "$1 $number"
}
after() { # NAME MIN NEVER_LESS HOW…
  name=$1; min=$2; never=$3; shift 3
  number=$(ask "$name" "$@") || return 1
  was=$(cat "$R/data/$name" 2>/dev/null)
  note "$name ${was:+$was -> }$number"
  if [ "$number" -lt "$min" ]; then note "$name: $number, and $min are needed"; return 1; fi
  if [ "$never" = yes ] && [ -n "$was" ] && [ "$number" -lt "$was" ]; then note "$name: $number, and it was $was"; return 1; fi
  return 0
}

# Writes that PostgreSQL has counted; reading, vacuum and analyze do not move it.
COUNTER='SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables'
COUNTS="SELECT format('SELECT ''count'' || chr(9) || count(*) || chr(9) || %L FROM ONLY %I.%I', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence IN ('p', 'u') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_temp%'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1 \\gexec"

read_counts() { # what a dump holds: `count<TAB>rows<TAB>table` a table, and `whole` at its true end
  awk '
    inside { if ($0 == "\\.") { print "count\t" rows "\t" table; inside = 0 } else rows++; next }
    /^COPY .* FROM stdin;$/ { table = $0; sub(/^COPY /, "", table); sub(/ \(.*\) FROM stdin;$| +FROM stdin;$/, "", table); rows = 0; inside = 1; next }
    /^-- PostgreSQL database dump complete/ { whole = 1 }
    END { if (whole && !inside) print "whole" }'
}
room() { # FOLDER KIB
  free=$(df -Pk "$1" | awk 'NR == 2 {print $4}')
  [ "${free:-0}" -ge "$2" ] || { note "the disk has $free KiB for backups, and $2 are needed"; return 1; }
}
dump() { # SERVICE USER DATABASE COUNTS >dump: in one snapshot with the counts of its tables
  id=$(asked "$1") || return 1
  docker exec -i -e "PGUSER=$2" -e "PGDATABASE=$3" "$id" sh -c 'exec 3>&1 1>&2; exec psql -XqtA -v ON_ERROR_STOP=1' 2>"$4" <<SQL
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \\gset
\\setenv SNAPSHOT :snapshot
$COUNTS
\\! pg_dump --snapshot="\$SNAPSHOT" >&3; printf 'dump\\t%s\\n' \$?
COMMIT;
SQL
}
prove() { # FILE COUNTS: read to its end, with the rows that its snapshot had
  gzip -t "$1" 2>/dev/null || { note 'the backup is not a whole gzip file'; return 1; }
  gzip -dc "$1" | read_counts >"$R/.read"
  grep -qx whole "$R/.read" || { note 'the backup does not reach its end'; return 1; }
  grep '^count' "$R/.read" | sort >"$R/.have"
  grep '^count' "$2" | sort >"$R/.want"
  cmp -s "$R/.have" "$R/.want" || { note "the backup holds other rows than the database: $(diff "$R/.want" "$R/.have" | grep '^[<>]' | head -n 2 | tr '\n\t' '  ')"; return 1; }
}
# A run's name. `shop-audit` is another database than `shop`, and its backups are none of `shop`.
STAMP='[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z-??????'
# shellcheck disable=SC2086 # STAMP is a pattern
backup() { # NAME SERVICE USER DATABASE FOLDER KEEP MIN_BYTES MAX_SHRINK
  mkdir -p "$5" && [ -w "$5" ] || { note "$1: the folder $5 cannot be written to"; return 1; }
  rm -f "$5/$1-"$STAMP.sql.gz.part
  last=$(ls -1 "$5/$1-"$STAMP.sql.gz 2>/dev/null | sort | tail -n 1)
  if [ -n "$last" ]; then last_bytes=$(wc -c <"$last"); need=$((last_bytes / 512 + 64)); else
    last_bytes=0; need=$(echo 'SELECT pg_database_size(current_database()) / 8192 + 64' | pg "$2" "$3" "$4") || { note "$1: the database does not answer"; return 1; }
  fi
  room "$5" "$need" || return 1
  file=$5/$1-$RUN.sql.gz; part=$file.part
  # Before the dump: what is written while it is taken is not in it.
  echo "$COUNTER" | pg "$2" "$3" "$4" >"$R/$1.counter" || return 1
  { dump "$2" "$3" "$4" "$R/$1.counts"; echo $? >"$R/.dump"; } | gzip >"$part"; zipped=$?
  if [ "$(cat "$R/.dump")" != 0 ] || [ $zipped != 0 ] || ! grep -qx "dump	0" "$R/$1.counts"; then
    rm -f "$part"; has note || note "$1: the dump failed: $(grep -v '^count' "$R/$1.counts" | mask | tail -n 1)"; return 1
  fi
  prove "$part" "$R/$1.counts" || { rm -f "$part"; return 1; }
  bytes=$(wc -c <"$part")
  [ "$bytes" -ge "$7" ] || { rm -f "$part"; note "$1: the backup has $bytes bytes, and $7 are the fewest"; return 1; }
  if [ $((bytes * 100)) -lt $((last_bytes * (100 - $8))) ]; then rm -f "$part"; note "$1: the backup has $bytes bytes, and the one before had $last_bytes"; return 1; fi
  grep '^count' "$R/$1.counts" >"$file.counts" && sync "$part" 2>/dev/null; mv "$part" "$file" || return 1
  echo "$file" >"$R/$1.file"
  cp "$R/$1.counter" "$file.counter" || return 1
  good=$(cat "$S/good" 2>/dev/null); old_good=$(cat "$S/releases/$good/before" 2>/dev/null)
  ls -1 "$5/$1-"$STAMP.sql.gz | sort -r | tail -n +$(($6 + 1)) | while read -r old; do
    # Those that the running release and the one before it began with stay: they are what one would go back to.
    case $old in "$file"|"$5/$1-$good.sql.gz"|"$5/$1-$old_good.sql.gz") ;; *) rm -f "$old" "$old.counts" "$old.counter";; esac
  done
  note "$1: $(awk '{n += $2} END {print n + 0}' "$file.counts") rows, $bytes bytes, read to the end"
}
copy_into() { # SERVICE USER DATABASE FILE SCRATCH: a copy beside the database, with its counts compared
  if [ -s "$4.counts" ]; then prove "$4" "$4.counts" || return 1; else
    gzip -t "$4" 2>/dev/null && gzip -dc "$4" | read_counts >"$R/.read"
    grep -qx whole "$R/.read" || { note 'the backup does not reach its end'; return 1; }
    grep '^count' "$R/.read" | sort >"$R/.want"
  fi
  printf 'DROP DATABASE IF EXISTS "%s"; \nCREATE DATABASE "%s" TEMPLATE template0;\n' "$5" "$5" | pg "$1" "$2" postgres || return 1
  gzip -dc "$4" | pg "$1" "$2" "$5" >/dev/null || { note 'the backup could not be restored into a copy'; drop "$1" "$2" "$5"; return 1; }
  printf '%s\n' "$COUNTS" | pg "$1" "$2" "$5" | sort >"$R/.have"
  cmp -s "$R/.have" "$R/.want" || { note 'the copy holds other rows than the backup'; drop "$1" "$2" "$5"; return 1; }
}
drop() { printf 'DROP DATABASE IF EXISTS "%s";\n' "$3" | pg "$1" "$2" postgres; }
swap() { # SERVICE USER DATABASE SCRATCH KEPT: both databases stay, under each other's place
  printf 'ALTER DATABASE "%s" ALLOW_CONNECTIONS false;\nSELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s;\nSELECT pg_sleep(0.3);\nBEGIN;\nALTER DATABASE "%s" RENAME TO "%s";\nALTER DATABASE "%s" RENAME TO "%s";\nCOMMIT;\n' \
    "$3" "'$3'" "$3" "$5" "$4" "$3" | pg "$1" "$2" postgres >/dev/null
  swapped=$?
  # Neither name may be left without connections, whichever database bears it now.
  for name in "$3" "$5"; do
    printf 'ALTER DATABASE "%s" ALLOW_CONNECTIONS true;\n' "$name" | pg "$1" "$2" postgres >/dev/null 2>&1
  done
  return $swapped
}

# A person restores: into a copy first, whatever comes of it then.
copy() { # SERVICE USER DATABASE FILE
  [ -f "$4" ] || { note "there is no backup $4"; return 1; }
  copy_into "$1" "$2" "$3" "$4" envgate_restored || return 1
  note "$(awk '{n += $2} END {print n + 0}' "$R/.want") rows, in the database envgate_restored"
}
copied() { # NAME MIN SERVICE USER QUERY
  number=$(ask "$1" pg "$3" "$4" envgate_restored "$5") || return 1
  [ "$number" -ge "$2" ] || { note "$1: $number in the copy, and $2 are needed"; return 1; }
  note "$1 $number in the copy"
}
replace() { # SERVICE USER DATABASE FILE DISCARD
  now=$(echo "$COUNTER" | pg "$1" "$2" "$3") || return 1
  if [ "$5" != yes ] && [ "$now" != "$(cat "$4.counter" 2>/dev/null)" ]; then
    note "$3 was written to after this backup, and what was written would be lost"; return 1
  fi
  kept=$(printf '%s_before_%s' "$3" "$RUN" | tr 'A-Z' 'a-z' | tr -c 'a-z0-9_\n' '_' | cut -c1-63)
  swap "$1" "$2" "$3" envgate_restored "$kept" || { note "$3 could not be swapped with its copy"; return 1; }
  note "$3 is as in the backup; what it was is kept as $kept"
}
