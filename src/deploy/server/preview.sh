# What compose would do, asked of compose itself with the files that would be deployed, and what services get.
# Given: ROOT D PROJECT SERVICES, and `with_files`, which calls its arguments with compose's own. Secrets go to
# standard output alone, which is read into memory.
trap 'rm -rf "$D"' EXIT
cd "$HOME" && cd "$ROOT" || exit 1
printf 'root\t%s\n' "$(pwd)"
config=$(with_files docker compose config --format json 2>"$D/err") || { printf 'refused\t%s\n' "$(tail -n 1 "$D/err")"; exit 0; }
printf 'config\t'; printf '%s' "$config" | tr -d '\n'; printf '\n'
for service in $SERVICES; do
  with_files docker compose --dry-run up -d --no-build --no-deps --pull never "$service" >"$D/out" 2>&1 ||
    printf 'refused\t%s\n' "$(tail -n 1 "$D/out")"
  printf 'would\t%s\t%s\n' "$service" "$(sed -n 's/^.*Container [^ ]*  *\(Running\|Recreate\|Created\{0,1\}\|Starting\) *$/\1/p' "$D/out" | head -n 1)"
  id=$(docker ps -aq --filter "label=com.docker.compose.project=$PROJECT" --filter "label=com.docker.compose.service=$service" --filter label=com.docker.compose.oneoff=False | head -n 1)
  [ -z "$id" ] || printf 'env\t%s\t%s\n' "$service" "$(docker inspect --format '{{json .Config.Env}}' "$id")"
done
