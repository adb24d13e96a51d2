"""What a server stands on, made through the stores: hosts, a flavor, an image, a network."""

import uuid
from typing import Any
from uuid import UUID

import msgspec

from compute.flavors import store as flavors
from compute.flavors.schema import FlavorDraft
from compute.hosts import store as hosts
from compute.messages import HostReport, HostResources, Hypervisor, ServerReport
from compute.servers.create import create_servers
from compute.servers.networking import chooser
from compute.servers.schema import CreateServer
from compute.servers.server import Server
from identity.callers import Caller
from identity.policy import Policy
from northbound.application import RULES
from northbound.networks.network import Network
from runtime.attributes import decode_scalar
from runtime.database import Connection, Database
from tests.real.northbound.networking import PROJECT, insert_network

ALICE = Caller("alice-id", "alice", "default", frozenset({"member", "reader"}), project_id=PROJECT)
POLICY = Policy(RULES)
SHA512 = "0" * 128


async def insert_image(conn: Connection, **said: Any) -> str:
    """A tiny active public image; the bytes are nowhere."""
    image = {
        "id": str(uuid.uuid4()),
        "project_id": "admin-project",
        "name": "cirros",
        "status": "active",
        "visibility": "public",
        "disk_format": "qcow2",
        "container_format": "bare",
        "size_bytes": 1000,
        "virtual_size_bytes": 2000,
        "sha512": SHA512,
        "properties": {},
    } | said
    names, places = ", ".join(image), ", ".join(f"${place}" for place in range(1, len(image) + 1))
    await conn.execute(f"INSERT INTO compute.images ({names}) VALUES ({places})", *image.values())
    return image["id"]


async def report_host(conn: Connection, name: str = "host-1", **said: Any) -> None:
    """A report of a host with 4 vCPUs, 2048 MB and 20 GB, unless said otherwise."""
    resources = HostResources(**({"vcpus": 4, "ram_mb": 2048, "disk_gb": 20} | said))
    await hosts.record_report(conn, HostReport(name, resources, Hypervisor("QEMU", 7002000, name, "x86_64"), ()))


async def insert_flavor(conn: Connection, **said: Any) -> str:
    draft = FlavorDraft(**({"name": "m1.nano", "ram": 128, "vcpus": 1, "disk": 1, "id": "nano"} | said))
    return (await flavors.insert(conn, draft, None))["id"]


class Ground:
    """A database in which PROJECT can create servers on host-1."""

    def __init__(self, database: Database, image_id: str, network: Network) -> None:
        self.database = database
        self.image_id = image_id
        self.network = network

    @classmethod
    async def lay(cls, database: Database, **host: Any) -> "Ground":
        async with database.transaction() as conn:
            await report_host(conn, **host)
            await insert_flavor(conn)
            image_id = await insert_image(conn)
            network, _ = await insert_network(conn, "10.50.0.0/16")
        return cls(database, image_id, network)

    async def create(self, caller: Caller = ALICE, **said: Any) -> list[Server]:
        """The servers that one request makes; `said` are attributes of its body."""
        body = {"name": "web", "flavorRef": "nano", "imageRef": self.image_id} | said
        draft = msgspec.convert({"server": body}, CreateServer, dec_hook=decode_scalar).server
        async with self.database.transaction() as conn:
            return await create_servers(conn, draft, caller, caller.project_id or "", chooser(POLICY, caller))

    async def count(self, table: str, where: str = "true") -> int:
        async with self.database.connection() as conn:
            return await conn.fetchval(f"SELECT count(*) FROM {table} WHERE {where}")

    async def host(self, name: str = "host-1") -> Any:
        async with self.database.connection() as conn:
            return await conn.fetchrow("SELECT * FROM compute.hosts WHERE name = $1", name)

    async def quota(self, project_id: str = PROJECT) -> tuple[int, int, int]:
        """(instances, cores, MB of memory) in use."""
        async with self.database.connection() as conn:
            row = await conn.fetchrow("SELECT * FROM compute.quotas WHERE project_id = $1", project_id)
        return (row["instances_used"], row["cores_used"], row["ram_used_mb"]) if row else (0, 0, 0)


def a_report(server: Server, state: str = "running", **said: Any) -> ServerReport:
    """What the agent of the server's host says when it carried out the newest generation."""
    values = {
        "host": server.host,
        "server_id": UUID(server.id),
        "generation": server.generation,
        "state": state,
        "boot_serial": server.boot_serial,
    }
    return ServerReport(**(values | said))
