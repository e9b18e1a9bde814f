# Ends a run, whatever it is doing: every process of its session, and its one-off container. Given: PROCESS PROJECT.
[ "$PROCESS" -gt 1 ] || exit 0
# Not its process group alone: `timeout` makes one of its own, and what it runs would go on and hold the lock.
session() { for one in /proc/[0-9]*; do [ "$(sed 's/.*) //' "$one/stat" 2>/dev/null | cut -d' ' -f4)" = "$PROCESS" ] && echo "${one#/proc/}"; done; }
kill $(session) 2>/dev/null
sleep 1
kill -9 $(session) 2>/dev/null
docker rm -f "$PROJECT-envgate-job" >/dev/null 2>&1
:
