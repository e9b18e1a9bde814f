# What this server is, one fact a line, words apart by tabs. Given: ROOT PROJECT ENV_FILE TOOLS. Changes nothing.
fact() { printf '%s' "$1"; shift; for word; do printf '\t%s' "$word"; done; printf '\n'; }
fact time "$(date -u +%s)"
for tool in $TOOLS; do command -v "$tool" >/dev/null 2>&1 || fact lacks "$tool"; done
cd "$HOME" && cd "$ROOT" 2>/dev/null || { fact no-root; exit 0; }
fact disk "$(df -Pk . | awk 'NR == 2 {print $4}')"
fact engine "$(docker version --format '{{.Server.Version}}' 2>/dev/null)"
fact compose "$(docker compose version --short 2>/dev/null)"
fact env "$(sha256sum "$ENV_FILE" 2>/dev/null | cut -c1-64)"
if [ -e .envgate/lock ] && ! flock -n .envgate/lock true; then
  fact lock held "$(cut -d' ' -f1 .envgate/lock.by 2>/dev/null)" "$(cut -d' ' -f2 .envgate/lock.by 2>/dev/null)"
else
  fact lock free
fi
last='' moved=''
# What a run of which nothing came, with code 3, has not moved either.
for run in $(ls -1 .envgate/runs 2>/dev/null | sort -r | head -n 50); do
  # A run that found the lock taken has done nothing and says nothing of how things stand.
  [ "$(cat ".envgate/runs/$run/rc" 2>/dev/null)" != 75 ] || continue
  [ -n "$last" ] || last=$run
  [ "$(cat ".envgate/runs/$run/rc" 2>/dev/null)" != 3 ] || continue
  if head -n 1 ".envgate/runs/$run/journal" 2>/dev/null | grep -qE '"note":"(deploy|rollback)"'; then moved=$run; break; fi
done
[ -z "$moved" ] || fact moved "$moved" "$(cat ".envgate/runs/$moved/rc" 2>/dev/null)"
[ -z "$last" ] || fact last "$last" "$(cat ".envgate/runs/$last/rc" 2>/dev/null)" "$(tail -n 1 ".envgate/runs/$last/journal" 2>/dev/null)"
good=$(cat .envgate/good 2>/dev/null)
if [ -n "$good" ] && [ -s ".envgate/releases/$good/pins" ]; then
  fact good "$good" "$(cat ".envgate/releases/$good/version" 2>/dev/null)" "$(cat ".envgate/releases/$good/before" 2>/dev/null)"
  { cat ".envgate/releases/$good/pins"; [ ! -e ".envgate/releases/$good/others" ] || while read -r service from; do
    awk -v name="$service" '$1 == name' ".envgate/releases/$from/pins" 2>/dev/null
  done <".envgate/releases/$good/others"; } | while read -r service image; do
    if docker image inspect "$image" >/dev/null 2>&1; then state=here
    elif docker manifest inspect --insecure "$image" >/dev/null 2>&1; then state=registry
    else state=gone; fi
    fact target "$service" "$image" "$state"
  done
fi
ids=$(docker ps -aq --no-trunc --filter "label=com.docker.compose.project=$PROJECT" --filter label=com.docker.compose.oneoff=False 2>/dev/null)
if [ -n "$ids" ]; then
  docker inspect --format '{{.ID}} {{.State.Status}}' $ids 2>/dev/null | sort | sha256sum | { read -r sum rest; fact fingerprint "$sum"; }
  form='{{index .Config.Labels "com.docker.compose.service"}}{{"\t"}}{{.ID}}{{"\t"}}{{.State.Status}}{{"\t"}}{{with .State.Health}}{{.Status}}{{end}}{{"\t"}}{{.RestartCount}}{{"\t"}}{{.Config.Image}}{{"\t"}}{{.Image}}'
  docker inspect --format "$form" $ids 2>/dev/null | while IFS= read -r line; do
    image=${line##*	}
    fact container "$line" "$(docker image inspect --format '{{join .RepoDigests " "}}' "$image" 2>/dev/null)"
  done
fi
