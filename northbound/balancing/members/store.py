"""Members in PostgreSQL. Every change is inside `load_balancers.store.changed`."""

from collections.abc import Sequence
from pathlib import Path

from northbound.balancing.errors import DuplicateMember, InvalidSubresource, MemberNotFound
from northbound.balancing.load_balancers import store as load_balancers
from northbound.balancing.members.member import Member
from northbound.balancing.quotas import store as quotas
from northbound.balancing.reading import Noun, attributes, select
from runtime.database import Connection, naming, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")
RESOURCE = "member"

MEMBERS: Noun[Member] = Noun(
    shape=Member,
    listing=Listing(
        select=select("host(m.address) AS address", "members", "m", "load_balancer_id"),
        attributes=attributes(
            "m",
            "load_balancer_id",
            address=Attribute("host(m.address)"),
            protocol_port=Attribute("m.protocol_port", "int"),
            subnet_id=Attribute("m.subnet_id", "uuid", sortable=False),
            weight=Attribute("m.weight", "int"),
            backup=Attribute("false", "bool"),
        ),
    ),
    alias="m",
    missing=MemberNotFound,
    collection="members",
)


async def insert_members(conn: Connection, members: Sequence[Member]) -> None:
    """Adds members of one project; raises DuplicateMember, InvalidSubresource (the subnet went meanwhile),
    RouterBalancesLoad, QuotaMet."""
    for member in members:
        with naming(
            {
                "members_endpoint": lambda m=member: DuplicateMember(m.address, m.protocol_port),
                "members_subnet": lambda m=member: InvalidSubresource("Subnet", str(m.subnet_id)),
            }
        ):
            await SQL.insert_member(
                conn,
                id=member.id,
                pool_id=member.pool_id,
                load_balancer_id=member.load_balancer_id,
                project_id=member.project_id,
                name=member.name,
                admin_state_up=member.admin_state_up,
                address=member.address,
                protocol_port=member.protocol_port,
                subnet_id=member.subnet_id,
                weight=member.weight,
                tags=member.tags,
            )
    if members:
        await load_balancers.hold_to_one_gateway(conn, members[0].load_balancer_id)
        await quotas.take(conn, members[0].project_id, RESOURCE, len(members))


async def update_member(conn: Connection, after: Member) -> None:
    await SQL.update_member(
        conn,
        id=after.id,
        name=after.name,
        admin_state_up=after.admin_state_up,
        weight=after.weight,
        tags=after.tags,
    )


async def delete_members(conn: Connection, members: Sequence[Member]) -> None:
    """Removes members of one project."""
    if members:
        await SQL.delete_members(conn, ids=[member.id for member in members])
        await quotas.give_back(conn, members[0].project_id, RESOURCE, len(members))
