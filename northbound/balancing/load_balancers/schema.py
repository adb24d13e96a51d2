"""The bodies of load balancers, and how one is shown."""

from typing import Annotated, Any

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from northbound.balancing.errors import InvalidInput, ProviderNotEnabled
from northbound.balancing.listeners.schema import ListenerTree
from northbound.balancing.load_balancers.balancer import LoadBalancer, Vip
from northbound.balancing.pools.schema import PoolTree
from northbound.balancing.reading import references, render_shown
from northbound.balancing.unsupported import Refused, refuse
from northbound.projects import Owned
from runtime.attributes import Body, Description, IpAddress, Name, Tag, Uuid

PROVIDER = "ovn"
Tags = Annotated[list[Tag], Meta(max_length=50)]

UNSUPPORTED = {
    "flavor_id": Refused("OVN has no flavors of load balancers; leave it out."),
    "availability_zone": Refused("an OVN load balancer is everywhere at once; leave it out."),
    "vip_qos_policy_id": Refused("give the policy to the members' ports, or to the floating IP; leave it out."),
    "vip_sg_ids": Refused("OVN does not filter a VIP; give security groups to the members' ports."),
    "vip_vnic_type": Refused("a VIP has no network card.", (None, "normal")),
}


class AdditionalVip(Body):
    subnet_id: Uuid | None = None
    ip_address: IpAddress | None = None
    port_id: Uuid | None = None


class LoadBalancerDraft(Owned, kw_only=True):
    """`listeners` and `pools` make the whole tree in one request; a listener may name one of the `pools`."""

    name: Name | None = ""
    description: Description | None = ""
    admin_state_up: bool = True
    vip_address: IpAddress | None = None
    vip_port_id: Uuid | None = None
    vip_subnet_id: Uuid | None = None
    vip_network_id: Uuid | None = None
    additional_vips: Annotated[list[AdditionalVip], Meta(max_length=8)] | None = None
    provider: str | None = None
    listeners: Annotated[list[ListenerTree], Meta(max_length=50)] | None = None
    pools: Annotated[list[PoolTree], Meta(max_length=50)] | None = None
    tags: Tags | None = None
    flavor_id: Any = UNSET
    availability_zone: Any = UNSET
    vip_qos_policy_id: Any = UNSET
    vip_sg_ids: Any = UNSET
    vip_vnic_type: Any = UNSET


class CreateLoadBalancer(Body):
    loadbalancer: LoadBalancerDraft


class LoadBalancerChanges(Body):
    name: Name | None | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    tags: Tags | None | UnsetType = UNSET
    vip_qos_policy_id: Any = UNSET
    vip_sg_ids: Any = UNSET


class UpdateLoadBalancer(Body):
    loadbalancer: LoadBalancerChanges


def check_draft(body: LoadBalancerDraft) -> None:
    """Raises UnsupportedOption, ProviderNotEnabled, InvalidInput."""
    if body.provider not in (None, PROVIDER):
        raise ProviderNotEnabled(str(body.provider))
    refuse(body, UNSUPPORTED)
    if not (body.vip_port_id or body.vip_subnet_id or body.vip_network_id):
        raise InvalidInput("vip", "VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.")
    for vip in body.additional_vips or []:
        if not (vip.subnet_id or vip.port_id):
            raise InvalidInput("additional_vips", "Each needs a subnet_id or a port_id.")


def render_load_balancer(request: web.Request, balancer: LoadBalancer) -> dict[str, Any]:
    vip, *additional = balancer.vips
    return {
        **render_shown(request, balancer),
        "description": balancer.description,
        "vip_address": vip.ip,
        "vip_port_id": vip.port_id,
        "vip_subnet_id": vip.subnet_id,
        "vip_network_id": vip.network_id,
        "vip_qos_policy_id": None,
        "vip_vnic_type": "normal",
        "vip_sg_ids": [],
        "additional_vips": [_render_vip(one) for one in additional],
        "listeners": references(balancer.listeners),
        "pools": references(balancer.pools),
        "provider": PROVIDER,
        "flavor_id": None,
        "availability_zone": None,
    }


def _render_vip(vip: Vip) -> dict[str, str]:
    return {"subnet_id": vip.subnet_id, "ip_address": vip.ip, "port_id": vip.port_id}
