#!/bin/sh
# Stands for every service. The backend refuses what the real one refused.
if [ "$SERVICE" = backend ]; then
  if [ ${#SECRET_KEY} -lt 32 ]; then
    echo "Secret 'SECRET_KEY' too short (minimum 32 characters)"
    exit 1
  fi
  case $ALLOWED_HOSTS in
    \[*)
      echo 'error parsing value for field "allowed_hosts"'
      exit 1
      ;;
  esac
fi
[ "$MODE" = crash ] && exit 1
mkdir -p /www/api
echo "<h1>$SERVICE $VERSION</h1>" >/www/index.html
(
  [ "$MODE" = slow ] && sleep 8
  [ "$MODE" = broken-health ] || echo "{\"status\":\"healthy\",\"version\":\"$VERSION\"}" >/www/api/health
) &
exec busybox httpd -f -p 8000 -h /www
