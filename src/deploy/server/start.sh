# Starts a run that outlives this connection, and waits until it has said its first word. Given: ROOT RUN.
cd "$HOME" && cd "$ROOT" || exit 1
R=.envgate/runs/$RUN
setsid -f sh "$R/run.sh" >"$R/out" 2>&1 </dev/null || exit 1
n=0
while [ ! -s "$R/journal" ] && [ "$n" -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
[ -s "$R/journal" ] || { tail -n 3 "$R/out" >&2; exit 1; }
