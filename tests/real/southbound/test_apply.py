"""Plans made real: applied, applied again, applied by halves, raced, refused, taken back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.programs import run
from southbound.ovsdb.apply import Applied, GuardFailed, apply
from southbound.ovsdb.session import Session
from southbound.ovsdb.transaction import wait_some
from tests.real.southbound.networks import (
    a_group,
    a_port,
    a_switch,
    an_id,
    by_owner,
    emptied,
    open_session,
)

pytestmark = pytest.mark.real

PLAN = by_owner(
    a_switch("n1"),
    a_switch("n2"),
    *a_group("web", ("ip4", "ip6")),
    *a_group("db"),
    a_port("p1", "n1", ["web"]),
    a_port("p2", "n1", ["web", "db"]),
    a_port("p3", "n2"),
)


@pytest.fixture
async def session(northbound: OvsdbServer) -> AsyncIterator[Session]:
    async with open_session(northbound.remote) as session:
        yield session


async def nbctl(server: OvsdbServer, *arguments: str) -> str:
    return await run(["ovn-nbctl", f"--db={server.remote}", "--timeout=10", *arguments])


async def contents(northbound: OvsdbServer, *, with_version: bool = False) -> dict[str, dict]:
    """What NB holds, row by UUID, as the server says it; `_version` differs after any write to the row."""
    found = {}
    for table in ("Logical_Switch", "Logical_Switch_Port", "Port_Group", "ACL"):
        found[table] = {row.pop("_uuid")[1]: row for row in await northbound.rows(table)}
        for row in found[table].values():
            version = row.pop("_version")
            if with_version:
                row["_version"] = version
    return found


def nothing_to_do(applied: Applied) -> bool:
    return not (applied.changed or applied.quarantined or applied.unsettled)


async def test_apply_then_again_has_nothing_to_do(northbound: OvsdbServer, session: Session) -> None:
    applied = await apply(session, PLAN)
    assert set(applied.changed) == set(PLAN)
    assert not applied.quarantined
    assert not applied.unsettled
    before = await contents(northbound, with_version=True)
    assert nothing_to_do(await apply(session, PLAN))
    assert await contents(northbound, with_version=True) == before
    shown = await nbctl(northbound, "show", f"neutron-{an_id('n1')}")
    assert f"port {an_id('p1')}" in shown
    assert f"port {an_id('p2')}" in shown


async def test_half_then_all_equals_all(northbound: OvsdbServer, session: Session) -> None:
    await apply(session, PLAN)
    whole = await contents(northbound)
    await apply(session, emptied(PLAN))
    await apply(session, dict(list(PLAN.items())[:4]))
    await apply(session, PLAN)
    assert await contents(northbound) == whole


async def test_all_gone_leaves_nothing(northbound: OvsdbServer, session: Session) -> None:
    await apply(session, PLAN)
    await apply(session, emptied(PLAN))
    assert not any((await contents(northbound)).values())


async def test_threat_n12_foreign_rows_and_keys_are_untouched(northbound: OvsdbServer, session: Session) -> None:
    await nbctl(northbound, "ls-add", "foreign", "--", "lsp-add", "foreign", "fp", "--", "pg-add", "foreigners", "fp")
    await apply(session, PLAN)
    await nbctl(northbound, "set", "Logical_Switch_Port", an_id("p1"), "external_ids:other=kept", "options:other=kept")
    await nbctl(northbound, "pg-set-ports", "foreigners", "fp", an_id("p1"))
    foreign = (
        await nbctl(northbound, "list", "Logical_Switch", "foreign"),
        await nbctl(northbound, "list", "Port_Group", "foreigners"),
    )
    renamed = by_owner(a_port("p1", "n1", ["db"], external_ids={"neutron:port_name": "new"}, enabled=False))
    await apply(session, renamed)
    assert foreign == (
        await nbctl(northbound, "list", "Logical_Switch", "foreign"),
        await nbctl(northbound, "list", "Port_Group", "foreigners"),
    )
    assert "other=kept" in await nbctl(northbound, "get", "Logical_Switch_Port", an_id("p1"), "external_ids")
    assert "other=kept" in await nbctl(northbound, "get", "Logical_Switch_Port", an_id("p1"), "options")
    await apply(session, emptied(PLAN))
    assert "fp" in await nbctl(northbound, "lsp-list", "foreign")
    await nbctl(northbound, "ls-del", "foreign", "--", "pg-del", "foreigners")


async def test_a_switch_with_a_foreign_port_is_kept(northbound: OvsdbServer, session: Session) -> None:
    plan = by_owner(a_switch("n1"))
    await apply(session, plan)
    await nbctl(northbound, "lsp-add", f"neutron-{an_id('n1')}", "fp")
    await port_appears(session, "fp")
    applied = await apply(session, emptied(plan))
    assert "not ours" in applied.quarantined[f"network/{an_id('n1')}"]
    await nbctl(northbound, "lsp-del", "fp")


async def port_appears(session: Session, name: str) -> None:
    """Returns when the replica holds a port of that name."""
    appeared = asyncio.Event()
    session.replica.listen(lambda change: (change.after or {}).get("name") == name and appeared.set())
    if not session.replica.uuids_named("Logical_Switch_Port", name):
        async with asyncio.timeout(5):
            await appeared.wait()


async def test_two_writers_make_one_row(northbound: OvsdbServer, session: Session) -> None:
    plan = by_owner(*(a_switch(f"race{number}") for number in range(30)))
    async with open_session(northbound.remote) as other:
        both = await asyncio.gather(apply(session, plan), apply(other, plan))
        assert nothing_to_do(await apply(session, plan))
        assert nothing_to_do(await apply(other, plan))
    assert len(await northbound.rows("Logical_Switch")) == 30
    assert all(reason.startswith("duplicate uuid") for applied in both for reason in applied.quarantined.values())


async def test_one_refused_owner_is_left_out_alone(northbound: OvsdbServer, session: Session) -> None:
    await nbctl(northbound, "ls-add", "foreign", "--", "lsp-add", "foreign", an_id("p7"))
    plan = by_owner(a_switch("n1"), *(a_port(f"p{number}", "n1") for number in range(20)))
    applied = await apply(session, plan)
    assert set(applied.quarantined) == {f"port/{an_id('p7')}"}
    assert "constraint violation" in applied.quarantined[f"port/{an_id('p7')}"]
    assert len(applied.changed) == 20
    await nbctl(northbound, "ls-del", "foreign")
    applied = await apply(session, plan)
    assert set(applied.changed) == {f"port/{an_id('p7')}"}


async def test_a_port_of_a_missing_switch_is_left_out_alone(session: Session) -> None:
    plan = by_owner(a_switch("n1"), a_port("p1", "n1"), a_port("p2", "n9"), a_port("p3", "n1", ["nogroup"]))
    applied = await apply(session, plan)
    assert set(applied.changed) == {f"network/{an_id('n1')}", f"port/{an_id('p1')}"}
    assert all("does not exist" in reason for reason in applied.quarantined.values())
    assert len(applied.quarantined) == 2


async def test_a_value_that_does_not_fit_is_left_out_alone(session: Session) -> None:
    plan = by_owner(a_switch("n1"), a_port("p1", "n1", enabled="yes"), a_port("p2", "n1", tag_request=5000))
    applied = await apply(session, plan)
    assert "Logical_Switch_Port.enabled" in applied.quarantined[f"port/{an_id('p1')}"]
    assert "constraint violation" in applied.quarantined[f"port/{an_id('p2')}"]
    assert set(applied.changed) == {f"network/{an_id('n1')}"}


async def test_a_guard_that_fails_stops_everything(northbound: OvsdbServer, session: Session) -> None:
    guard = wait_some("NB_Global", [["external_ids", "includes", ["map", [["meridian:term", "7"]]]]])
    with pytest.raises(GuardFailed):
        await apply(session, PLAN, guard=guard)
    assert not any((await contents(northbound)).values())
    await nbctl(northbound, "set", "NB_Global", ".", "external_ids:meridian\\:term=7")
    applied = await apply(session, PLAN, guard=guard)
    assert set(applied.changed) == set(PLAN)


async def test_a_row_deleted_by_hand_comes_back_with_its_uuid(northbound: OvsdbServer, session: Session) -> None:
    await apply(session, PLAN)
    before = await nbctl(northbound, "get", "Logical_Switch_Port", an_id("p2"), "_uuid")
    gone = asyncio.Event()
    session.replica.listen(lambda change: change.table == "Logical_Switch_Port" and not change.after and gone.set())
    await nbctl(northbound, "lsp-del", an_id("p2"))
    async with asyncio.timeout(5):
        await gone.wait()
    applied = await apply(session, PLAN)
    assert set(applied.changed) == {f"port/{an_id('p2')}"}
    assert await nbctl(northbound, "get", "Logical_Switch_Port", an_id("p2"), "_uuid") == before


async def test_a_port_moves_between_switches_and_groups(northbound: OvsdbServer, session: Session) -> None:
    await apply(session, PLAN)
    await apply(session, by_owner(a_port("p2", "n2", ["db"])))
    assert an_id("p2") in await nbctl(northbound, "lsp-list", f"neutron-{an_id('n2')}")
    assert an_id("p2") not in await nbctl(northbound, "lsp-list", f"neutron-{an_id('n1')}")
    holders = session.replica.holders("Port_Group", "ports", a_port("p2", "n2").uuid)
    assert holders == {a_group("db")[0].uuid}


async def test_keys_and_optionals_are_taken_back(session: Session) -> None:
    with_extras = a_port("p1", "n1", options={"requested-chassis": "h1"}, tag_request=7)
    without = a_port("p1", "n1", options={"requested-chassis": None}, tag_request=None, external_ids={})
    await apply(session, by_owner(a_switch("n1"), with_extras))
    await apply(session, by_owner(without))
    row = session.replica.find("Logical_Switch_Port", without.uuid)
    assert row["options"] == {}
    assert row["tag_request"] is None
    assert row["external_ids"] == {"meridian:owner": without.owner}
