#!/usr/bin/env bash
# Drydock on what most people have: Debian stable as it comes, with its kernel, systemd, cgroup v2 and Docker engine, in a
# virtual machine of its own. As root (mmdebstrap), with qemu-system-x86, qemu-utils, mmdebstrap, jq:
#
#   tests/vm/run.sh [--fresh] [--keep] [STEP …]     without STEP: all of them, in the order of `steps`
#
# stdout is one JSON document: the machine, and for each step its outcome and seconds. What is slow is kept in WORK and
# taken up by the next run: Debian's disk, the bundle, and the machine's own disk with all that `npm start` made on it.
# --fresh starts from Debian's disk; --keep leaves the machine running, and the next run takes it as it is (ssh as `guest`
# in machine.sh has it).
#
#   WORK=/var/tmp/drydock-vm   BUNDLE=file   LAB_HOST=embedded|container   VM_ACCEL=tcg   VM_PORT=4562
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$here/../..
work=${WORK:-/var/tmp/drydock-vm}
port=${VM_PORT:-4562}
way=${LAB_HOST:-embedded}
bundle=${BUNDLE:-$work/drydock-bundle-vm.tar}
steps=(doctor start beside lab prove doctor-up escape down)
. "$here/machine.sh"

main() {
  local fresh='' keep=''
  while [[ ${1:-} = --* ]]; do
    case $1 in
      --fresh) fresh=yes ;;
      --keep) keep=yes ;;
      *) fail "there is no option $1" ;;
    esac
    shift
  done
  [ $# -gt 0 ] || set -- "${steps[@]}"
  mkdir -p "$work"
  trap end EXIT
  local before=$SECONDS
  if runs_already; then
    [ -z "$fresh" ] || fail 'a machine runs already; end it first'
    say 'taking the machine that runs'
    emulated=$(guest systemd-detect-virt | grep -q qemu && echo true || echo false)
  else
    prepare "$fresh"
    say "$([ "$emulated" = true ] && echo emulated || echo KVM), $cpus processors, $memory: booting"
    before=$SECONDS
    boot
  fi
  report=$(jq -n --argjson emulated "$emulated" --arg way "$way" --arg commit "$(git -C "$checkout" rev-parse HEAD)" \
    --argjson boot $((SECONDS - before)) '{way: $way, commit: $commit, emulated: $emulated, bootSeconds: $boot}')
  bring_checkout
  report=$(jq --argjson facts "$(guest_step facts)" '. + {machine: $facts, steps: []}' <<< "$report")
  for step in "$@"; do run_step "$step"; done
  [ -z "$keep" ] || [ -z "$qemu_pid" ] || leave_running
  jq . <<< "$report"
  jq -e 'all(.steps[]; .ok)' <<< "$report" > /dev/null
}

prepare() {
  [ -e "$work/base.raw" ] || {
    say "making Debian's disk"
    "$here/make-image.sh" "$work"
  }
  [ -e "$bundle" ] || npm --prefix "$checkout" run --silent bundle -- --output "$bundle" >&2
  data_disk=$work/bundle.raw
  [ "$data_disk" -nt "$bundle" ] || pack_bundle
  pick_accelerator
  disk=$work/$way.qcow2
  [ -z "$1" ] || rm -f "$disk"
  overlay "$disk" "$work/base.raw" raw
}

pack_bundle() {
  local folder=$work/bundle.partial
  rm -rf "$folder" "$data_disk"
  mkdir "$folder"
  cp --reflink=auto "$bundle" "$folder/drydock-bundle-vm.tar"
  mke2fs -q -t ext4 -L bundle -d "$folder" "$data_disk" "$(($(stat -c %s "$bundle") / 1048576 * 11 / 10 + 64))M"
  rm -rf "$folder"
}

# What is committed, as a clone would have it, over what an earlier run unpacked.
bring_checkout() {
  guest 'mkdir -p /opt/drydock /mnt/bundle && cd /opt/drydock &&
    find . -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
    mountpoint -q /mnt/bundle || mount -o ro LABEL=bundle /mnt/bundle'
  git -C "$checkout" archive HEAD | guest tar -x -C /opt/drydock
  printf '%s\n' "LAB_HOST=$way" BUNDLE=/mnt/bundle/drydock-bundle-vm.tar | guest 'cat > /opt/drydock/.env'
}

guest_step() {
  guest bash /opt/drydock/tests/vm/steps.sh "$@"
}

# What a step says goes to stderr and a log; its last line of stdout is what it found, as JSON.
run_step() {
  local before=$SECONDS code=0 found
  say "$1"
  found=$(guest_step "$1" 2> >(tee "$work/$way-$1.log" >&2)) || code=$?
  found=$(tail -n 1 <<< "$found" | jq -c . 2> /dev/null || echo null)
  say "$1: $([ "$code" = 0 ] && echo ok || echo "FAILED ($code)"), $((SECONDS - before)) s"
  report=$(jq --arg step "$1" --argjson code "$code" --argjson seconds $((SECONDS - before)) --argjson found "${found:-null}" \
    '.steps += [{step: $step, ok: ($code == 0), seconds: $seconds, found: $found}]' <<< "$report")
  jq . <<< "$report" > "$work/$way-report.json"
}

leave_running() {
  say "left running: process $qemu_pid, ssh -i $work/key -p $port root@127.0.0.1"
  disown "$qemu_pid"
  qemu_pid=
}

end() {
  power_off
}

main "$@"
