"""Metadata on a real host: a guest is known by its network and address, whatever it says of itself.

The guests that ask are namespaces wired like guests, so that they can be made to ask anything. A running domain on
each network is what brings the network's metadata to the host.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import msgspec
import pytest

from compute.messages import AbsentServer, DesiredServer, GuestData, Keypair
from deploy.lab.daemons.programs import ProgramFailed, run
from deploy.lab.namespaces import Namespace
from tests.real.compute.agent.conftest import Host, TenantNetwork
from tests.unit.compute.agent.desired_servers import a_server, an_address

pytestmark = pytest.mark.real


@dataclass(frozen=True)
class NamespaceGuest:
    """A namespace on the port of a server's first interface."""

    namespace: Namespace

    async def get(self, path: str, *headers: str) -> str:
        """The body of an answer; raises ProgramFailed for anything but 200."""
        options = [part for header in headers for part in ("-H", header)]
        url = f"http://169.254.169.254{path}"
        return await run(self.namespace.enter("curl", "-sS", "--fail", "-m", "20", "--path-as-is", *options, url))

    async def uuid(self, *headers: str) -> str:
        return json.loads(await self.get("/openstack/latest/meta_data.json", *headers))["uuid"]


@asynccontextmanager
async def guest_on(host: Host, server: DesiredServer) -> AsyncIterator[NamespaceGuest]:
    (interface,) = server.interfaces
    namespace = Namespace(f"agent-guest-{server.id.hex[:8]}")
    inside, outside = "eth0", f"g{server.id.hex[:8]}"
    here = host.hypervisor.namespace
    await namespace.create(str(host.hypervisor.directory))
    try:
        await run(
            here.enter(*("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", namespace.name))
        )
        await run(here.enter("ip", "link", "set", outside, "up"))
        address = interface.addresses[0].ip
        for command in (
            ["ip", "link", "set", inside, "address", interface.mac, "up"],
            ["ip", "addr", "add", f"{address}/24", "dev", inside],
            ["ip", "route", "add", "169.254.169.254", "via", "10.50.0.2"],
            ["ethtool", "-K", inside, "tx", "off"],
        ):
            await run(namespace.enter(*command))
        ids = f"external_ids:iface-id={interface.port_id}"
        await host.hypervisor.vsctl("add-port", "br-int", outside, "--", "set", "Interface", outside, ids)
        await host.hypervisor.vsctl("wait-until", "Interface", outside, "external_ids:ovn-installed=true")
        yield NamespaceGuest(namespace)
    finally:
        await host.hypervisor.vsctl("--if-exists", "del-port", "br-int", outside)
        await namespace.delete()


@asynccontextmanager
async def asking_guest(
    host: Host, network: TenantNetwork, image, **changes
) -> AsyncIterator[tuple[DesiredServer, NamespaceGuest]]:
    """A running server that brings metadata to its network, and a stopped one whose address the asker has."""
    async with AsyncExitStack() as stack:
        bringer = a_server(
            image=image, interfaces=(await network.interface(),), metadata_ports=(network.metadata_port,)
        )
        asker = a_server(power="stopped", image=image, interfaces=(await network.interface(),), **changes)
        for server, state in ((bringer, "running"), (asker, "stopped")):
            await host.control.desire(server)
            stack.push_async_callback(host.control.desire, AbsentServer(server.id, 100))
            await host.control.reported(server, state)
        guest = await stack.enter_async_context(guest_on(host, asker))
        yield asker, guest


async def test_guest_reads_its_own_data(host, network, blank_image) -> None:
    data = GuestData(keypairs=(Keypair("mykey", "ssh-ed25519 AAAA me"),), user_data="IyEvYmluL3NoCg==")
    async with asking_guest(host, network, blank_image, hostname="asker", guest=data) as (server, guest):
        assert await guest.uuid() == str(server.id)
        assert await guest.get("/latest/meta-data/hostname") == "asker"
        assert await guest.get("/latest/meta-data/public-keys/0/openssh-key") == "ssh-ed25519 AAAA me"
        assert await guest.get("/openstack/latest/user_data") == "#!/bin/sh"
        with pytest.raises(ProgramFailed, match="404"):
            await guest.get("/openstack/latest/../../../etc/passwd")


async def test_threat_m3_what_a_guest_says_of_itself_is_not_believed(host, network, blank_image) -> None:
    async with asking_guest(host, network, blank_image) as (server, guest):
        bringer = next(each for each in host.control.reports.values() if each.state == "running")
        for header in ("X-Instance-ID", "x-instance-id", "X_Instance_ID", "X-Forwarded-For", "X-OVN-Network-ID"):
            assert await guest.uuid(f"{header}: {bringer.server_id}", f"{header}: 10.50.0.11") == str(server.id)


async def test_threat_m4_two_networks_with_one_cidr_are_kept_apart(host, ovn, blank_image) -> None:
    one, other = await TenantNetwork(ovn).create(), await TenantNetwork(ovn).create()
    async with (
        asking_guest(host, one, blank_image) as (first, first_guest),
        asking_guest(host, other, blank_image) as (second, second_guest),
    ):
        assert first.interfaces[0].addresses[0].ip == second.interfaces[0].addresses[0].ip
        assert await first_guest.uuid() == str(first.id)
        assert await second_guest.uuid() == str(second.id)


async def test_threat_m4_address_that_changed_hands_answers_for_its_new_owner(host, network, blank_image) -> None:
    async with asking_guest(host, network, blank_image) as (server, guest):
        assert await guest.uuid() == str(server.id)
        gone = AbsentServer(server.id, 2)
        await host.control.desire(gone)
        await host.control.reported(gone, "absent")
        with pytest.raises(ProgramFailed, match="404"):
            await guest.uuid()
        heir = msgspec.structs.replace(server, id=a_server().id)
        await host.control.desire(heir)
        await host.control.reported(heir, "stopped")
        assert await guest.uuid() == str(heir.id)
        await host.control.desire(AbsentServer(heir.id, 2))


async def test_threat_m1_address_that_two_servers_claim_answers_for_neither(host, network, blank_image) -> None:
    async with asking_guest(host, network, blank_image) as (server, guest):
        claim = an_address(server.interfaces[0].addresses[0].ip)
        pretender = a_server(
            power="stopped",
            image=blank_image,
            interfaces=(msgspec.structs.replace(await network.interface(), addresses=(claim,)),),
        )
        await host.control.desire(pretender)
        await host.control.reported(pretender, "stopped")
        with pytest.raises(ProgramFailed, match="404"):
            await guest.uuid()
        await host.control.desire(AbsentServer(pretender.id, 2))


async def test_metadata_is_served_again_by_the_next_agent(host, network, blank_image) -> None:
    async with asking_guest(host, network, blank_image) as (server, guest):
        await host.agent.kill()
        await host.agent.start()

        async def served() -> bool:
            try:
                return await guest.uuid() == str(server.id)
            except ProgramFailed:
                return False

        await host.until(served)


async def test_metadata_goes_with_the_last_server_of_its_network(host, network, blank_image) -> None:
    async with asking_guest(host, network, blank_image):
        assert await host.metadata_namespaces(network)

    async def gone() -> bool:
        held = await host.everything_of(network)
        return not held["namespaces"] and not held["devices"] and not held["bridge"]

    await host.until(gone)
