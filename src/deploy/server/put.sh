# Puts files that come on standard input, one after the other, into the folder D below ROOT. Given: ROOT, D, NAMED, and
# FILES with `bytes sha256 mode path` a line, whose paths are relative. A folder with a damaged file is not used.
umask 077
cd "$HOME" && cd "$ROOT" || exit 1
[ "$NAMED" = true ] && [ -e "$D.whole" ] && exit 0
mkdir -p "$D" && cd "$D" || exit 1
printf '%s\n' "$FILES" >.arriving
[ "$NAMED" = true ] && umask 022
while read -r bytes sum mode path <&3; do
  case $path in */*) mkdir -p "./${path%/*}" || exit 1;; esac
  dd bs=1 count="$bytes" of="./$path" 2>/dev/null || exit 1
  [ "$(sha256sum <"./$path" | cut -c1-64)" = "$sum" ] || { echo "a file arrived damaged: $path" >&2; exit 1; }
  chmod "$mode" "./$path"
done 3<.arriving
rm -f .arriving
if [ "$NAMED" = true ]; then cd "$HOME" && cd "$ROOT" && : >"$D.whole"; fi
