# The daemons: an engine a machine, a registry, an sshd a server. Loopback only; the host's firewall is not touched.

start_engine() { # NAME GROUP POOL
  local dir=$BED_DIR/$1
  mkdir -p "$dir"
  running "$dir/dockerd.pid" && return 0
  rm -f "$dir/dockerd.pid" "$dir/docker.sock"
  # A containerd that was killed may still be a zombie, and then looks alive to the engine.
  running "$dir/exec/containerd/containerd.pid" || rm -f "$dir/exec/containerd/containerd.pid" "$dir"/exec/containerd/*.sock*
  setsid dockerd --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" -H "unix://$dir/docker.sock" -G "$2" \
    --bridge=none --iptables=false --ip-masq=false --ip-forward=false --default-address-pool "base=$3,size=27" \
    --insecure-registry "$REGISTRY" --shutdown-timeout 5 >>"$BED_DIR/log/$1.log" 2>&1 </dev/null &
  until_true 30 engine "$1" info || { tail -5 "$BED_DIR/log/$1.log" >&2; die "the engine of $1 did not start"; }
}

start_registry() {
  local dir=$BED_DIR/registry
  mkdir -p "$dir/data"
  running "$dir/pid" && return 0
  cat >"$dir/config.yml" <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $dir/data}, delete: {enabled: true}}
http: {addr: $REGISTRY}
END
  launch "$dir/pid" "$BED_DIR/log/registry.log" docker-registry serve "$dir/config.yml"
  until_true 10 curl -fsS "http://$REGISTRY/v2/" || die 'the registry did not start'
}

make_server() { # N: the user, its home, its keys
  local user home dir=$BED_DIR/srv$1
  user=$(user_of "$1"); home=$(home_of "$1")
  mkdir -p "$dir/ssh" "$home/.docker/cli-plugins"
  id "$user" >/dev/null 2>&1 || useradd -M -d "$home" -s /bin/bash -p '*' "$user" || die "cannot add the user $user"
  ln -sf "$BED_DIR/docker/cli-plugins/docker-compose" "$home/.docker/cli-plugins/docker-compose"
  chown -R "$user" "$home/.docker"; chown "$user" "$home"
  [ -f "$BED_DIR/ssh/id" ] || { mkdir -p "$BED_DIR/ssh"; ssh-keygen -q -t ed25519 -N '' -C envgate-bed -f "$BED_DIR/ssh/id"; }
  [ -f "$dir/ssh/host" ] || ssh-keygen -q -t ed25519 -N '' -f "$dir/ssh/host"
  install -m 644 "$BED_DIR/ssh/id.pub" "$dir/ssh/authorized"
}

start_sshd() { # N
  local dir=$BED_DIR/srv$1
  mkdir -p /run/sshd
  cat >"$dir/ssh/config" <<END
ListenAddress 127.0.0.1:$(ssh_port "$1")
HostKey $dir/ssh/host
PidFile $dir/sshd.pid
AuthorizedKeysFile $dir/ssh/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowUsers $(user_of "$1")
MaxStartups 50
SetEnv DOCKER_HOST=unix://$dir/docker.sock
END
  running "$dir/sshd.pid" && return 0
  /usr/sbin/sshd -f "$dir/ssh/config" -E "$BED_DIR/log/sshd$1.log" || die 'sshd did not start'
  until_true 5 test -s "$dir/sshd.pid"
}

client_config() { # what a user would have in ~/.ssh/config
  local n
  : >"$BED_DIR/ssh/known"; : >"$BED_DIR/ssh/config"
  for n in $(seq "$BED_SERVERS"); do
    echo "[127.0.0.1]:$(ssh_port "$n") $(cut -d' ' -f1,2 "$BED_DIR/srv$n/ssh/host.pub")" >>"$BED_DIR/ssh/known"
    printf 'Host srv%s\n  HostName 127.0.0.1\n  Port %s\n  User %s\n' "$n" "$(ssh_port "$n")" "$(user_of "$n")" >>"$BED_DIR/ssh/config"
  done
  printf 'Host srv*\n  IdentityFile %s\n  IdentitiesOnly yes\n  UserKnownHostsFile %s\n  StrictHostKeyChecking yes\n' \
    "$BED_DIR/ssh/id" "$BED_DIR/ssh/known" >>"$BED_DIR/ssh/config"
}

over_ssh() { ssh -F "$BED_DIR/ssh/config" -o BatchMode=yes -o ConnectTimeout=5 "srv$1" "${@:2}"; }

stop_server() { # N
  local dir=$BED_DIR/srv$1 user pid
  user=$(user_of "$1")
  halt "$dir/sshd.pid"
  # The throwaway user's processes, by id: sessions, and runs that outlived them.
  if id "$user" >/dev/null 2>&1; then for pid in $(ps -o pid= -u "$user"); do kill -9 "$pid" 2>/dev/null; done; fi
  empty_engine "$1"
  halt "$dir/dockerd.pid"
}

empty_engine() { # N: containers, networks, volumes; images stay
  running "$BED_DIR/srv$1/dockerd.pid" || return 0
  local ids
  ids=$(engine "srv$1" ps -aq); [ -z "$ids" ] || engine "srv$1" rm -f $ids >/dev/null
  ids=$(engine "srv$1" network ls -q --filter type=custom); [ -z "$ids" ] || engine "srv$1" network rm $ids >/dev/null
  ids=$(engine "srv$1" volume ls -q); [ -z "$ids" ] || engine "srv$1" volume rm -f $ids >/dev/null
}
