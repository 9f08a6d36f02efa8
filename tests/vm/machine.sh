# The virtual machine: probe, boot, talk, end. To be sourced; `work` is the folder that make-image.sh filled, `port` a free
# port of the machine's for its ssh. What it writes goes to `disk`, an overlay that can be kept between boots.

cpus=${VM_CPUS:-2}
memory=${VM_MEMORY:-6G}
# Emulated, a boot takes minutes while others use the processors.
boot_timeout_s=900
kvm_timeout_s=40
first_program='Run /init as init process'
qemu_pid=

pick_accelerator() {
  accelerator=(-accel "tcg,thread=multi,tb-size=1024" -cpu "max,la57=off")
  emulated=true
  [ "${VM_ACCEL:-}" != tcg ] && kvm_boots 2> /dev/null || return 0
  accelerator=(-accel kvm -cpu host)
  emulated=false
}

# Whether a stock kernel gets as far as its first program with KVM, which a device that can be opened does not say.
kvm_boots() {
  local log=$work/kvm-probe.log probe
  [ -w /dev/kvm ] || return 1
  : > "$log"
  timeout "$kvm_timeout_s" qemu-system-x86_64 -accel kvm -cpu host -m 512 -display none -no-reboot -nodefaults \
    -serial "file:$log" -kernel "$work/vmlinuz" -initrd "$work/initrd" -append 'console=ttyS0 panic=-1' &
  probe=$!
  while sleep 1 && kill -0 "$probe" && ! grep -q "$first_program" "$log"; do :; done
  kill "$probe" || true
  wait "$probe" || true
  grep -q "$first_program" "$log"
}

# An overlay over another disk, unless it is there already.
overlay() {
  local file=$1 over=$2 format=$3
  [ -e "$file" ] || qemu-img create -q -f qcow2 -b "$over" -F "$format" "$file"
}

# `unsafe`: a machine that ends badly is made anew from the last overlay, so nothing has to reach the disk at once.
boot() {
  local extra=() before=$SECONDS
  [ -z "${data_disk:-}" ] || extra=(-drive "file=$data_disk,if=virtio,format=raw,readonly=on")
  nice -n "${VM_NICE:-19}" qemu-system-x86_64 "${accelerator[@]}" -smp "$cpus" -m "$memory" \
    -display none -nodefaults -no-reboot -serial "file:$work/console.log" \
    -kernel "$work/vmlinuz" -initrd "$work/initrd" -append 'root=/dev/vda rw console=ttyS0 panic=-1' \
    -drive "file=$disk,if=virtio,format=qcow2,cache=unsafe,discard=unmap" "${extra[@]}" \
    -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=net \
    -device virtio-rng-pci > "$work/qemu.log" 2>&1 &
  qemu_pid=$!
  echo "$qemu_pid" > "$work/qemu.pid"
  until guest true 2> /dev/null; do
    kill -0 "$qemu_pid" 2> /dev/null || fail "qemu has ended; see $work/qemu.log and console.log"
    ((SECONDS - before < boot_timeout_s)) || fail "no ssh after $boot_timeout_s s; see $work/console.log"
    sleep 2
  done
}

# A command in the machine, as root.
guest() {
  ssh -q -i "$work/key" -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20 \
    -o ServerAliveInterval=60 -o ServerAliveCountMax=20 -o Ciphers=aes128-ctr root@127.0.0.1 "$@"
}

# One that an earlier run left.
runs_already() {
  [ -e "$work/qemu.pid" ] && grep -q qemu-system "/proc/$(cat "$work/qemu.pid")/cmdline" 2> /dev/null
}

# Ours, if it has not ended by itself: whatever else listens at the port is not to be powered off.
power_off() {
  [ -n "$qemu_pid" ] && kill -0 "$qemu_pid" 2> /dev/null || return 0
  guest systemctl poweroff 2> /dev/null || true
  for ((i = 0; i < 180; i++)); do
    kill -0 "$qemu_pid" 2> /dev/null || break
    sleep 1
  done
  kill "$qemu_pid" 2> /dev/null || true
  wait "$qemu_pid" 2> /dev/null || true
  qemu_pid=
}

say() { echo "── $*" >&2; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
