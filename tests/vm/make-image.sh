#!/usr/bin/env bash
# Makes a stock Debian stable as a disk for qemu, with nothing but Debian's packages in it: kernel, systemd, its Docker
# engine (which runs as a service), Node, ssh. As root, for mmdebstrap; no loop device and no mount is needed.
#
#   make-image.sh FOLDER     → FOLDER/{base.raw,vmlinuz,initrd,key}
set -euo pipefail

suite=trixie
# As Debian's installer leaves a server: AppArmor comes with the kernel, git and iptables with the engine.
packages=linux-image-amd64,apparmor,systemd-sysv,systemd-timesyncd,dbus,openssh-server,ca-certificates,nodejs,docker.io,docker-cli,iptables,git
disk_size=24G

main() {
  folder=$1
  root=$folder/root.partial
  rm -rf --one-file-system "$root"
  [ -e "$folder/key" ] || ssh-keygen -q -t ed25519 -N '' -C drydock-vm -f "$folder/key"
  mmdebstrap --quiet --variant=important --include="$packages" \
    --aptopt='Apt::Install-Recommends "false"' \
    --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"' \
    --essential-hook='echo MODULES=list > "$1/etc/initramfs-tools/conf.d/vm"' \
    --essential-hook='printf "%s\n" virtio_pci virtio_blk ext4 > "$1/usr/share/initramfs-tools/modules.d/vm"' \
    "$suite" "$root" "${sources[@]}"
  settle
  cp "$root"/boot/vmlinuz-* "$folder/vmlinuz"
  cp "$root"/boot/initrd.img-* "$folder/initrd"
  rm -f "$folder/base.partial"
  mke2fs -q -t ext4 -L root -d "$root" "$folder/base.partial" "$disk_size"
  rm -rf --one-file-system "$root"
  mv "$folder/base.partial" "$folder/base.raw"
}

# What a cloud's first boot would do: a name, the network by DHCP, who may log in.
settle() {
  echo stock > "$root/etc/hostname"
  echo '/dev/vda / ext4 defaults,discard 0 1' > "$root/etc/fstab"
  printf '[Match]\nName=e*\n[Network]\nDHCP=yes\n' > "$root/etc/systemd/network/vm.network"
  systemctl --quiet --root="$root" enable systemd-networkd
  # The resolver of qemu's network.
  rm -f "$root/etc/resolv.conf"
  echo nameserver 10.0.2.3 > "$root/etc/resolv.conf"
  install -D -m 600 "$folder/key.pub" "$root/root/.ssh/authorized_keys"
}

# The machine's own mirrors, if its apt knows any over http; otherwise mmdebstrap's default.
mirrors() {
  apt-get indextargets --format '$(LABEL) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$suite" '
      $2 != "main" || $3 !~ /^http:/ || seen[$1]++ { next }
      $1 == "Debian" { print "deb", $3, suite, "main"; print "deb", $3, suite "-updates", "main" }
      $1 == "Debian-Security" { print "deb", $3, suite "-security", "main" }'
}

mapfile -t sources < <(mirrors)
main "$@"
