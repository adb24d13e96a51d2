# Gives a program its own /run, /dev and libvirt directories, all below DIRECTORY, and its own host name.
# usage, inside new mount and uts namespaces: private_host.sh DIRECTORY HOST_NAME PROGRAM [ARGUMENT...]
#
# /dev has no kvm: where the node exists but does not work, libvirt's probe of it hangs. It has its own devpts, because
# the machine's may not let QEMU make a terminal.
set -euo pipefail
directory=$1 host_name=$2
shift 2

hostname "$host_name"

dev=$directory/dev
mount -t tmpfs -o mode=755 tmpfs "$dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$dev"/
mkdir "$dev"/net "$dev"/pts "$dev"/shm
cp -a /dev/net/tun "$dev"/net/
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev"/pts
mount --bind /dev/shm "$dev"/shm
ln -s pts/ptmx "$dev"/ptmx
ln -s /proc/self/fd "$dev"/fd
mount --rbind "$dev" /dev

mkdir -p "$directory"/lib/qemu "$directory"/lib/images "$directory"/lib/boot
mount --bind "$directory"/lib /var/lib/libvirt
mount --bind "$directory"/cache /var/cache/libvirt
mount --bind "$directory"/log /var/log/libvirt
mount --bind "$directory"/etc /etc/libvirt
mount --rbind "$directory"/run /run

exec "$@"
