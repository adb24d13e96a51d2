"""Which addresses a load balancer gets: ports made for it, or one of the tenant's that is free."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from aiohttp import web

from identity.callers import caller_of
from identity.policy import allowed
from northbound.balancing.errors import InvalidInput, InvalidSubresource, PortInUse, UnsupportedOption
from northbound.balancing.load_balancers import store
from northbound.balancing.load_balancers.balancer import Vip
from northbound.balancing.load_balancers.schema import AdditionalVip, LoadBalancerDraft
from northbound.networks import store as networks
from northbound.networks.network import NetworkNotFound
from northbound.ports import store as ports
from northbound.ports.errors import PortNotFound
from northbound.ports.port import AddressRequest, FixedIp, Port, PortDraft
from northbound.subnets import store as subnets
from northbound.subnets.subnet import Subnet, SubnetNotFound
from northbound.trunks.membership import is_in_trunk
from runtime.database import Connection
from runtime.errors import Forbidden

VIP_PORT = "ovn-lb-vip-{}"
ADDITIONAL_VIP_PORT = "ovn-lb-vip-additional-{}-{}"
CHOOSE_ADDRESS = "network:set_port:ip_address"
MOST_GATEWAYS = 1


class Holder:
    """Holds the VIPs of one new load balancer for a request."""

    def __init__(self, request: web.Request, conn: Connection, load_balancer_id: str, project_id: str) -> None:
        self._request = request
        self._conn = conn
        self._id = load_balancer_id
        self._project_id = project_id
        self._reach = caller_of(request).reach

    async def hold_all(self, body: LoadBalancerDraft) -> list[Vip]:
        """The VIP and the additional ones, their ports held. Raises InvalidInput, InvalidSubresource, PortInUse,
        UnsupportedOption, Forbidden, and what `ports.create_port` raises."""
        vips = [await self._hold_main(body)]
        for number, wish in enumerate(body.additional_vips or [], start=1):
            vips.append(await self._hold_additional(number, wish))
        if len({vip.network_id for vip in vips}) > 1:
            raise InvalidInput("additional_vips", "All VIP subnets must belong to the same network.")
        if await store.has_router_with_gateways(self._conn, [vip.subnet_id for vip in vips], MOST_GATEWAYS):
            raise UnsupportedOption(
                "the router of the VIP's subnet has several gateways, and OVN balances with one only; choose a subnet"
                " of another router."
            )
        return vips

    async def _hold_main(self, body: LoadBalancerDraft) -> Vip:
        if body.vip_port_id is not None:
            return await self._take_port(str(body.vip_port_id), _text(body.vip_subnet_id), _text(body.vip_address))
        subnet = await self._choose_subnet(body)
        return await self._make_port(VIP_PORT.format(self._id), subnet, _text(body.vip_address), "vip_address")

    async def _hold_additional(self, number: int, wish: AdditionalVip) -> Vip:
        if wish.port_id is not None:
            return await self._take_port(str(wish.port_id), _text(wish.subnet_id), _text(wish.ip_address))
        subnet = await self._subnet(str(wish.subnet_id))
        name = ADDITIONAL_VIP_PORT.format(number, self._id)
        return await self._make_port(name, subnet, _text(wish.ip_address), "additional_vips")

    async def _choose_subnet(self, body: LoadBalancerDraft) -> Subnet:
        """The one named; else the network's that holds the address asked for, or its first, of IPv4 if there is one."""
        if body.vip_subnet_id is not None:
            subnet = await self._subnet(str(body.vip_subnet_id))
            if body.vip_network_id not in (None, subnet.network_id):
                raise InvalidInput("vip_subnet_id", "The subnet is not of the network (vip_network_id).")
            return subnet
        try:
            network = await networks.fetch_network(self._conn, str(body.vip_network_id), self._reach)
        except NetworkNotFound as error:
            raise InvalidSubresource("Network", str(body.vip_network_id)) from error
        present = await subnets.subnets_of_network(self._conn, network.id)
        fitting = [one for one in present if body.vip_address is None or _holds(one, str(body.vip_address))]
        if not fitting:
            wanted = "vip_network_id" if body.vip_address is None else "vip_address"
            raise InvalidInput(wanted, "The network (vip_network_id) has no subnet for the VIP.")
        return min(fitting, key=lambda subnet: subnet.ip_version)

    async def _subnet(self, subnet_id: str) -> Subnet:
        try:
            return await subnets.fetch_subnet(self._conn, subnet_id, self._reach)
        except SubnetNotFound as error:
            raise InvalidSubresource("Subnet", subnet_id) from error

    async def _make_port(self, name: str, subnet: Subnet, address: str | None, attribute: str) -> Vip:
        target = {"project_id": self._project_id, "network_project_id": subnet.network_project_id}
        if address is not None and not allowed(self._request, CHOOSE_ADDRESS, target):
            raise Forbidden(f"Policy does not allow setting '{attribute}' ({CHOOSE_ADDRESS}).")
        draft = PortDraft(
            network_id=subnet.network_id,
            name=name,
            device_id=f"{store.DEVICE_PREFIX}{self._id}",
            fixed_ips=[AddressRequest(subnet.id, address)],
            security_groups=[],
        )
        port = await ports.create_port(self._conn, draft, self._project_id, self._reach)
        return _vip(port, port.fixed_ips[0], made=True)

    async def _take_port(self, port_id: str, subnet_id: str | None, address: str | None) -> Vip:
        """One of the project's own ports that is for nothing else; it is given back when the load balancer goes."""
        try:
            await ports.lock_port(self._conn, port_id)
            port = await ports.fetch_port(self._conn, port_id, self._reach)
        except PortNotFound as error:
            raise InvalidSubresource("Port", port_id) from error
        if port.project_id != self._project_id:
            raise InvalidSubresource("Port", port_id)
        if port.device_id or port.device_owner or port.host or await is_in_trunk(self._conn, port_id):
            raise PortInUse(port_id)
        chosen = choose_address(port.fixed_ips, subnet_id, address)
        await ports.bind_port(
            self._conn, port_id, host="", device_id=f"{store.DEVICE_PREFIX}{self._id}", device_owner=""
        )
        return _vip(port, chosen, made=False)


def choose_address(held: Sequence[FixedIp], subnet_id: str | None, address: str | None) -> FixedIp:
    """The first of a port's addresses that is as asked for; raises InvalidInput. Pure."""
    for fixed in held:
        if subnet_id in (None, fixed.subnet_id) and address in (None, fixed.ip_address):
            return fixed
    raise InvalidInput("vip_port_id", "The port has no address as asked for (vip_subnet_id, vip_address).")


def _holds(subnet: Subnet, address: str) -> bool:
    return ip_address(address) in ip_network(subnet.cidr)


def _vip(port: Port, fixed: FixedIp, *, made: bool) -> Vip:
    return Vip(ip=fixed.ip_address, port_id=port.id, subnet_id=fixed.subnet_id, network_id=port.network_id, made=made)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
