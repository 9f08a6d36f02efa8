# A clean root file system to play in, and namespaces of its own around it; sourced by offline/run.sh and newcomer/run.sh.
# Whoever sources it sets `namespaces` (what own_namespaces gives beside the mount namespace) before it calls them.

debian_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Exit code of a mount namespace that is younger than one of the next.
too_young=75

# Runs a command in namespaces of its own. The lab host keeps a mount namespace in this one, which a kernel allows for
# a younger one alone, and newer kernels number them by CPU: it has to be made on the CPU that numbers lowest.
own_namespaces() {
  local cpu last=$(($(nproc) - 1)) code
  for cpu in $(seq 0 "$last"); do
    code=0
    taskset -c "$cpu" unshare --mount "${namespaces[@]}" taskset -c "0-$last" "$@" || code=$?
    [ "$code" = "$too_young" ] || return "$code"
  done
  fail 'a mount namespace cannot be kept in another one here'
}

# Ends this namespace with $too_young where that is so; $1 is a folder to try it in.
keeps_younger_ones() {
  local cpu dir=$1/ns
  mkdir -p "$dir"
  touch "$dir/mnt"
  mount --bind "$dir" "$dir"
  for cpu in $(seq 0 $(($(nproc) - 1))); do
    taskset -c "$cpu" unshare --mount="$dir/mnt" true 2> /dev/null || exit "$too_young"
    umount "$dir/mnt"
  done
  umount "$dir"
}

# Debian's essential packages and apt.
make_clean_root() {
  mmdebstrap --quiet --variant=apt "$1" "$2"
}

# In a mount namespace of its own: makes $1 the root, with the kernel's file systems and a /run of its own.
enter_clean_root() {
  mount --bind "$1" "$1"
  cd "$1"
  mount -t proc proc proc
  mount --rbind /sys sys
  mount --rbind /dev dev
  mount -t tmpfs tmpfs run
  mkdir old
  pivot_root . old
  old/bin/umount -l old
  hash -r
}

timed() {
  local what=$1 before=$SECONDS
  shift
  "$@"
  say "$what: $((SECONDS - before)) s"
}

say() { echo "── $*"; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
