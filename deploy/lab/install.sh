# What the lab needs on the machine: Debian packages, a virtual environment, the guest image.
# Sourced by deploy/up and deploy/test, which have set `checkout` and `state`. Everything here is idempotent.

BUILD_PACKAGES=(python3-venv python3-dev gcc libc6-dev pkg-config libvirt-dev)
LAB_PACKAGES=(
    ovn-central ovn-host openvswitch-switch
    libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils
    postgresql iproute2 iputils-ping ethtool openssh-client
    mtools syslinux syslinux-common e2fsprogs fdisk kmod cpio
)
TEST_PACKAGES=(rabbitmq-server genisoimage slapd ldap-utils)

started_at=$(date +%s%N)
say() {
    printf '%s [%6.1f s] %s\n' "$(date +%H:%M:%S)" "$((($(date +%s%N) - started_at) / 100000000))e-1" "$*"
}

fail() {
    say "FAILED: $1; its log is $2" >&2
    tail -n 15 "$2" >&2
    return 1
}

missing_packages() {
    local name
    for name in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
    done
}

# Packages of daemons start system services when they are configured, which a private lab must not do. Debian asks
# policy-rc.d first; ours says no while this function runs, then what was there before is put back.
without_services() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [[ -x $policy ]] && ! "$policy" any start >/dev/null 2>&1; then
        "$@"
        return
    fi
    [[ ! -e $policy ]] || mv "$policy" "$policy.before-meridian"
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    "$@" || status=$?
    rm -f "$policy"
    [[ ! -e $policy.before-meridian ]] || mv "$policy.before-meridian" "$policy"
    return "$status"
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io "$@" </dev/null
}

# install_packages NAME...: the package lists are renewed only when they are absent or too old to be of use.
install_packages() {
    local log=$state/logs/apt.log missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
        apt-get update -q >>"$log" 2>&1 || { fail "the package lists" "$log"; return 1; }
    fi
    without_services apt_install "${missing[@]}" >>"$log" 2>&1 && return
    apt-get update -q >>"$log" 2>&1 || { fail "the package lists" "$log"; return 1; }
    without_services apt_install "${missing[@]}" >>"$log" 2>&1 || fail "Debian packages" "$log"
}

# The environment is remade when what it was made from has changed.
make_environment() {
    local log=$state/logs/pip.log mark=$state/venv/made-from want
    want=$(cat "$checkout/setup.cfg" /usr/bin/python3 <(echo "$checkout") | sha256sum)
    [[ ! -f $mark || $(<"$mark") != "$want" ]] || return 0
    say "making the Python environment"
    {
        rm -rf "$state/venv" &&
            /usr/bin/python3 -m venv "$state/venv" &&
            "$state/venv/bin/pip" install --disable-pip-version-check --no-input -e "$checkout[agent,client,test]"
    } >"$log" 2>&1 || { fail "the Python environment" "$log"; return 1; }
    echo "$want" >"$mark"
    say "the Python environment is ready"
}

build_guest_image() {
    local log=$state/logs/guest-image.log
    "$checkout/deploy/lab/guest/build.sh" "$state/images/guest.qcow2" >"$log" 2>&1 ||
        { fail "the guest image" "$log"; return 1; }
    say "the guest image is ready"
}

# install_everything NAME...: what building Python packages needs comes first, so that pip works while apt goes on.
install_everything() {
    local environment image
    mkdir -p "$state/logs" "$state/images"
    install_packages "${BUILD_PACKAGES[@]}" || return
    make_environment & environment=$!
    if ! install_packages "$@"; then
        wait "$environment" || true
        return 1
    fi
    build_guest_image & image=$!
    wait "$environment" || { wait "$image"; return 1; }
    wait "$image"
}
