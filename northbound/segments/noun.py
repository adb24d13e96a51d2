"""Segments, declared. A network always keeps one; its owner in OVN is the network, whose plan has the localnet ports."""

import uuid
from pathlib import Path

import msgspec
from msgspec import UNSET

from identity.callers import Caller
from northbound.networks import store as networks
from northbound.networks.drafting import check_apart, check_place
from northbound.networks.network import InvalidInput, Network, largest_mtu
from northbound.networks.placing import place_segment
from northbound.networks.segment import Segment, SegmentInUse, SegmentNotFound
from northbound.nouns.noun import Noun
from northbound.nouns.table import Table
from northbound.qos_policies import assignment as qos
from northbound.routers import placement
from northbound.routers import store as routers
from northbound.segments.policy import RULES
from northbound.segments.schema import CreateSegment, SegmentChanges, SegmentDraft, UpdateSegment, render_segment
from northbound.translation import marks
from runtime.database import Connection, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")

SEGMENTS = Table(
    name="northbound.segments",
    shape=Segment,
    listing=Listing(
        select="SELECT t.*, n.project_id FROM northbound.segments t JOIN northbound.networks n ON n.id = t.network_id",
        attributes={
            "id": Attribute("t.id", "uuid"),
            "network_id": Attribute("t.network_id", "uuid"),
            "network_type": Attribute("t.network_type"),
            "physical_network": Attribute("t.physical_network"),
            "segmentation_id": Attribute("t.segmentation_id", "int"),
            "name": Attribute("t.name"),
            "description": Attribute("t.description"),
            "revision_number": Attribute("t.revision_number", "int"),
            "created_at": Attribute("t.created_at", "time"),
            "updated_at": Attribute("t.updated_at", "time"),
        },
    ),
    columns=(),
    changing=("name", "description"),
    missing=SegmentNotFound,
    visible="n.project_id = {0}",
    constraints={
        "subnets_segment": lambda segment: SegmentInUse(segment.id, "the segment is still associated with subnets")
    },
)


def draft_segment(body: SegmentDraft, _project_id: str) -> Segment:
    physical_network = body.physical_network or None
    segmentation_id = int(body.segmentation_id) if body.segmentation_id else None
    check_place(body.network_type, physical_network, segmentation_id, prefix="")
    return Segment(
        id=str(uuid.uuid4()),
        network_id=str(body.network_id),
        network_type=body.network_type,
        physical_network=physical_network,
        segmentation_id=segmentation_id,
        name=body.name,
        description=body.description or "",
    )


def change_segment(segment: Segment, changes: SegmentChanges) -> Segment:
    name = segment.name if changes.name is UNSET else changes.name
    description = segment.description if changes.description is UNSET else changes.description or ""
    return msgspec.structs.replace(segment, name=name, description=description)


def check_joins(network: Network, segment: Segment) -> None:
    """Passes when the segment may join those that the network has; raises InvalidInput."""
    check_apart([*network.segments, segment])
    if network.mtu > largest_mtu(segment.network_type):
        raise InvalidInput(
            f"network_type {segment.network_type}: the network's mtu {network.mtu} is larger than fits there."
        )
    if network.qinq and segment.network_type != "vlan":
        raise InvalidInput("network_type: a network with qinq has vlan segments alone.")


async def insert(conn: Connection, draft: Segment, caller: Caller) -> None:
    await networks.hold_network(conn, draft.network_id)
    check_joins(await networks.fetch_network(conn, draft.network_id, caller.reach), draft)
    position = await SQL.next_position(conn, network_id=draft.network_id)
    await place_segment(conn, msgspec.structs.replace(draft, position=position))
    await marks.mark(conn, "network", draft.network_id)
    await qos.mark_guaranteed(conn, draft.network_id)


async def delete(conn: Connection, segment: Segment, _caller: Caller) -> None:
    """Raises SegmentInUse for the last segment of a network, and for one that subnets are tied to."""
    await networks.hold_network(conn, segment.network_id)
    network = await networks.fetch_network(conn, segment.network_id, None)
    if len(network.segments) == 1:
        raise SegmentInUse(segment.id, "it is the only one of its network")
    await SEGMENTS.delete(conn, segment)
    await SQL.fill_first_position(conn, network_id=segment.network_id)
    await marks.mark(conn, "network", segment.network_id)
    await qos.mark_guaranteed(conn, segment.network_id)
    if segment.position == 0:
        router_ids = [row["router_id"] async for row in SQL.routers(conn, network_id=segment.network_id)]
        for router_id in router_ids:
            await routers.mark_connections(conn, router_id)
        await placement.place(conn, *router_ids)


SEGMENT = Noun(
    name="segment",
    plural="segments",
    path="segments",
    table=SEGMENTS,
    rules=RULES,
    create_body=CreateSegment,
    update_body=UpdateSegment,
    draft=draft_segment,
    change=change_segment,
    render=render_segment,
    insert=insert,
    delete=delete,
)
