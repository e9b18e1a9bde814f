# The digest of each image as this server sees its registry. Given: IMAGES, one `service image` a line.
printf '%s\n' "$IMAGES" | while read -r service image; do
  found=$(printf 'services: {a: {image: "%s"}}\n' "$image" | docker compose -p envgate-digest -f - config --resolve-image-digests --format json 2>&1)
  digest=$(printf '%s\n' "$found" | sed -n 's/.*"image": ".*@\(sha256:[0-9a-f]\{64\}\)".*/\1/p' | head -n 1)
  if [ -n "$digest" ]; then printf 'digest\t%s\t%s\n' "$service" "$digest"
  else printf 'none\t%s\t%s\n' "$service" "$(printf '%s\n' "$found" | tail -n 1 | tr -d '\t')"; fi
done
