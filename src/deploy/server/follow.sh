# What the journal of a run says beyond the first SEEN lines; waits for more for some seconds. Given: ROOT RUN SEEN.
cd "$HOME" && cd "$ROOT" || exit 1
R=.envgate/runs/$RUN
[ -s "$R/journal" ] || { echo nothing; exit 0; }
n=0
while [ "$n" -lt 12 ] && [ ! -e "$R/rc" ] && [ "$(wc -l <"$R/journal")" -le "$SEEN" ]; do
  if flock -n .envgate/lock true; then sleep 0.3; [ -e "$R/rc" ] || { gone=1; break; }; fi
  sleep 0.2; n=$((n + 1))
done
tail -n "+$((SEEN + 1))" "$R/journal" | sed 's/^/line	/'
[ ! -e "$R/rc" ] || printf 'code\t%s\n' "$(cat "$R/rc")"
[ -z "${gone:-}" ] || echo gone
