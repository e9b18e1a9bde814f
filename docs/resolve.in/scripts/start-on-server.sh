#!/bin/bash
set -e
cd "$(dirname "$0")/.."
set -a
source envs/.env
set +a
docker compose -f infra/docker-compose.yml up -d
