"""The cloud that is measured: durable PostgreSQL, OVN's central side, and control as users start it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from deploy.lab.daemons.meridian import Control, run_meridian
from deploy.lab.daemons.ovn import Northd, northbound_server, southbound_server
from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.postgres import Postgres
from deploy.lab.private_files import write_private
from tests.daemons.sandbox import free_port, sandbox
from tests.scale.load import Load, drive, each_once, render

PASSWORD = "scale"
PORTS_PER_BODY = 100
SETTINGS = """\
[http]
port = {port}
socket = "{directory}/control.sock"
[metrics]
port = {metrics_port}
[log]
level = "{log_level}"
[database]
host = "{postgres}"
name = "meridian"
user = "meridian"
[identity]
key_directory = "{directory}/keys"
[images]
directory = "{directory}/images"
[ovn]
settle_timeout_s = 60.0
[ovn.northbound]
remotes = "{northbound}"
commit_timeout_s = 60.0
[ovn.southbound]
remotes = "{southbound}"
[bootstrap]
base_url = "http://127.0.0.1:{port}"
admin_password = {{ file = "{directory}/password" }}
"""


@dataclass
class Ground:
    """A running cloud, and the administrator's token and project in it."""

    directory: Path
    port: int
    metrics_port: int
    postgres: Postgres
    northbound: OvsdbServer
    southbound: OvsdbServer
    control: Control
    token: str = ""
    project_id: str = ""

    async def ask(self, method: str, path: str, body: object = None, *, status: int = 200) -> dict:
        """One request of the network API, answered with `status`."""
        load = await self.load(each_once([self.request(method, path, body)]), in_flight=1, keep_bodies=True)
        load.require(status)
        return msgspec.json.decode(load.bodies[0]) if load.bodies[0] else {}

    def request(self, method: str, path: str, body: object = None) -> bytes:
        return render(method, f"/network/v2.0{path}", self.token, body)

    async def load(self, following, *, in_flight: int, keep_bodies: bool = False) -> Load:
        return await drive(self.port, following, in_flight=in_flight, keep_bodies=keep_bodies)

    async def sign_in(self) -> None:
        user = {"name": "admin", "password": PASSWORD, "domain": {"id": "default"}}
        scope = {"project": {"name": "admin", "domain": {"id": "default"}}}
        auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(render("POST", "/identity/v3/auth/tokens", "", {"auth": auth}))
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(_header(head, "Content-Length"))
        self.token = _header(head, "X-Subject-Token")
        self.project_id = msgspec.json.decode(await reader.readexactly(length))["token"]["project"]["id"]
        writer.close()

    async def unlimit(self) -> None:
        """Takes the project's limits away."""
        resources = ("network", "subnet", "port", "security_group", "security_group_rule", "router", "floatingip")
        await self.ask("PUT", f"/quotas/{self.project_id}", {"quota": dict.fromkeys(resources, -1)})

    async def add_networks(self, count: int, prefix: str = "scale") -> list[str]:
        """The ids of new networks, each with an IPv4 /16."""
        made = []
        for number in range(count):
            network = await self.ask("POST", "/networks", {"network": {"name": f"{prefix}-{number}"}}, status=201)
            made.append(network["network"]["id"])
            subnet = {"network_id": made[-1], "ip_version": 4, "cidr": f"10.{number % 200}.0.0/16"}
            await self.ask("POST", "/subnets", {"subnet": subnet}, status=201)
        return made

    async def fill(self, networks: list[str], count: int) -> list[dict]:
        """Adds `count` ports, spread over the networks, many in each request; returns them."""
        bodies = []
        for start in range(0, count, PORTS_PER_BODY):
            amount = min(PORTS_PER_BODY, count - start)
            network = networks[start // PORTS_PER_BODY % len(networks)]
            ports = [{"network_id": network, "name": f"filled-{start + place}"} for place in range(amount)]
            bodies.append(self.request("POST", "/ports", {"ports": ports}))
        if not bodies:
            return []
        load = (await self.load(each_once(bodies), in_flight=2, keep_bodies=True)).require(201)
        return [port for body in load.bodies for port in msgspec.json.decode(body)["ports"]]

    async def figure(self, name: str) -> float:
        """A counter or gauge of control's own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.metrics_port)
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        text = (await reader.read()).decode()
        writer.close()
        return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{name} "))

    def resident_mb(self) -> float:
        return resident_mb(self.control.pid)

    async def restart_control(self) -> float:
        """Stops control and starts it again; returns the seconds from its start to its first answer."""
        await self.control.stop()
        started = time.perf_counter()
        await self.control.start()
        await self.ask("GET", "/")
        return time.perf_counter() - started


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def cpu_s(pid: int) -> float:
    """Processor time that the threads of a process have used."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _header(head: str, name: str) -> str:
    wanted = f"{name.lower()}:"
    return next(line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.lower().startswith(wanted))


@asynccontextmanager
async def cloud(*, northd: bool = False, log_level: str = "info") -> AsyncIterator[Ground]:
    """A bootstrapped cloud in a sandbox. Without northd the figures are the API's and the northbound database's."""
    with sandbox("scale") as directory:
        postgres = Postgres(directory / "postgres")
        northbound, southbound = northbound_server(directory / "ovn"), southbound_server(directory / "ovn")
        daemons = [postgres, northbound, southbound]
        if northd:
            daemons.append(Northd(northbound, southbound, directory / "ovn"))
        settings = directory / "control.toml"
        control = Control(settings, directory / "control.sock", directory)
        ground = Ground(directory, free_port(), free_port(), postgres, northbound, southbound, control)
        _write_settings(ground, settings, log_level)
        try:
            for daemon in daemons:
                await daemon.start()
            await postgres.ensure_database("meridian")
            await run_meridian("bootstrap", settings)
            await control.start()
            await ground.sign_in()
            await ground.unlimit()
            yield ground
        finally:
            for daemon in [control, *reversed(daemons)]:
                await daemon.stop()


def _write_settings(ground: Ground, path: Path, log_level: str) -> None:
    write_private(ground.directory / "password", PASSWORD)
    text = SETTINGS.format(
        port=ground.port,
        metrics_port=ground.metrics_port,
        directory=ground.directory,
        postgres=ground.postgres.directory,
        northbound=ground.northbound.remote,
        southbound=ground.southbound.remote,
        log_level=log_level,
    )
    write_private(path, text)
