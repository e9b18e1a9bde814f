# Puts files that come on standard input, one after the other, into the folder D below ROOT. Given: ROOT, D, NAMED, and
# LIST, the length of what comes first: `bytes sha256 mode path` a line, whose paths are relative. Not as a variable: of
# many files it is longer than an argument may be. A folder with a damaged file is not used.
umask 077
cd "$HOME" && cd "$ROOT" || exit 1
case $D in */*) mkdir -p "./${D%/*}" || exit 1;; esac
list=$PWD/$D.arriving.$$; trap 'rm -f "$list"' EXIT
dd bs=1 count="$LIST" of="$list" 2>/dev/null || exit 1
if [ "$NAMED" = true ] && [ -e "$D.whole" ]; then
  # It is there, and services may be reading from it; but it is used as what its name says it is.
  while read -r bytes sum mode path <&3; do
    [ "$(sha256sum 2>/dev/null <"./$D/$path" | cut -c1-64)" = "$sum" ] || { echo "a file was changed on the server: $D/$path" >&2; exit 1; }
  done 3<"$list"
  exit 0
fi
mkdir -p "$D" && cd "$D" || exit 1
[ "$NAMED" = true ] && umask 022
while read -r bytes sum mode path <&3; do
  case $path in */*) mkdir -p "./${path%/*}" || exit 1;; esac
  dd bs=1 count="$bytes" of="./$path" 2>/dev/null || exit 1
  [ "$(sha256sum <"./$path" | cut -c1-64)" = "$sum" ] || { echo "a file arrived damaged: $path" >&2; exit 1; }
  chmod "$mode" "./$path"
done 3<"$list"
if [ "$NAMED" = true ]; then cd "$HOME" && cd "$ROOT" && : >"$D.whole"; fi
