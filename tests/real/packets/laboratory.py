"""The API, one chassis, and the guests that tests plug into it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from compute.agent.connections import Connections
from compute.agent.guard import Guard
from compute.agent.shield import shield
from compute.messages import LostPermit
from deploy.lab.daemons.programs import run
from deploy.lab.internet import OUTER, connect_internet
from deploy.lab.namespaces import Namespace
from northbound.translation.withdrawals import Withdrawn
from tests.daemons.hypervisor import Chassis
from tests.real.northbound.api import NetworkApi
from tests.real.packets.guest import Guest
from tests.real.packets.inside import inside

OUTSIDE_CIDR = "150.25.12.0/24"
ROUTER_OUTSIDE = "150.25.12.254"
OUTSIDE_CIDR6 = "2001:db8:ffff::/64"
ROUTER_OUTSIDE6 = "2001:db8:ffff::fe"
UNLIMITED = ("network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule")


async def lift_quotas(api: NetworkApi) -> None:
    for project in ("red", "blue", "admin-project"):
        body = {"quota": dict.fromkeys(UNLIMITED, -1)}
        assert (await api.ask("PUT", f"/v2.0/quotas/{project}", body, who="admin")).status == 200


async def make_external(api: NetworkApi) -> dict[str, Any]:
    """A flat external network of both IP versions."""
    flat = {"provider:network_type": "flat", "provider:physical_network": "physical1"}
    external = await api.make("network", who="admin", **flat, **{"router:external": True})
    for cidr, gateway in ((OUTSIDE_CIDR, ROUTER_OUTSIDE), (OUTSIDE_CIDR6, ROUTER_OUTSIDE6)):
        said = {"ip_version": ip_network(cidr).version, "cidr": cidr, "gateway_ip": gateway, "enable_dhcp": False}
        await api.make("subnet", who="admin", network_id=external["id"], **said)
    return external


class Laboratory:
    """`external` is a flat external network, `outside` the guest on its far side, which is its gateway."""

    external: dict[str, Any]
    outside: Guest

    def __init__(self, api: NetworkApi, chassis: Chassis) -> None:
        self.api = api
        self.chassis = chassis
        self._numbers = itertools.count(1)
        self._connections = Connections(chassis.ovsdb, "br-int")
        self._guard = Guard(chassis.ovsdb, "br-int")
        self._agent: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        await lift_quotas(self.api)
        self.external = await make_external(self.api)
        far_side = Namespace(f"{self.chassis.namespace.name}-out")
        await far_side.create(str(self.chassis.directory))
        await connect_internet(far_side, self.chassis.namespace, self.chassis.switch)
        await run(["ip", "-n", far_side.name, "address", "add", f"{ROUTER_OUTSIDE6}/64", "dev", OUTER, "nodad"])
        self.outside = Guest(far_side, OUTER, addresses=[ROUTER_OUTSIDE, ROUTER_OUTSIDE6])
        self.outside.prepare_stack(silent=False)
        self.attend()

    def attend(self) -> None:
        """Begins what the agent of the host does on its own."""
        self.api.translation.on_withdrawn(self._end_connections)
        self._agent = asyncio.create_task(self._connections.run())

    async def _end_connections(self, withdrawn: Withdrawn) -> None:
        """As the agent does when control tells it."""
        lost = [LostPermit(UUID(each.port_id), each.protocol, each.destination) for each in withdrawn.permits]
        self._connections.end(lost, withdrawn.addresses)

    async def close(self) -> None:
        await self.leave()
        await self.outside.namespace.delete()

    async def leave(self) -> None:
        """Ends what `attend` began."""
        self._agent.cancel()
        await asyncio.wait([self._agent])

    async def settled(self) -> None:
        """Returns when the chassis has processed everything that OVN holds."""
        await self.api.ovn.nbctl("--wait=hv", "sync")

    async def network(self, *cidrs: str, who: str = "alice", **attributes: Any) -> tuple[dict[str, Any], ...]:
        """A network, then a subnet for each CIDR."""
        network = await self.api.make("network", who=who, **attributes)
        subnets = [
            await self.api.make(
                "subnet", who=who, network_id=network["id"], ip_version=ip_network(cidr).version, cidr=cidr
            )
            for cidr in cidrs
        ]
        return network, *subnets

    async def router(self, *subnets: dict[str, Any], who: str = "alice", external: bool = True) -> dict[str, Any]:
        """A router with an interface in each subnet, which leads outside if `external`."""
        leads = {"external_gateway_info": {"network_id": self.external["id"]}} if external else {}
        router = await self.api.make("router", who=who, **leads)
        for subnet in subnets:
            path = f"/v2.0/routers/{router['id']}/add_router_interface"
            answer = await self.api.ask("PUT", path, {"subnet_id": subnet["id"]}, who=who)
            assert answer.status == 200, answer.body
        return router

    async def group(self, *rules: dict[str, Any], who: str = "alice", **attributes: Any) -> dict[str, Any]:
        """A security group with these rules only, ingress unless they say so."""
        group = await self.api.make("security_group", who=who, name="a group", **attributes)
        for rule in group["security_group_rules"]:
            await self.api.remove("security_group_rule", rule["id"], who=who)
        for rule in rules:
            await self.rule(group, who=who, **rule)
        return group

    async def rule(self, group: dict[str, Any], who: str = "alice", **attributes: Any) -> dict[str, Any]:
        said = {"security_group_id": group["id"], "direction": "ingress"} | attributes
        return await self.api.make("security_group_rule", who=who, **said)

    @asynccontextmanager
    async def plugged(
        self, *ports: dict[str, Any], silent: bool = False, automatic: bool = False
    ) -> AsyncIterator[list[Guest]]:
        """A guest for each port, once its flows are installed.

        `silent`: without an IP stack, so that the guest sends nothing but the test's own frames. `automatic`: with
        one that knows what the network tells it alone. Otherwise it has the port's addresses, and each subnet's
        gateway for a default route.
        """
        guests = [self._guest(port) for port in ports]
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._unplug, guests)
            await self._create(guests)
            await asyncio.gather(*(self._configure(guest, silent, automatic) for guest in guests))
            await self._plug(guests)
            yield guests

    def _guest(self, port: dict[str, Any]) -> Guest:
        namespace = Namespace(f"{self.chassis.namespace.name}-{next(self._numbers)}")
        return Guest(namespace, "eth0", port, [fixed["ip_address"] for fixed in port["fixed_ips"]])

    async def _create(self, guests: Sequence[Guest]) -> None:
        await self._ip(
            self.chassis.namespace,
            *(f"netns add {guest.namespace.name}" for guest in guests),
            *(f"link add {guest.tap} type veth peer name eth0 netns {guest.namespace.name}" for guest in guests),
            *(f"link set {guest.tap} up" for guest in guests),
        )

    async def _configure(self, guest: Guest, silent: bool, automatic: bool) -> None:
        network = await self.api.show("network", guest.port["network_id"], who="admin")
        said = ["link set lo up", f"link set eth0 address {guest.mac} mtu {network['mtu']}"]
        guest.prepare_stack(silent=silent)
        if silent:
            said += ["link set eth0 arp off", "link set eth0 up"]
        else:
            said += ["link set eth0 up", *([] if automatic else await self._addressing(guest))]
        await self._ip(guest.namespace, *said)

    async def _addressing(self, guest: Guest) -> list[str]:
        said = []
        for fixed in guest.port["fixed_ips"]:
            subnet = await self.api.show("subnet", fixed["subnet_id"], who="admin")
            length = ip_network(subnet["cidr"]).prefixlen
            said.append(f"address add {fixed['ip_address']}/{length} dev eth0 nodad")
            if subnet["gateway_ip"]:
                said.append(f"route append default via {subnet['gateway_ip']} dev eth0")
        return said

    async def _plug(self, guests: Sequence[Guest]) -> None:
        """As the agent does."""
        with inside(self.chassis.namespace):
            for guest in guests:
                shield(guest.tap)
        added, awaited = [], []
        for guest in guests:
            added += ["--", "add-port", "br-int", guest.tap]
            added += ["--", "set", "Interface", guest.tap, f"external_ids:iface-id={guest.port['id']}"]
            awaited += ["--", "wait-until", "Interface", guest.tap, "external_ids:ovn-installed=true"]
        await self.chassis.vsctl(*added[1:])
        await self.chassis.vsctl(*awaited[1:])
        await self._guard.add(guest.tap for guest in guests if guest.port["port_security_enabled"])

    async def _unplug(self, guests: Sequence[Guest]) -> None:
        removed = [word for guest in guests for word in ("--", "--if-exists", "del-port", "br-int", guest.tap)]
        await self.chassis.vsctl(*removed[1:])
        for guest in guests:
            guest.close()
            await guest.namespace.delete()

    async def _ip(self, namespace: Namespace, *commands: str) -> None:
        """Runs `ip` commands inside, in one process."""
        batch = self.chassis.directory / f"ip-{next(self._numbers)}"
        batch.write_text("".join(f"{command}\n" for command in commands))
        await run(namespace.enter("ip", "-batch", str(batch)))
        batch.unlink()
