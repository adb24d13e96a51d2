"""Trunks, declared."""

from identity.callers import Caller
from northbound.nouns.noun import Noun
from northbound.trunks import store
from northbound.trunks.policy import RULES
from northbound.trunks.schema import CreateTrunk, UpdateTrunk, draft_trunk, render_trunk
from northbound.trunks.trunk import Trunk, TrunkDisabled
from runtime.database import Connection


async def insert(conn: Connection, draft: Trunk, caller: Caller) -> None:
    parent = await store.take_parent(conn, draft.port_id, caller.reach)
    await store.TRUNKS.insert(conn, draft)
    await store.add_subports(conn, draft.id, parent, draft.wanted, caller.reach)


async def delete(conn: Connection, trunk: Trunk, _caller: Caller) -> None:
    if not trunk.admin_state_up:
        raise TrunkDisabled(trunk.id)
    await store.remove_subports(conn, trunk, [subport.port_id for subport in trunk.sub_ports])
    await store.TRUNKS.delete(conn, trunk)


TRUNK = Noun(
    name="trunk",
    plural="trunks",
    path="trunks",
    table=store.TRUNKS,
    rules=RULES,
    create_body=CreateTrunk,
    update_body=UpdateTrunk,
    draft=draft_trunk,
    render=render_trunk,
    taggable=True,
    insert=insert,
    delete=delete,
)
