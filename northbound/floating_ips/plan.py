"""A floating IP -> its NAT row, if it is associated, or the load balancers that forward its ports. Pure.

Without an external MAC OVN translates on the chassis of the router's gateway. With one, which the floating IPs of a
distributed router have while their port is up, it does so on the port's own chassis: a port that is nowhere, such as an
address that guests hand to each other, is served by the gateway; so is a member of a load balancer, which answers
through the gateway that balanced to it.

Forwarded ports are the virtual addresses of one load balancer per protocol, which the router and the networks behind it
know. A range is as many of them: one row per external port, as Neutron writes it, would say no more.
Source: ovn-mapping section 9.
"""

from collections.abc import Sequence

from msgspec import Struct

from northbound.floating_ips.floating_ip import FloatingIp
from northbound.qos_rules.plan import ADDRESS_PRIORITY, plan_qos
from northbound.qos_rules.qos_rule import BANDWIDTH_LIMIT, QosRule
from northbound.routers.gateway_plan import nat_gateway_port
from northbound.routers.router import Router, RouterPort
from southbound import external_ids, names
from southbound.ovsdb.rows import Row

FORWARDING_OWNER = "port_forwarding_plugin"


class FloatingIpView(Struct, frozen=True):
    """`router` is the one that translates, None while not associated; `is_member`: its port's address is a member of a
    load balancer; `qos` are the rules that the address follows."""

    floating_ip: FloatingIp
    router: Router | None = None
    is_member: bool = False
    qos: Sequence[QosRule] = ()

    @property
    def id(self) -> str:
        return self.floating_ip.id


def plan_floating_ip(view: FloatingIpView) -> list[Row]:
    """None for one that stands for nothing."""
    floating_ip, router = view.floating_ip, view.router
    if router is None:
        return []
    if floating_ip.port_id is not None:
        translation = _translation(view, floating_ip.port_id, router)
        return [translation, *_limits(view, router, spread=translation.columns["external_mac"] is not None)]
    protocols = sorted({forwarding.protocol for forwarding in floating_ip.port_forwardings})
    return [
        *(_load_balancer(floating_ip, router, protocol) for protocol in protocols),
        *_limits(view, router, spread=False),
    ]


def _limits(view: FloatingIpView, router: Router, *, spread: bool) -> list[Row]:
    """Limits of what enters and leaves the external network under the address, where it is translated: at its port
    (`spread`), or at the gateway."""
    floating_ip, limits = view.floating_ip, [rule for rule in view.qos if rule.kind == BANDWIDTH_LIMIT]
    if not limits:
        return []
    gateway = next(port for port in router.gateways if port.network_id == floating_ip.floating_network_id)
    port = names.switch_port_name(gateway.port_id)
    here = names.switch_port_name(str(floating_ip.port_id)) if spread else names.chassis_redirect_name(gateway.port_id)
    address, resident = floating_ip.floating_ip_address, f'is_chassis_resident("{here}")'
    return plan_qos(
        names.floating_ip_owner(floating_ip.id),
        floating_ip.floating_network_id,
        limits,
        {
            "egress": f'inport == "{port}" && ip4.src == {address} && {resident}',
            "ingress": f'outport == "{port}" && ip4.dst == {address} && {resident}',
        },
        {external_ids.QOS_FLOATING_IP_ID: floating_ip.id},
        priority=ADDRESS_PRIORITY,
    )


def _translation(view: FloatingIpView, port_id: str, router: Router) -> Row:
    """The row inside the router that leads out, whose UUID is the floating IP's id."""
    floating_ip = view.floating_ip
    gateway = next(port for port in router.gateways if port.port_id == floating_ip.gateway_port_id)
    return Row(
        "NAT",
        owner=names.floating_ip_owner(floating_ip.id),
        uuid=names.floating_ip_nat_uuid(floating_ip.id),
        inside=("Logical_Router", names.router_uuid(router.id), "nat"),
        columns={
            "type": "dnat_and_snat",
            "external_ip": floating_ip.floating_ip_address,
            "logical_ip": floating_ip.fixed_ip_address,
            "logical_port": names.switch_port_name(port_id),
            "external_mac": None if view.is_member else _external_mac(floating_ip, router, gateway),
            "gateway_port": nat_gateway_port(router, gateway),
            "options": {"stateless": "false"},
            "external_ids": {
                external_ids.FLOATING_IP_ID: floating_ip.id,
                external_ids.REVISION: str(floating_ip.revision_number),
                external_ids.FLOATING_IP_PORT_ID: port_id,
                external_ids.ROUTER_NAME: names.router_name(router.id),
                external_ids.FLOATING_IP_MAC: floating_ip.mac_address,
                external_ids.FLOATING_IP_NETWORK_ID: floating_ip.floating_network_id,
            },
        },
    )


def _external_mac(floating_ip: FloatingIp, router: Router, gateway: RouterPort) -> str | None:
    """The address that answers for the floating IP where its port is; None: the router's own does, at the gateway."""
    is_up = floating_ip.port_details is not None and floating_ip.port_details.status == "ACTIVE"
    return floating_ip.mac_address if router.distributed and gateway.is_fabric and is_up else None


def _load_balancer(floating_ip: FloatingIp, router: Router, protocol: str) -> Row:
    networks = sorted({port.network_id for port in router.interfaces})
    return Row(
        "Load_Balancer",
        owner=names.floating_ip_owner(floating_ip.id),
        uuid=names.forwarding_uuid(floating_ip.id, protocol),
        members=(
            ("Logical_Router", names.router_uuid(router.id), "load_balancer"),
            *(("Logical_Switch", names.switch_uuid(network_id), "load_balancer") for network_id in networks),
        ),
        columns={
            "name": names.forwarding_name(floating_ip.id, protocol),
            "protocol": protocol,
            "vips": {
                f"{floating_ip.floating_ip_address}:{external}": f"{forwarding.internal_ip_address}:{internal}"
                for forwarding in floating_ip.port_forwardings
                if forwarding.protocol == protocol
                for external, internal in forwarding.pairs
            },
            "external_ids": {
                external_ids.DEVICE_OWNER: FORWARDING_OWNER,
                external_ids.FLOATING_IP_ID: floating_ip.id,
                external_ids.ROUTER_NAME: names.router_name(router.id),
                external_ids.REVISION: str(floating_ip.revision_number),
            },
        },
    )
