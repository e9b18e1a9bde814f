# The operator's working copy, its remote, the app's versions, and the server as it stands before a deploy.

make_work() {
  local work=$BED_DIR/work sum
  sum=$(cd "$HERE/project" && find . -type f | sort | xargs sha256sum | sha256sum)
  [ -d "$work/.git" ] && [ "$sum" = "$(cat "$BED_DIR/work.sum" 2>/dev/null)" ] && return 0
  rm -rf "$work" "$BED_DIR/origin.git" "$BED_DIR"/srv*/seeded; mkdir -p "$work"
  cp -R "$HERE/project/." "$work/"
  grep -rlE '@(REGISTRY|SSH_CONFIG|PORT)@' "$work" | xargs -r sed -i "s#@REGISTRY@#$REGISTRY#g; s#@SSH_CONFIG@#$BED_DIR/ssh/config#g; s#@PORT@#$(http_port 1 0)#g"
  git -C "$work" init -q -b main
  git -C "$work" config user.name bed; git -C "$work" config user.email bed@localhost
  git -C "$work" add -A; git -C "$work" commit -qm 'The app at 0.1.1'; git -C "$work" tag seed
  git init -q --bare -b main "$BED_DIR/origin.git"
  git -C "$work" remote add origin "$BED_DIR/origin.git"; git -C "$work" push -q -u origin main
  echo "$sum" >"$BED_DIR/work.sum"
}

make_env() { # N: what stands in envs/.env on server N; made once, so that a reset brings the same back
  local file=$BED_DIR/srv$1/env
  grep -qs shop.example.com "$file" || cat >"$file" <<END
# The server's own values. They never leave it but over ssh.
SECRET_KEY=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')x4Q
JWT_SECRET_KEY=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')j7W
ALLOWED_HOSTS=localhost,127.0.0.1,web,backend
CORS_ORIGINS=https://shop.example.com
BACKEND_PORT=$(http_port "$1" 0)
WEB_PORT=$(http_port "$1" 1)
ADVISOR_PORT=$(http_port "$1" 2)
END
  install -d -o "$(user_of "$1")" "$(root_of "$1")/envs"
  install -o "$(user_of "$1")" -m 600 "$file" "$(root_of "$1")/envs/.env"
}

import_base() {
  local name
  for name in busybox postgres; do
    engine local image inspect "bed/$name:1" >/dev/null 2>&1 || engine local import -c 'CMD ["/bin/sh"]' "$BED_CACHE/$name.tar" "bed/$name:1" >/dev/null
    engine local tag "bed/$name:1" "$REGISTRY/bed-$name:1"
    tag_exists "bed-$name" 1 || engine local push -q "$REGISTRY/bed-$name:1" >/dev/null
  done
}
tag_exists() { curl -fsS -o /dev/null "http://$REGISTRY/v2/$1/manifests/$2" 2>/dev/null; }

build() { # VERSION [ok|broken-health|crash|slow] [SERVICE…]: built and pushed
  local version=$1 mode=${2:-ok} service file; shift; [ $# -eq 0 ] || shift
  [ $# -gt 0 ] || set -- backend web bank-advisor
  for service; do
    file=app/Dockerfile; [ "$service" = bank-advisor ] && file=app/Dockerfile.advisor
    ( cd "$BED_DIR/work" && DOCKER_BUILDKIT=0 engine local build --network none -q -f "$file" --build-arg VERSION="$version" --build-arg MODE="$mode" \
        -t "$REGISTRY/octavios-invex-$service:$version" . ) >/dev/null 2>>"$BED_DIR/log/build.log" || die "building $service failed"
    engine local push -q "$REGISTRY/octavios-invex-$service:$version" >/dev/null 2>>"$BED_DIR/log/build.log" || die "pushing $service failed"
  done
}

seed() { # N: a clone, the app at 0.1.1 up, the rows in
  local user home root
  user=$(user_of "$1"); home=$(home_of "$1"); root=$(root_of "$1")
  [ -f "$BED_DIR/srv$1/seeded" ] && return 0
  note "seed srv$1"
  rm -rf "$root"
  printf '[safe]\n\tdirectory = *\n' >"$home/.gitconfig"; chown "$user" "$home/.gitconfig"
  runuser -u "$user" -- env HOME="$home" git clone -q "$BED_DIR/origin.git" "$root" || die 'the clone failed'
  make_env "$1"
  over_ssh "$1" "cd $REMOTE && docker compose --env-file envs/.env $COMPOSE_FILES up -d --no-build --wait --quiet-pull" >>"$BED_DIR/log/seed$1.log" 2>&1 ||
    { tail -20 "$BED_DIR/log/seed$1.log" >&2; die "srv$1 could not be seeded"; }
  rows "$1"
  touch "$BED_DIR/srv$1/seeded"
}

psql_on() { engine "srv$1" exec -i postgres psql -q -tA -v ON_ERROR_STOP=1 -U octavios -d "${2:-bankadvisor}"; }
rows() { # N
  psql_on "$1" <<END >/dev/null
SET client_min_messages = warning;
DROP TABLE IF EXISTS monthly_kpis, instituciones, alembic_version;
CREATE TABLE instituciones(id int PRIMARY KEY, nombre text NOT NULL);
INSERT INTO instituciones SELECT n, 'banco ' || n FROM generate_series(1, 54) n;
CREATE TABLE monthly_kpis(id serial PRIMARY KEY, institucion_id int REFERENCES instituciones(id), mes date, kpi text, valor numeric);
INSERT INTO monthly_kpis(institucion_id, mes, kpi, valor)
  SELECT 1 + n % 54, date '2015-01-01' + (n % 120) * 30, md5(n::text), n * 1.7 FROM generate_series(1, $BED_ROWS) n;
END
}

reset() {
  local n pid
  sound
  unfault
  up_services
  git -C "$BED_DIR/work" checkout -q -f main; git -C "$BED_DIR/work" reset -q --hard seed; git -C "$BED_DIR/work" clean -qfdx
  git -C "$BED_DIR/work" for-each-ref --format='%(refname:short)' refs/heads | grep -vx main | xargs -r git -C "$BED_DIR/work" branch -q -D
  git -C "$BED_DIR/work" push -q -f origin main 2>/dev/null
  # The registry forgets every version but the seeded one: the next test's build is its own.
  find "$BED_DIR"/registry/data/docker/registry/v2/repositories/octavios-invex-*/_manifests/tags -mindepth 1 -maxdepth 1 ! -name 0.1.1 -exec rm -rf {} +
  for n in $(seq "$BED_SERVERS"); do
    for pid in $(ps -o pid= -u "$(user_of "$n")"); do kill -9 "$pid" 2>/dev/null; done
    if [ "$(state "$n" | jq -r .seed)" = true ] && [ "${1:-}" != hard ]; then clean "$n"; continue; fi
    [ "${1:-}" = hard ] || { back_up "$n"; [ "$(state "$n" | jq -r .seed)" = true ] && continue; }
    empty_engine "$n"
    rm -f "$BED_DIR/srv$n/seeded"
    seed "$n"
  done
}
back_up() { # N: what runs is replaced by what was seeded, as compose would; much faster than from nothing
  local name
  clean "$1"
  over_ssh "$1" "cd $REMOTE && docker ps -aq --filter label=com.docker.compose.oneoff=True | xargs -r docker rm -f; docker compose --env-file envs/.env $COMPOSE_FILES up -d --no-build --wait --quiet-pull" >>"$BED_DIR/log/seed$1.log" 2>&1
  psql_on "$1" postgres <<<"SELECT datname FROM pg_database WHERE datname NOT IN ('bankadvisor', 'postgres') AND NOT datistemplate" |
    while read -r name; do psql_on "$1" postgres <<<"DROP DATABASE \"$name\""; done
  rows "$1"
}
clean() { # N: the containers and rows still are the seeded ones; only files can differ
  local root; root=$(root_of "$1")
  rm -rf "$root/.envgate" "$root/backups" "$root/.env"
  runuser -u "$(user_of "$1")" -- git -C "$root" fetch -q origin; runuser -u "$(user_of "$1")" -- git -C "$root" reset -q --hard origin/main
  make_env "$1"; rows "$1"
  engine "srv$1" exec mongodb sh -c 'echo 8 >/data/users' 2>/dev/null
}
