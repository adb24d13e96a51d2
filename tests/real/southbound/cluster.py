"""A northbound database of three members on one machine, for what only a cluster can do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.lab.daemons.ovn import SCHEMAS
from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.programs import run
from tests.daemons.sandbox import free_port


class Member(OvsdbServer):
    """One member; the first makes the cluster, the others join it."""

    def __init__(self, number: int, first: "Member | None", directory: Path) -> None:
        super().__init__(f"nb{number}", "OVN_Northbound", SCHEMAS / "ovn-nb.ovsschema", directory)
        self.first = first
        self.address = f"tcp:127.0.0.1:{free_port()}"

    async def prepare(self) -> None:
        if self.file.exists():
            return
        if self.first is None:
            create = ["create-cluster", "--election-timer=1000", str(self.file), str(self.schema), self.address]
            await run(["ovsdb-tool", *create])
        else:
            join = ["join-cluster", str(self.file), self.database, self.address, self.first.address]
            await run(["ovsdb-tool", *join])

    async def status(self) -> str:
        return await run(["ovs-appctl", "-t", str(self.control_socket), "cluster/status", self.database])


@asynccontextmanager
async def running_cluster(directory: Path) -> AsyncIterator[list[Member]]:
    """Three members with an elected leader and an NB_Global row."""
    first = Member(1, None, directory)
    members = [first, Member(2, first, directory), Member(3, first, directory)]
    try:
        for member in members:
            await member.start()
        await leader_of(members)
        await first.transact({"op": "insert", "table": "NB_Global", "row": {}})
        yield members
    finally:
        await asyncio.gather(*(member.stop() for member in members))


async def leader_of(members: list[Member]) -> Member:
    """The member that leads, once there is one and all running members are in the cluster."""
    async with asyncio.timeout(20):
        while True:
            running = [member for member in members if member.is_running]
            statuses = [await member.status() for member in running]
            leaders = [member for member, status in zip(running, statuses, strict=True) if "Role: leader" in status]
            if len(leaders) == 1 and all("Status: cluster member" in status for status in statuses):
                return leaders[0]
            await asyncio.sleep(0.05)
