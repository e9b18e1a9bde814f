# What can go wrong, on demand; `unfault` takes back mounts, proxies and frozen sessions, `reset` the rest.

fault() {
  local name=$1 root; shift
  root=$(root_of 1)
  mkdir -p "$BED_DIR/fault"
  case $name in
    backup-disk-full) install -d -o "$(user_of 1)" "$root/backups"; tiny_disk "$root/backups" "${1:-32}";;
    registry-disk-full) tiny_disk "$BED_DIR/registry/data/docker/registry/v2/repositories/octavios-invex-${2:-backend}/_uploads" "${1:-16}";;
    proxy) # LISTEN TARGET cut|close|hang|pass BYTES
      launch "$BED_DIR/fault/proxy-$1.pid" "$BED_DIR/log/proxy.log" python3 "$HERE/cutter.py" "$@"
      until_true 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$1";;
    ssh-freeze) sessions >"$BED_DIR/fault/frozen"; xargs -r kill -STOP <"$BED_DIR/fault/frozen";;
    ssh-kill) sessions | xargs -r kill -9;;
    ssh-down) halt "$BED_DIR/srv1/sshd.pid";;
    engine-stop) halt "$BED_DIR/srv1/dockerd.pid";;
    engine-kill) kill -9 "$(cat "$BED_DIR/srv1/dockerd.pid")" "$(cat "$BED_DIR/srv1/exec/containerd/containerd.pid")";;
    registry-stop) halt "$BED_DIR/registry/pid";;
    image-gone) curl -fsS -X DELETE "http://$REGISTRY/v2/octavios-invex-$1/manifests/$(digest "$1" "$2")";;
    tag-moved) build "$2" "${3:-broken-health}" "$1";;
    env-missing) mv "$root/envs/.env" "$root/envs/.env.away";;
    env-short) sed -i 's/^SECRET_KEY=.*/SECRET_KEY=short/' "$root/envs/.env";;
    env-json) sed -i 's/^ALLOWED_HOSTS=.*/ALLOWED_HOSTS=["localhost"]/' "$root/envs/.env";;
    env-touch) echo 'EDITED_MEANWHILE=1' >>"$root/envs/.env";;
    rows) echo "DELETE FROM monthly_kpis WHERE id > ${1:-206}" | psql_on 1;;
    insert) echo "INSERT INTO monthly_kpis(institucion_id, kpi) VALUES (1, 'late')" | psql_on 1;;
    postgres-stop) engine srv1 stop -t 2 postgres >/dev/null;;
    migration-fails) echo 'ALTER TABLE monthly_kpis ADD COLUMN broken int; SELECT 1/0;' >"$BED_DIR/work/migrations/900_fails.sql";;
    migration-loses) echo 'DELETE FROM monthly_kpis WHERE id > 206;' >"$BED_DIR/work/migrations/901_loses.sql";;
    dump) damage "$@";; # FILE truncated|partial|empty|garbage
    *) die "there is no fault called $name";;
  esac
}
sessions() { pgrep -u "$(user_of 1)" -x sshd; }
digest() {
  curl -fsSI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://$REGISTRY/v2/octavios-invex-$1/manifests/$2" |
    tr -d '\r' | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p'
}
tiny_disk() { # DIRECTORY KIB
  mkdir -p "$1"; mount -t tmpfs -o "size=${2}k,mode=777" bed-full "$1" && echo "$1" >>"$BED_DIR/fault/mounts"
}
damage() { # the file becomes the damaged one
  local file=$1 half=$BED_DIR/fault/half
  case $2 in
    truncated) head -c $(($(stat -c %s "$file") / 2)) "$file" >"$half";;
    partial) gunzip -c "$file" | awk '/^COPY public.monthly_kpis/ {inside = 1; n = 0; print; next} inside && /^\\\.$/ {inside = 0} inside && ++n > 206 {next} {print}' | gzip >"$half";;
    empty) : | gzip >"$half";;
    garbage) head -c 4096 /dev/urandom >"$half";;
    *) die "a dump cannot be $2";;
  esac
  cat "$half" >"$file"
}
unfault() {
  local file
  if [ -f "$BED_DIR/fault/mounts" ]; then
    tac "$BED_DIR/fault/mounts" | while read -r file; do umount -l "$file" 2>/dev/null; done
    rm -f "$BED_DIR/fault/mounts"
  fi
  if [ -f "$BED_DIR/fault/frozen" ]; then xargs -r kill -CONT <"$BED_DIR/fault/frozen" 2>/dev/null; rm -f "$BED_DIR/fault/frozen"; fi
  for file in "$BED_DIR"/fault/proxy-*.pid; do [ -f "$file" ] && halt "$file"; done
  return 0
}

sql() { echo "$2" | psql_on "$1" "${3:-bankadvisor}" 2>/dev/null; }
state() { # N: what the server really is, as JSON
  local n=${1:-1} root containers
  root=$(root_of "$n")
  containers=$(engine "srv$n" ps -aq 2>/dev/null | xargs -r env DOCKER_HOST="unix://$BED_DIR/srv$n/docker.sock" docker inspect 2>/dev/null |
    jq '[.[] | {name: .Name[1:], id: .Id[:12], image: .Image, ref: .Config.Image, version: ((.Config.Env // []) | map(select(startswith("VERSION="))) | first // "" | ltrimstr("VERSION=")),
         status: .State.Status, health: (.State.Health.Status // ""), restarts: .RestartCount}] | sort_by(.name)')
  jq -n --argjson containers "${containers:-[]}" \
    --arg rows "$(sql "$n" 'SELECT count(*) FROM monthly_kpis')" \
    --arg columns "$(sql "$n" "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'monthly_kpis'")" \
    --arg databases "$(sql "$n" "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE NOT datistemplate" postgres)" \
    --arg migrations "$(sql "$n" "SELECT string_agg(v, ',' ORDER BY v) FROM alembic_version")" \
    --arg env "$(sha256sum "$root/envs/.env" 2>/dev/null | cut -c1-64)" \
    --arg seeded "$(sha256sum "$BED_DIR/srv$n/env" 2>/dev/null | cut -c1-64)" \
    --arg http "$(curl -s -m 2 "http://127.0.0.1:$(http_port "$n" 0)/api/health")" \
    --arg backups "$(ls "$root/backups" 2>/dev/null | tr '\n' ' ')" \
    '{containers: $containers, rows: ($rows | tonumber? // null), columns: $columns, databases: $databases, migrations: $migrations, env: $env, http: $http, backups: ($backups | split(" ") | map(select(. != "")))}
     | .seed = ($env == $seeded and .rows == '"$BED_ROWS"' and .columns == "id,institucion_id,mes,kpi,valor" and .databases == "bankadvisor,postgres" and .migrations == ""
       and ([.containers[] | select(.status == "running")] | length) == 5 and ([.containers[] | select(.version != "" and .version != "0.1.1")] | length) == 0
       and ([.containers[] | select(.ref | contains("@"))] | length) == 0)'
}
