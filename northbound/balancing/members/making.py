"""Members from what the caller said."""

import uuid
from collections.abc import Sequence

from northbound.balancing.errors import InvalidSubresource, UnsupportedOption
from northbound.balancing.load_balancers.balancer import LoadBalancer
from northbound.balancing.members.member import Member, check_address
from northbound.balancing.members.schema import MemberBody, MemberChanges, check_member
from northbound.balancing.pools.pool import Pool
from northbound.balancing.reading import DEFAULTS
from northbound.networks import store as networks
from northbound.networks.network import NetworkNotFound
from northbound.nouns.noun import change_given
from northbound.ports.orders import check_usable
from northbound.subnets import store as subnets
from northbound.subnets.subnet import SubnetNotFound
from runtime.database import Connection


async def draft_members(
    conn: Connection, balancer: LoadBalancer, pool: Pool, bodies: Sequence[MemberBody], reach: str | None
) -> list[Member]:
    """Raises UnsupportedOption, InvalidInput, InvalidSubresource (a subnet that `reach` does not see), Forbidden."""
    drafts = [draft_member(balancer, pool, body) for body in bodies]
    for subnet_id in sorted({member.subnet_id for member in drafts if member.subnet_id is not None}):
        await _check_subnet(conn, subnet_id, reach)
    return drafts


async def _check_subnet(conn: Connection, subnet_id: str, reach: str | None) -> None:
    """Passes when `reach` may use the subnet as it may for a port of its own: a health monitor has a port there.

    Its network stays granted until the transaction ends, and then as long as the member is there.
    """
    try:
        subnet = await subnets.fetch_subnet(conn, subnet_id, reach)
        network = await networks.fetch_kept(conn, subnet.network_id, reach)
    except (SubnetNotFound, NetworkNotFound) as error:
        raise InvalidSubresource("Subnet", subnet_id) from error
    check_usable(network, reach)


def draft_member(balancer: LoadBalancer, pool: Pool, body: MemberBody) -> Member:
    """Pure. Raises UnsupportedOption, InvalidInput."""
    check_member(body)
    check_address(str(body.address), [vip.ip for vip in balancer.vips])
    if pool.healthmonitor_id is not None:
        check_monitorable([str(body.address)])
    return Member(
        id=str(uuid.uuid4()),
        pool_id=pool.id,
        load_balancer_id=balancer.id,
        project_id=balancer.project_id,
        name=body.name or "",
        admin_state_up=body.admin_state_up,
        address=str(body.address),
        protocol_port=body.protocol_port,
        subnet_id=None if body.subnet_id is None else str(body.subnet_id),
        weight=1 if body.weight is None else body.weight,
        tags=body.tags or [],
    )


def check_monitorable(addresses: Sequence[str]) -> None:
    """Raises UnsupportedOption for a member whose health OVN cannot check."""
    for address in addresses:
        if ":" in address:
            raise UnsupportedOption(f"health monitor for {address}: OVN checks IPv4 members only.")


def change_member(before: Member, changes: MemberChanges | MemberBody) -> Member:
    """The member as it will be, its address and subnet aside, which stay. Pure; raises UnsupportedOption."""
    check_member(changes)
    return change_given(before, changes, ("name", "weight", "admin_state_up", "tags"), DEFAULTS | {"weight": 1})
