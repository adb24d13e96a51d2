"""The whole way, once: openstacksdk asks, a real guest answers from behind an OVN router."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import openstack
import pytest
from openstack.connection import Connection

from deploy.lab.daemons.programs import ProgramFailed, run
from deploy.lab.daemons.waiting import until
from tests.daemons.cloud import Cloud

BOOT_S = 90
OUTSIDE = "150.25.12.254"


@dataclass(frozen=True)
class Guest:
    """A running server, its floating address, and the private key that opens it."""

    name: str
    address: str
    key: Path
    group_id: str

    async def ssh(self, cloud: Cloud, *command: str) -> str:
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=5", "BatchMode=yes")
        flags = [word for option in options for word in ("-o", option)]
        return await cloud.outside("ssh", "-q", "-i", str(self.key), *flags, f"cirros@{self.address}", *command)


@pytest.fixture(scope="module")
async def sdk(cloud: Cloud) -> AsyncIterator[Connection]:
    environment = cloud.environment
    config = openstack.config.OpenStackConfig(config_files=[environment["OS_CLIENT_CONFIG_FILE"]])
    connection = Connection(config=config.get_one(environment["OS_CLOUD"]))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
async def guest(cloud: Cloud, sdk: Connection, tmp_path_factory: pytest.TempPathFactory) -> Guest:
    key = tmp_path_factory.mktemp("keys") / "key"
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
    return await asyncio.to_thread(make_guest, sdk, Path(cloud.environment["IMAGE"]), key)


def make_guest(sdk: Connection, image_file: Path, key: Path) -> Guest:
    """Asks for everything that the guest stands on, then for the guest."""
    name = f"guest-{uuid.uuid4().hex[:6]}"
    image = sdk.image.create_image(
        name, filename=str(image_file), disk_format="qcow2", container_format="bare", wait=True
    )
    flavor = sdk.compute.create_flavor(name=name, vcpus=1, ram=128, disk=1)
    sdk.compute.create_keypair(name=name, public_key=key.with_suffix(".pub").read_text())
    outside = sdk.network.create_network(
        name=f"{name}-outside",
        is_router_external=True,
        provider_network_type="flat",
        provider_physical_network="physical1",
    )
    sdk.network.create_subnet(
        network_id=outside.id, ip_version=4, cidr="150.25.12.0/24", gateway_ip=OUTSIDE, is_dhcp_enabled=False
    )
    network = sdk.network.create_network(name=name)
    subnet = sdk.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.88.0.0/24")
    router = sdk.network.create_router(name=name, external_gateway_info={"network_id": outside.id})
    sdk.network.add_interface_to_router(router, subnet=subnet.id)
    group = sdk.network.create_security_group(name=name)
    sdk.network.create_security_group_rule(
        security_group_id=group.id, direction="ingress", protocol="tcp", port_range_min=22, port_range_max=22
    )
    port = sdk.network.create_port(network_id=network.id, security_groups=[group.id])
    address = sdk.network.create_ip(floating_network_id=outside.id, port_id=port.id)
    server = sdk.compute.create_server(
        name=name, image_id=image.id, flavor_id=flavor.id, networks=[{"port": port.id}], key_name=name
    )
    sdk.compute.wait_for_server(server, wait=BOOT_S)
    return Guest(name, address.floating_ip_address, key, group.id)


async def answers(cloud: Cloud, guest: Guest) -> bool:
    try:
        await guest.ssh(cloud, "true")
    except ProgramFailed:
        return False
    return True


async def pings(cloud: Cloud, address: str) -> bool:
    try:
        await cloud.outside("ping", "-c", "1", "-W", "1", address)
    except ProgramFailed:
        return False
    return True


@pytest.mark.timeout(300)
async def test_guest_answers_ssh_over_its_floating_ip_under_its_own_name(cloud: Cloud, guest: Guest) -> None:
    await until(lambda: answers(cloud, guest), BOOT_S)
    assert (await guest.ssh(cloud, "hostname")).partition(".")[0] == guest.name


@pytest.mark.timeout(300)
async def test_guest_reaches_the_outside_through_the_router(cloud: Cloud, guest: Guest) -> None:
    await until(lambda: answers(cloud, guest), BOOT_S)
    await guest.ssh(cloud, "ping", "-c", "1", "-W", "2", OUTSIDE)


@pytest.mark.timeout(300)
async def test_ping_is_blocked_until_a_rule_allows_it(cloud: Cloud, sdk: Connection, guest: Guest) -> None:
    await until(lambda: answers(cloud, guest), BOOT_S)
    assert not await pings(cloud, guest.address)
    await asyncio.to_thread(
        sdk.network.create_security_group_rule,
        security_group_id=guest.group_id,
        direction="ingress",
        protocol="icmp",
    )
    await until(lambda: pings(cloud, guest.address), 20)


async def test_network_engineer_finds_the_customary_names(cloud: Cloud, sdk: Connection, guest: Guest) -> None:
    network = await asyncio.to_thread(sdk.network.find_network, guest.name, ignore_missing=False)
    router = await asyncio.to_thread(sdk.network.find_router, guest.name, ignore_missing=False)
    shown = await cloud.run("ovn-nbctl", "show")
    assert f"(neutron-{network.id}) (aka {guest.name})" in shown
    assert f"(neutron-{router.id}) (aka {guest.name})" in shown
    assert guest.address in shown
