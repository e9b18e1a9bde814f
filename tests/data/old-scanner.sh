#!/bin/bash
# A scanner as people write them, with eight detectors and exclusions of all kinds.
set -e

FILES=$(git diff --cached --name-only --diff-filter=ACM | grep -v scripts/git-secrets-check.sh | grep -vE '\.md$|^docs/')

FOUND=0
for file in $FILES; do
  if grep -nE '([0-9]{1,3}\.){3}[0-9]{1,3}' "$file" | grep -v '127\.0\.0\.1\|192\.168'; then
    echo "public IP in $file"
    FOUND=1
  fi
  if grep -niE '(api_key|token|secret|password)["\s]*[:=]' "$file" | grep -v example; then
    FOUND=1
  fi
  if grep -nE 'ssh +[a-z]+@' "$file"; then
    FOUND=1
  fi
  if grep -nE '(postgresql|mongodb)://[^:]+:[^@]+@' "$file"; then
    FOUND=1
  fi
  if grep -n 'BEGIN RSA PRIVATE KEY' "$file"; then
    FOUND=1
  fi
  case "$file" in
    *.env) FOUND=1 ;;
  esac
  if grep -nE '/home/[a-z]+|/opt/' "$file"; then
    FOUND=1
  fi
  if [ "$(wc -c < "$file")" -gt 1048576 ]; then
    FOUND=1
  fi
done

exit "$FOUND"
