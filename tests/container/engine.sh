#!/bin/bash
# An engine as somebody might have one, for the tests of the lab host in a container; in mount and network namespaces of
# its own, with a way out by slirp4netns. As root:
#
#   tests/container/engine.sh up   WAY DIR   `remapped` (labs' host needs no privilege on it) or `stock`; socket: DIR/engine.sock
#   tests/container/engine.sh down WAY DIR   ends it, its containers and all that it left, DIR too
#   tests/container/engine.sh flags WAY DIR  the options for `docker run` of a lab host's container on it, one a line
#
# Nothing of the machine is written to but DIR and cgroups: the engine has its own /etc/passwd, /etc/subuid and resolv.conf.
set -euo pipefail

runtime=$(cd "$(dirname "$0")/../../server/lab-host/runtime" && pwd)
way=$2 dir=$3
socket=$dir/engine.sock
parent=drydock-engine-$(printf %s "$dir" | sha256sum | cut -c1-8)

up() {
  mkdir -p "$dir/ns" "$dir/exec" "$dir/data" "$dir/etc" "$dir/devices"
  chmod 755 "$dir"
  # Copies: a lab host's root is one of the engine's subordinate users and could not read a checkout in a home.
  cp -r "$runtime" "$dir/runtime"
  chmod -R a+rX "$dir/runtime"
  mknod "$dir/devices/fuse" c 10 229
  mknod "$dir/devices/tun" c 10 200
  chmod 666 "$dir"/devices/*
  own_etc
  namespaces
  mapfile -t options < <(engine_options)
  setsid nsenter --mount="$dir/ns/mnt" --net="$dir/ns/net" -- dockerd "${options[@]}" > "$dir/engine.log" 2>&1 < /dev/null &
  for _ in $(seq 200); do
    ! docker -H "unix://$socket" version > /dev/null 2>&1 || return 0
    sleep 0.1
  done
  tail -20 "$dir/engine.log" >&2
  exit 1
}

own_etc() {
  { cat /etc/passwd; echo 'outer:x:64990:64990::/nonexistent:/usr/sbin/nologin'; } > "$dir/etc/passwd"
  { cat /etc/group; echo 'outer:x:64990:'; } > "$dir/etc/group"
  echo 'outer:2000000000:4000000' | tee "$dir/etc/subuid" > "$dir/etc/subgid"
  echo 'nameserver 10.0.2.3' > "$dir/etc/resolv.conf"
  echo '{}' > "$dir/etc/daemon.json"
}

namespaces() {
  mount --bind "$dir/ns" "$dir/ns"
  mount --make-private "$dir/ns"
  touch "$dir/ns/mnt" "$dir/ns/net"
  unshare --mount="$dir/ns/mnt" --net="$dir/ns/net" --propagation=slave sh -c '
    ip link set lo up
    for name in passwd group subuid subgid resolv.conf; do
      [ -e "/etc/$name" ] || : > "/etc/$name"
      mount --bind "$1/$name" "$(readlink -f "/etc/$name")"
    done' sh "$dir/etc"
  slirp4netns --configure --mtu=65520 --disable-host-loopback --netns-type=path "$dir/ns/net" egress0 > "$dir/slirp.log" 2>&1 < /dev/null &
  echo $! > "$dir/slirp.pid"
}

engine_options() {
  printf '%s\n' "--config-file=$dir/etc/daemon.json" "--data-root=$dir/data" "--exec-root=$dir/exec" "--host=unix://$socket" \
    "--pidfile=$dir/engine.pid" --exec-opt=native.cgroupdriver=cgroupfs "--cgroup-parent=/$parent" --storage-driver=overlay2 --log-level=warn
  [ "$way" = stock ] || printf '%s\n' --userns-remap=outer "--add-runtime=lab=$dir/runtime/lab-runc"
}

flags() {
  printf '%s\n' --init --cgroupns=private --tmpfs=/run:exec --security-opt=apparmor=unconfined --security-opt=systempaths=unconfined
  if [ "$way" = remapped ]; then
    printf '%s\n' --runtime=lab --cap-add=ALL "--security-opt=seccomp=$dir/runtime/seccomp.json" \
      "--device-cgroup-rule=c 10:229 rwm" "--device-cgroup-rule=c 10:200 rwm" \
      "--volume=$dir/devices/fuse:/dev/fuse" "--volume=$dir/devices/tun:/dev/net/tun"
  elif docker -H "unix://$socket" run --rm --privileged "${IMAGE:?}" true 2> /dev/null; then
    printf '%s\n' --privileged --volume=/dev:/dev
  else
    # A machine that itself lacks a capability refuses `--privileged`; this is the same without that one.
    printf '%s\n' --cap-add=ALL --cap-drop=SYS_RESOURCE --security-opt=seccomp=unconfined "--device-cgroup-rule=a *:* rwm" --volume=/dev:/dev
  fi
}

down() {
  export DOCKER_HOST=unix://$socket
  if timeout 10 docker version > /dev/null 2>&1; then
    for id in $(docker ps -aq); do timeout 90 docker rm -f "$id" > /dev/null; done
  fi
  end "$dir/engine.pid" dockerd
  end "$dir/slirp.pid" slirp4netns
  umount "$dir/ns/mnt" "$dir/ns/net" 2> /dev/null || true
  umount "$dir/ns" 2> /dev/null || true
  for cgroup in /sys/fs/cgroup/*/"$parent" /sys/fs/cgroup/"$parent"; do
    [ ! -d "$cgroup" ] || find "$cgroup" -depth -type d -delete || true
  done
  rm -rf --one-file-system "$dir"
}

# Whom the pid file names, if it is that program.
end() {
  local pid
  pid=$(cat "$1" 2> /dev/null) || return 0
  grep -q "$2" "/proc/$pid/cmdline" 2> /dev/null || return 0
  kill "$pid"
  for _ in $(seq 200); do
    [ -d "/proc/$pid" ] || return 0
    sleep 0.1
  done
  kill -9 "$pid"
}

case $1 in
  up | down | flags) "$1" ;;
  *) sed -n '2,8p' "$0" >&2 && exit 1 ;;
esac
