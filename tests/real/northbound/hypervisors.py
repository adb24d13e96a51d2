"""Hypervisors that are rows of OVN's southbound database and nothing else: nobody runs there."""

from collections.abc import Sequence

from deploy.lab.daemons.waiting import until
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi


async def add_hypervisor(
    api: NetworkApi, name: str, physical_networks: Sequence[str] = ("physical1",), options: str = ""
) -> None:
    """A chassis with hostname host-<name>, once the network API knows of it. `name` ends with a digit of its own."""
    mappings = ",".join(f"{place}:br-ex" for place in physical_networks)
    settings = [f'other_config:ovn-cms-options="{options}"', f'other_config:ovn-bridge-mappings="{mappings}"']
    await api.ovn.sbctl(
        *("chassis-add", name, "geneve", f"127.0.0.{name[-1]}"),
        *("--", "set", "Chassis", name, f"hostname=host-{name}", *settings),
    )

    async def is_known() -> bool:
        async with api.database.connection() as conn:
            return await conn.fetchval("SELECT EXISTS (SELECT FROM northbound.chassis WHERE name = $1)", name)

    await until(is_known, 5)


async def remove_hypervisors(ovn: Ovn) -> None:
    """OVN is the module's: no test leaves a chassis to the next."""
    for row in await ovn.southbound.rows("Chassis"):
        await ovn.sbctl("chassis-del", row["name"])
