"""Several hosts: the API, a chassis for each, and the wires between them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from deploy.lab.daemons.postgres import Postgres
from runtime.database import DatabaseSettings
from tests.daemons.hypervisor import running_chassis
from tests.daemons.ovn import running_ovn
from tests.daemons.postgres import clone_database, drop_database
from tests.daemons.sandbox import sandbox
from tests.real.northbound.api import NetworkApi, network_api
from tests.real.packets.fabric import Fabric, laid
from tests.real.packets.laboratory import Laboratory, lift_quotas


@dataclass(frozen=True)
class Host:
    """What a host is to be: where it reaches outside the tunnels, and what it offers to the cloud."""

    physical_network: str | None = None
    options: str = ""


@dataclass(frozen=True)
class Site:
    """`hosts` by name: each is a laboratory of its own, into which guests are plugged."""

    api: NetworkApi
    fabric: Fabric
    hosts: Mapping[str, Laboratory]


@asynccontextmanager
async def running_site(postgres: Postgres, template: str, wanted: Mapping[str, Host]) -> AsyncIterator[Site]:
    """`template` is the database that the site's own is a copy of."""
    name = await clone_database(postgres, template)
    try:
        settings = DatabaseSettings(host=str(postgres.directory), name=name, user="postgres")
        async with _running(settings, wanted) as site:
            yield site
    finally:
        await drop_database(postgres, name)


@asynccontextmanager
async def _running(settings: DatabaseSettings, wanted: Mapping[str, Host]) -> AsyncIterator[Site]:
    places = sorted({host.physical_network for host in wanted.values() if host.physical_network})
    async with AsyncExitStack() as stack:
        central = await stack.enter_async_context(running_ovn(stack.enter_context(sandbox("central"))))
        fabric = await stack.enter_async_context(laid(stack.enter_context(sandbox("fabric")), places))
        api = await stack.enter_async_context(network_api(settings, central))
        await lift_quotas(api)
        hosts = {}
        for number, (name, host) in enumerate(wanted.items(), 1):
            address, mapping = f"192.0.2.{number}", f"{host.physical_network}:br-ex" if host.physical_network else ""
            said = {"ovn_bridge_mappings": mapping, "ovn_cms_options": host.options}
            directory = stack.enter_context(sandbox("host"))
            chassis = await stack.enter_async_context(running_chassis(name, central, directory, address, **said))
            await fabric.connect(chassis, address, host.physical_network)
            hosts[name] = Laboratory(api, chassis)
            hosts[name].attend()
            stack.push_async_callback(hosts[name].leave)
        yield Site(api, fabric, hosts)
