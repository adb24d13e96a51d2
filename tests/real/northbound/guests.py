"""Guests made of network namespaces, plugged into a hypervisor's integration bridge as the agent would plug a tap."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

from deploy.lab.daemons.programs import ProgramFailed, run
from deploy.lab.namespaces import Namespace
from tests.daemons.hypervisor import Hypervisor

PATIENCE_S = 30.0
SERVER = "import socket; s = socket.create_server(('', {port})); print(flush=True)\nwhile True: s.accept()[0].close()"
CLIENT = "import socket; socket.create_connection(('{host}', {port}), timeout=2)"


class Guest:
    """One port's address in a namespace of its own."""

    def __init__(self, namespace: Namespace, address: str) -> None:
        self.namespace = namespace
        self.address = address

    async def can(self, *argv: str) -> bool:
        """Whether the program succeeds inside."""
        try:
            await run(self.namespace.enter(*argv))
        except ProgramFailed:
            return False
        return True

    async def reaches(self, address: str) -> bool:
        """Whether an echo request is answered."""
        return await self.can("ping", "-c", "1", "-W", "2", address)

    async def connects(self, address: str, port: int) -> bool:
        return await self.can(sys.executable, "-c", CLIENT.format(host=address, port=port))

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        process = await asyncio.create_subprocess_exec(
            *self.namespace.enter(sys.executable, "-c", SERVER.format(port=port)), stdout=asyncio.subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            await process.stdout.readline()
            yield
        finally:
            process.kill()
            await process.wait()


async def eventually(fact: Any, *arguments: Any) -> bool:
    """True as soon as the fact holds, False when it does not within PATIENCE_S."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await fact(*arguments):
                await asyncio.sleep(0.1)
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def plugged(host: Hypervisor, port: dict[str, Any], subnet: dict[str, Any]) -> AsyncIterator[Guest]:
    """A guest on the port, once its flows are installed."""
    guest = Namespace(f"{host.namespace.name}-{port['id'][:4]}")
    tap = f"tap{port['id'][:11]}"
    address = port["fixed_ips"][0]["ip_address"]
    await guest.create(str(host.directory))
    try:
        await run(host.namespace.enter("ip", "link", "add", tap, "type", "veth", "peer", "name", "eth0"))
        await run(host.namespace.enter("ip", "link", "set", "eth0", "netns", guest.name))
        await run(host.namespace.enter("ip", "link", "set", tap, "up"))
        await run(guest.enter("ethtool", "-K", "eth0", "tx", "off"))
        await run(guest.enter("ip", "link", "set", "eth0", "address", port["mac_address"], "mtu", "1442", "up"))
        length = ip_network(subnet["cidr"]).prefixlen
        await run(guest.enter("ip", "address", "add", f"{address}/{length}", "dev", "eth0"))
        await run(guest.enter("ip", "route", "add", "default", "via", subnet["gateway_ip"]))
        await host.vsctl(
            "add-port", "br-int", tap, "--", "set", "Interface", tap, f"external_ids:iface-id={port['id']}"
        )
        await host.vsctl("--timeout=30", "wait-until", "Interface", tap, "external_ids:ovn-installed=true")
        yield Guest(guest, address)
    finally:
        await host.vsctl("--if-exists", "del-port", "br-int", tap)
        await guest.delete()
