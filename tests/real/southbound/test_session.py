"""The session under failure: server killed, paused, restarted with other content; a cluster's leader lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from ovsdbapp.backend.ovs_idl import connection
from ovsdbapp.schema.ovn_northbound.impl_idl import OvnNbApiIdlImpl

from deploy.lab.daemons.ovsdb import OvsdbServer
from southbound.ovsdb.apply import Interrupted, apply
from southbound.ovsdb.outcomes import Committed, NotSent, Refused, Unknown
from southbound.ovsdb.session import Session, SessionSettings
from tests.daemons.sandbox import sandbox
from tests.real.southbound.cluster import leader_of, running_cluster
from tests.real.southbound.networks import (
    a_group,
    a_port,
    a_switch,
    by_owner,
    emptied,
    open_session,
)

pytestmark = pytest.mark.real

PLAN = by_owner(a_switch("n1"), *a_group("web"), *(a_port(f"p{number}", "n1", ["web"]) for number in range(20)))


@pytest.fixture
async def session(northbound: OvsdbServer) -> AsyncIterator[Session]:
    async with open_session(northbound.remote, probe_interval_s=0.3, commit_timeout_s=1.0) as session:
        yield session


async def completed_again(session: Session) -> None:
    """Returns when the session, which was complete, has lost its connection and become complete again."""
    again = asyncio.Event()
    session.listen_complete(again.set)
    async with asyncio.timeout(10):
        await again.wait()


async def test_replica_is_filled_again_after_a_restart(northbound: OvsdbServer, session: Session) -> None:
    await apply(session, PLAN)
    again = asyncio.create_task(completed_again(session))
    await northbound.kill()
    await northbound.start()
    await again
    assert len(session.replica.rows("Logical_Switch_Port")) == 20
    assert not (await apply(session, PLAN)).changed


async def test_conditions_say_which_rows_are_held(northbound: OvsdbServer) -> None:
    conditions = {"Logical_Switch": [["name", "==", "one"], ["name", "==", "two"]]}
    session = Session(SessionSettings(northbound.remote), "OVN_Northbound", {"Logical_Switch": ("name",)}, conditions)
    running = asyncio.create_task(session.run())
    try:
        async with asyncio.timeout(5):
            await session.wait_complete()
            names = ("one", "two", "three")
            await session.transact(
                [{"op": "insert", "table": "Logical_Switch", "row": {"name": name}} for name in names]
            )
            held = {row["name"] for row in session.replica.rows("Logical_Switch").values()}
            assert held == {"one", "two"}
            change = {"op": "update", "table": "Logical_Switch", "row": {"name": "four"}}
            await session.transact([change | {"where": [["name", "==", "one"]]}])
            assert not session.replica.uuids_named("Logical_Switch", "one"), "it meets no condition any longer"
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_replica_follows_a_database_that_came_back_empty(northbound: OvsdbServer, session: Session) -> None:
    await apply(session, PLAN)
    gone = []
    session.replica.listen(lambda change: gone.append(change.uuid) if change.after is None else None)
    await northbound.kill()
    northbound.file.unlink()
    again = asyncio.create_task(completed_again(session))
    await northbound.start()
    await again
    assert not list(session.replica.owners())
    assert a_port("p7", "n1").uuid in gone
    assert set((await apply(session, PLAN)).changed) == set(PLAN)


async def test_a_load_that_does_not_fit_is_begun_again(
    northbound: OvsdbServer, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    await apply(session, PLAN)
    misfits = [KeyError("a row that is not here")]
    take = session.replica.apply

    def take_after_one_misfit(table: str, uuid: str, change: Mapping[str, Any]) -> None:
        if misfits:
            raise misfits.pop()
        take(table, uuid, change)

    monkeypatch.setattr(session.replica, "apply", take_after_one_misfit)
    again = asyncio.create_task(completed_again(session))
    await northbound.kill()
    await northbound.start()
    await again
    assert not misfits
    assert len(session.replica.rows("Logical_Switch_Port")) == 20


async def test_without_a_server_nothing_is_sent(northbound: OvsdbServer, session: Session) -> None:
    await northbound.kill()
    async with asyncio.timeout(5):
        while session.replica.complete:
            await asyncio.sleep(0.01)
    assert isinstance(await session.transact([]), NotSent)
    with pytest.raises(Interrupted):
        await apply(session, PLAN)
    await northbound.start()
    await session.wait_complete()
    assert set((await apply(session, PLAN)).changed) == set(PLAN)


async def test_a_transaction_in_flight_when_the_server_freezes_is_unknown(
    northbound: OvsdbServer, session: Session
) -> None:
    os.kill(northbound.pid, signal.SIGSTOP)
    try:
        outcome = await session.transact([{"op": "insert", "table": "Logical_Switch", "row": {"name": "late"}}])
        assert isinstance(outcome, Unknown)
    finally:
        os.kill(northbound.pid, signal.SIGCONT)
    await session.wait_complete()
    async with asyncio.timeout(5):
        while not session.replica.uuids_named("Logical_Switch", "late"):
            await asyncio.sleep(0.01)


async def test_outcomes_say_what_the_server_said(session: Session) -> None:
    inserted = await session.transact([{"op": "insert", "table": "Logical_Switch", "row": {"name": "one"}}])
    assert isinstance(inserted, Committed)
    assert session.replica.uuids_named("Logical_Switch", "one")
    refused = await session.transact(
        [{"op": "comment", "comment": "x"}, {"op": "insert", "table": "Logical_Switch", "row": {"nosuch": "one"}}]
    )
    assert isinstance(refused, Refused)
    assert refused.index == 1
    assert "nosuch" in refused.details


async def test_schema_answers_which_columns_exist(session: Session) -> None:
    assert session.has_column("Logical_Switch_Port", "tag_request")
    assert not session.has_column("Logical_Switch_Port", "flying")
    assert not session.has_column("Flying", "name")


async def test_a_large_database_is_loaded_whole(northbound: OvsdbServer) -> None:
    ports = [a_port(f"p{number}", "n1") for number in range(3000)]
    async with open_session(northbound.remote) as writer:
        await apply(writer, by_owner(a_switch("n1")))
        for start in range(0, len(ports), 500):
            await apply(writer, by_owner(*ports[start : start + 500]))
        async with open_session(northbound.remote) as session:
            for table in session.replica.registered:
                assert session.replica.rows(table) == writer.replica.rows(table)


async def test_replica_agrees_with_ovsdbapp(northbound: OvsdbServer, session: Session) -> None:
    await apply(session, PLAN)

    def read_reference() -> dict[str, tuple]:
        idl = connection.OvsdbIdl.from_server(northbound.remote, "OVN_Northbound")
        reference = connection.Connection(idl, timeout=10)
        reference.start()
        try:
            ports = OvnNbApiIdlImpl(reference).db_list_rows("Logical_Switch_Port").execute(check_error=True)
            return {
                str(port.uuid): (port.name, frozenset(port.addresses), port.enabled, dict(port.external_ids))
                for port in ports
            }
        finally:
            reference.stop()

    ours = {
        uuid: (row["name"], row["addresses"], [row["enabled"]], row["external_ids"])
        for uuid, row in session.replica.rows("Logical_Switch_Port").items()
    }
    assert ours == await asyncio.to_thread(read_reference)


async def test_session_follows_the_leader_of_a_cluster() -> None:
    with sandbox("cluster") as directory:
        async with running_cluster(directory) as members:
            remotes = ",".join(member.remote for member in members)
            async with open_session(remotes) as session:
                await apply(session, PLAN)
                again = asyncio.create_task(completed_again(session))
                await (await leader_of(members)).kill()
                await again
                assert not (await apply(session, PLAN)).changed
                assert set((await apply(session, emptied(PLAN))).changed) == set(PLAN)
