# What a server is, in lines of `word<TAB>…`. Changes nothing. The header sets ROOT, PROJECT, ENV_FILE, TOOLS.
LC_ALL=C
tab=$(printf '\t')
line() { printf '%s' "$1"; shift; printf '\t%s' "$@"; printf '\n'; }
line time "$(date +%s)"
cd "$HOME" || exit 2
cd "$ROOT" 2>/dev/null || { line no-root; exit 0; }
for tool in $TOOLS; do command -v "$tool" >/dev/null 2>&1 || line lacks "$tool"; done
line disk "$(df -Pk . | awk 'NR == 2 {print $4}')"
line engine "$(docker version --format '{{.Server.Version}}' 2>/dev/null)"
line compose "$(docker compose version --short 2>/dev/null)"
[ -r "$ENV_FILE" ] && line env "$(sha256sum <"$ENV_FILE" | cut -c1-64)"
if [ -e .envgate/lock ]; then
  if flock -n .envgate/lock true; then line lock free; else line lock held "$(cat .envgate/holder 2>/dev/null)"; fi
fi
[ -s .envgate/good ] && line good "$(cat .envgate/good)"
last=$(ls -t .envgate/runs 2>/dev/null | head -n 1)
[ -n "$last" ] && line last "$last" "$(cat ".envgate/runs/$last/rc" 2>/dev/null || echo -)" "$(tail -n 1 ".envgate/runs/$last/journal" 2>/dev/null)"
ours="--filter label=com.docker.compose.project=$PROJECT --filter label=com.docker.compose.oneoff=False"
line fingerprint "$(docker ps -a --no-trunc $ours --format '{{.ID}} {{.State}}' 2>/dev/null | sort | sha256sum | cut -c1-64)"
for id in $(docker ps -aq --no-trunc $ours 2>/dev/null); do
  image=$(docker inspect --format '{{.Image}}' "$id")
  line container "$(docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}}' "$id")" "$id" \
    "$(docker inspect --format '{{.State.Status}}' "$id")" "$(docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{end}}' "$id")" \
    "$(docker inspect --format '{{.RestartCount}}' "$id")" "$(docker inspect --format '{{.Config.Image}}' "$id")" "$image" \
    "$(docker image inspect --format '{{range .RepoDigests}}{{.}} {{end}}' "$image" 2>/dev/null)"
done
exit 0
