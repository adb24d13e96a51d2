#!/bin/bash
# Builds the lab's guest image, one bootable qcow2, out of Debian packages.
# usage: build.sh IMAGE.qcow2      (as root, for the owners of the files in it)
#
# Does nothing when the image is there and was made from the same sources. IMAGE.sources remembers them.
# No loop device, mount or chroot: packages are unpacked, a root tree is put together from them and from root/ beside
# this script, and the disk is written as a plain file: a FAT partition with syslinux, kernel and initramfs, then an
# ext4 partition LABEL=root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
image=$(realpath -m "$1") work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
debs=$work/debs packages=$work/packages tree=$work/root initramfs=$work/initramfs disk=$work/disk.raw

boot_start=2048 boot_sectors=49152            # 24 MiB
root_start=51200 root_sectors=131072          # 64 MiB

fetch_packages() {
    local kernel
    kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ {print $2; exit}')
    mkdir -p "$debs" "$packages"/usr/{bin,sbin,lib,lib64}
    ln -sfn usr/bin "$packages/bin"; ln -sfn usr/sbin "$packages/sbin"
    ln -sfn usr/lib "$packages/lib"; ln -sfn usr/lib64 "$packages/lib64"
    (cd "$debs" && xargs apt-get download -q "$kernel" <"$here/packages")
    local deb
    for deb in "$debs"/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$packages"
    done
    kernel_version=$(ls "$packages/lib/modules")
    depmod -b "$packages" "$kernel_version"
}

# Files of the named kernel modules and all they depend on, in the order to load them.
module_files() {
    local name
    for name in "$@"; do
        modprobe -d "$packages" -S "$kernel_version" --show-depends "$name" | sed -n 's/^insmod //p'
    done | awk '!seen[$1]++ {print $1}'
}

# Copies the named modules into a directory, numbered in the order to load them.
copy_modules() {
    local directory=$1 number=10 file
    shift
    mkdir -p "$directory"
    for file in $(module_files "$@"); do
        cp "$file" "$directory/$number-$(basename "$file")"
        number=$((number + 1))
    done
}

build_initramfs() {
    mkdir -p "$initramfs"/{bin,dev,proc,sys,new_root}
    cp "$packages/bin/busybox" "$initramfs/bin/"
    install -m 755 "$here/initramfs/init" "$initramfs/init"
    copy_modules "$initramfs/modules" virtio_pci virtio_blk virtio_scsi sd_mod
    (cd "$initramfs" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -1) >"$work/initrd"
}

# Copies programs and libraries of the packages, with the shared libraries they need, to their places in the tree.
copy_programs() {
    local loader=$packages/lib64/ld-linux-x86-64.so.2 libraries=$packages/lib/x86_64-linux-gnu file library
    for file in "$@"; do
        mkdir -p "$tree/$(dirname "$file")"
        cp -a "$packages/$file" "$tree/$file"
        for library in $("$loader" --library-path "$libraries:$packages/usr/libexec/sudo" --list "$packages/$file" |
            awk '/not found/ {print "MISSING-" $1} $2 == "=>" && $3 ~ /^\// {print $3}'); do
            cp -L "$library" "$tree/lib/x86_64-linux-gnu/"
        done
    done
    cp -L "$loader" "$tree/lib64/"
}

build_root() {
    mkdir -p "$tree"/usr/{bin,lib/x86_64-linux-gnu,lib64} "$tree"/{etc/dropbear,dev,proc,sys,run,tmp,mnt}
    mkdir -p "$tree"/var/{lib/guest,log} "$tree/root" "$tree/home/cirros/.ssh"
    local directory
    for directory in bin lib lib64; do ln -s "usr/$directory" "$tree/$directory"; done
    ln -s bin "$tree/usr/sbin"; ln -s bin "$tree/sbin"
    ln -s /run "$tree/var/run"

    copy_programs usr/sbin/dropbear usr/bin/dropbearkey bin/bash bin/ping usr/bin/sudo \
        usr/libexec/sudo/sudoers.so lib/x86_64-linux-gnu/security/pam_permit.so
    ln -s bash "$tree/bin/sh"
    cp "$packages/bin/busybox" "$tree/bin/"
    local applet
    while read -r applet; do
        [[ -e $tree/$applet || -L $tree/$applet ]] || ln -s /bin/busybox "$tree/$applet"
    done < <("$packages/bin/busybox" --list-full)
    copy_modules "$tree/lib/modules/boot" virtio_pci virtio_net virtio_console virtio_balloon virtio_rng \
        button evdev sr_mod ata_piix isofs vfat nls_cp437 nls_ascii nls_iso8859-1 nls_utf8

    cp -r "$here/root/." "$tree/"
    chown -R 0:0 "$tree"
    chmod 755 "$tree"/usr/lib/guest/* "$tree/etc/rc"
    chmod 600 "$tree/etc/shadow"
    chmod 440 "$tree/etc/sudoers"
    chmod 4755 "$tree/usr/bin/sudo"
    chmod 700 "$tree/root" "$tree/home/cirros/.ssh"
    chown -R 1000:1000 "$tree/home/cirros"
}

write_disk() {
    local boot=$disk@@$((boot_start * 512))
    rm -f "$disk"
    truncate -s $(((root_start + root_sectors + 2048) * 512)) "$disk"
    sfdisk -q "$disk" <<-TABLE
		label: dos
		start=$boot_start, size=$boot_sectors, type=e, bootable
		start=$root_start, size=$root_sectors, type=83
		TABLE
    dd if=/usr/lib/syslinux/mbr/mbr.bin of="$disk" conv=notrunc bs=440 count=1 status=none
    export MTOOLS_SKIP_CHECK=1
    mformat -i "$boot" -T $boot_sectors -h 16 -s 63 -H $boot_start -v BOOT ::
    mcopy -i "$boot" "$packages/boot/vmlinuz-$kernel_version" ::vmlinuz
    mcopy -i "$boot" "$work/initrd" ::initrd
    mcopy -i "$boot" "$here/syslinux.cfg" ::
    syslinux --offset $((boot_start * 512)) --install "$disk"
    mke2fs -q -F -t ext4 -L root -E offset=$((root_start * 512)) -O '^64bit' -J size=4 -d "$tree" "$disk" \
        $((root_sectors / 2))k
    qemu-img convert -c -O qcow2 "$disk" "$image.new"
    mv "$image.new" "$image"
}

mkdir -p "$(dirname "$image")"
exec 9>"$image.lock"
flock 9
sources=$(cd "$here" && find . -type f | sort | xargs sha256sum | sha256sum)
[[ ! -e $image || $(cat "$image.sources" 2>/dev/null) != "$sources" ]] || exit 0
fetch_packages
build_initramfs
build_root
write_disk
echo "$sources" >"$image.sources"
