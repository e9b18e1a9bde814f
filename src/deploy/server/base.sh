# The run on the server: a lock that the kernel frees when its holder dies, a journal, and steps one after the other.
# Given: ROOT RUN KIND PROJECT ENV_FILE ENV_SHA FINGERPRINT VERSION COMMIT SERVICES ALL DATABASE KEEP, then the steps. POSIX sh.
umask 077
set -u
cd "$HOME" && cd "$ROOT" || exit 1
ROOT=$(pwd); S=.envgate; R=$S/runs/$RUN; REL=$S/releases/$RUN
DONE=''; STEP=begin

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
plain() { tr -d '\000-\037"\\' | cut -c1-300; }
say() { # STATE [NOTE]: one line of the journal
  printf '{"at":"%s","epoch":%s,"step":"%s","state":"%s","note":"%s"}\n' "$(now)" "$(date -u +%s)" "$STEP" "$1" "$(printf '%s' "${2:-}" | plain)" >>"$R/journal"
}
# Standard input without the values of the env file, which alone are secret here.
mask() {
  awk -v file="$ENV_FILE" '
    function add(value,    at) { # the longest first, so that no part of one stays
      if (length(value) < 6 || value in known) return
      known[value] = 1
      for (at = ++n; at > 1 && length(values[at - 1]) < length(value); at--) values[at] = values[at - 1]
      values[at] = value
    }
    # As it is written, and as programs get it: without escapes, each of its lines.
    function all(value,    at, one, text) {
      add(value)
      for (at = 1; at <= length(value); at++) {
        one = substr(value, at, 1)
        if (one == "\\") {
          one = substr(value, ++at, 1)
          if (one == "n" || one == "r") { add(text); text = ""; continue }
          if (one == "t") one = "\t"
        } else if (one == "$" && substr(value, at + 1, 1) == "$") at++
        text = text one
      }
      add(text)
    }
    function closing(text, quote,    at) { # where the quote ends; an escaped one is part of the value
      for (at = 1; at <= length(text); at++) {
        if (substr(text, at, 1) == "\\") at++
        else if (substr(text, at, 1) == quote) return at
      }
      return 0
    }
    BEGIN {
      while ((getline line < file) > 0) {
        sub(/\r$/, "", line)
        if (open != "") { # a value of several lines: each of them
          at = closing(line, open); all(at ? substr(line, 1, at - 1) : line)
          if (at) open = ""
        }
        at = index(line, "="); if (!at || line ~ /^[ \t]*#/) continue
        value = substr(line, at + 1); gsub(/^[ \t]+|[ \t]+$/, "", value)
        quote = substr(value, 1, 1)
        if (quote == "\"" || quote == "\047") {
          value = substr(value, 2); at = closing(value, quote)
          if (!at) open = quote
          all(at ? substr(value, 1, at - 1) : value)
          # Not everybody lets a backslash escape a single quote.
          if (quote == "\047" && (at = index(value, quote))) add(substr(value, 1, at - 1))
        } else { all(value); sub(/[ \t]+#.*$/, "", value); all(value) }
      }
    }
    {
      for (i = 1; i <= n; i++) while (at = index($0, values[i])) $0 = substr($0, 1, at - 1) "***" substr($0, at + length(values[i]))
      print; fflush()
    }'
}
note() { printf '%s\n' "$*" >"$R/note"; }   # what a step says of itself, beside its output
has() { [ -e "$R/$1" ]; }
mark() { : >"$R/$1"; }

history() { # CODE
  before=$(tail -n 1 "$S/history" 2>/dev/null | sha256sum | cut -c1-64)
  printf '{"run":"%s","kind":"%s","code":%s,"version":"%s","commit":"%s","release":"%s","ended":"%s","before":"%s"}\n' \
    "$RUN" "$KIND" "$1" "$VERSION" "$COMMIT" "$(cat "$S/good" 2>/dev/null)" "$(now)" "$before" >>"$S/history"
}
leave() { # CODE [NOTE]: the end of the run; what stands in `rc` is the answer
  STEP='end'; say "code $1" "${2:-}"
  history "$1"
  echo "$1" >"$R/rc.part" && mv "$R/rc.part" "$R/rc"
  exit "$1"
}

# step NAME COMMAND…: says that it begins and how it ended; a failure ends the run as the place demands.
step() {
  STEP=$1; shift
  if has abort && ! has changed; then say failed 'a person asked for an end'; failed; fi
  say begun
  attempt "$@" || { say failed "$(last_words)"; failed; }
  say done "$(cat "$R/note" 2>/dev/null)"
}
attempt() { # COMMAND…: its output, masked, goes to the log
  rm -f "$R/note" "$R/.rc"
  { printf -- '--- %s %s\n' "$(now)" "$STEP"; ( "$@" ); echo $? >"$R/.rc"; } 2>&1 | mask >>"$R/log"
  ended=$(cat "$R/.rc" 2>/dev/null); return "${ended:-1}"
}
last_words() { # what the step said of itself, and the last line of its output
  said=$(grep -v '^ *$' "$R/log" | tail -n 1)
  case $said in '--- '*) said='';; esac
  if [ -s "$R/note" ]; then printf '%s%s' "$(cat "$R/note")" "${said:+: $said}"; else printf '%s' "$said"; fi
}
# try NAME COMMAND…: as a step, but a failure is only told.
try() {
  STEP=$1; shift
  say begun
  if attempt "$@"; then say done "$(cat "$R/note" 2>/dev/null)"; return 0; fi
  say failed "$(last_words)"; return 1
}

begin() {
  mkdir -p "$R" "$S/releases" || exit 1
  exec 9>>"$S/lock"
  if ! flock -w 2 9; then
    say refused "the run $(cut -d' ' -f1 "$S/lock.by" 2>/dev/null) holds the lock"
    echo 75 >"$R/rc"; exit 75
  fi
  echo "$RUN $$ $(now)" >"$S/lock.by"
  say begun "$KIND"
  trap '' HUP
  # What a run that was killed has left.
  docker rm -f "$PROJECT-envgate-job" >/dev/null 2>&1
  return 0
}

# Compose with the files of a release: with_release FOLDER COMMAND…
with_release() {
  from=$1; shift; count=$#
  while IFS= read -r word; do set -- "$@" "$word"; done <"$from/args"
  # Now the command stands before compose's words: turn it round to `docker compose WORDS COMMAND`.
  while [ "$count" -gt 0 ]; do set -- "$@" "$1"; shift; count=$((count - 1)); done
  docker compose "$@"
}
containers() { docker ps -aq --no-trunc --filter "label=com.docker.compose.project=$PROJECT" --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False; }
container() { containers "$1" | head -n 1; }
asked() { # the container of a service that has to run
  id=$(container "$1")
  [ -n "$id" ] && [ "$(docker inspect --format '{{.State.Running}}' "$id" 2>/dev/null)" = true ] || { note "service $1 does not run"; return 1; }
  echo "$id"
}
fingerprint() {
  ids=$(docker ps -aq --no-trunc --filter "label=com.docker.compose.project=$PROJECT" --filter label=com.docker.compose.oneoff=False)
  [ -z "$ids" ] || docker inspect --format '{{.ID}} {{.State.Status}}' $ids | sort | sha256sum | cut -d' ' -f1
}
same_env() {
  [ "$(sha256sum "$ENV_FILE" 2>/dev/null | cut -c1-64)" = "$ENV_SHA" ] || { note 'the env file was changed after it had been checked'; return 1; }
}
recheck() {
  same_env || return 1
  # The bytes that were checked are the release's: at its end somebody may have edited the file for the next one.
  cp -p "$ENV_FILE" "$REL/env" || return 1
  [ "$(sha256sum <"$REL/env" | cut -c1-64)" = "$ENV_SHA" ] || { note 'the env file was changed after it had been checked'; return 1; }
  for service in $ALL; do [ -z "$(container "$service")" ] || echo "$service"; done >"$R/had"
  [ "$(fingerprint)" = "$FINGERPRINT" ] || { note 'the containers are not those that the plan was made for'; return 1; }
}
