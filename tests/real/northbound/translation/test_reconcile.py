"""The loop between a real PostgreSQL and a real OVN: writes, drift, outages, bad owners."""

import asyncio
import contextlib

import pytest
import structlog

from northbound.translation.service import Translation
from northbound.translation.statistics import TranslationCollector
from runtime.errors import Unavailable
from southbound import names
from tests.real.northbound.translation.cloud import Cloud, running, until_leading

pytestmark = pytest.mark.real


async def test_what_was_settled_is_in_ovn(cloud: Cloud, translation: Translation) -> None:
    network_id, revision = await cloud.insert_network()
    assert await translation.settle(revision)
    port_id, revision = await cloud.insert_port(network_id)
    assert await translation.settle(revision)
    assert port_id in await cloud.ovn.nbctl("lsp-list", f"neutron-{network_id}")
    assert await translation.settle(await cloud.rename("port", port_id, "new"))
    assert "new" in await cloud.ovn.nbctl("get", "Logical_Switch_Port", port_id, "external_ids:neutron\\:port_name")
    assert await translation.settle(await cloud.delete("port", port_id))
    assert await translation.settle(await cloud.delete("network", network_id))
    assert await cloud.ovn.northbound.rows("Logical_Switch") == []


async def test_many_writers_settle_together(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network()

    async def add() -> bool:
        _, revision = await cloud.insert_port(network_id)
        return await translation.settle(revision)

    assert all(await asyncio.gather(*(add() for _ in range(200))))
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 200)
    assert translation.statistics.transactions < 201 <= translation.statistics.owners


def shown(translation: Translation) -> dict[str, float]:
    """The translation's metrics as Prometheus would read them."""
    metrics = TranslationCollector(translation).collect()
    return {sample.name.removeprefix("meridian_translation_"): sample.value for m in metrics for sample in m.samples}


async def test_metrics_tell_who_leads_and_what_was_repaired(cloud: Cloud, translation: Translation) -> None:
    network_id, revision = await cloud.insert_network()
    await translation.settle(revision)
    assert shown(translation)["repairs_total"] == 0
    await cloud.ovn.nbctl("ls-del", f"neutron-{network_id}")
    await cloud.wait_value("SELECT count(*) > 0 FROM northbound.drift WHERE owner_id = $1", network_id, equals=True)
    now = shown(translation)
    assert (now["leads"], now["connected"], now["quarantined_owners"], now["repairs_total"]) == (1, 1, 0, 1)


async def test_nothing_marked_is_settled_at_once(translation: Translation) -> None:
    assert await translation.settle(0)


async def test_a_port_deleted_by_hand_comes_back_and_is_recorded(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network()
    port_id, revision = await cloud.insert_port(network_id)
    await translation.settle(revision)
    await cloud.ovn.nbctl("lsp-del", port_id)
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port_id)
    drift = "SELECT count(*) FROM northbound.drift WHERE owner_id = $1 AND found IS NULL AND repaired->>'name' = $1"
    await cloud.wait_value(drift, port_id, equals=1)


async def test_a_switch_deleted_by_hand_comes_back_with_its_ports(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network()
    ports = [await cloud.insert_port(network_id) for _ in range(5)]
    assert await translation.settle(ports[-1][1])
    await cloud.ovn.nbctl("ls-del", f"neutron-{network_id}")
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 5)
    async with asyncio.timeout(10):
        while len((await cloud.ovn.nbctl("lsp-list", f"neutron-{network_id}")).splitlines()) < 5:
            await asyncio.sleep(0.02)


async def test_an_edit_by_hand_is_undone_and_recorded(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network("mine")
    port_id, revision = await cloud.insert_port(network_id)
    await translation.settle(revision)
    await cloud.ovn.nbctl("set", "Logical_Switch_Port", port_id, "enabled=false", "external_ids:other=kept")
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 1, enabled=True)
    assert "other=kept" in await cloud.ovn.nbctl("get", "Logical_Switch_Port", port_id, "external_ids")
    drift = "SELECT count(*) FROM northbound.drift WHERE owner_id = $1 AND found->>'enabled' = 'false'"
    await cloud.wait_value(drift, port_id, equals=1)


async def test_threat_n12_rows_of_an_owner_that_is_gone_are_removed(cloud: Cloud) -> None:
    translation = cloud.translation()
    async with running(translation):
        await until_leading(translation)
        _, revision = await cloud.insert_network()
        await translation.settle(revision)
    async with cloud.database.transaction() as conn:
        await conn.execute("DELETE FROM northbound.networks")
    await cloud.ovn.nbctl("ls-add", "foreign", "--", "lsp-add", "foreign", "fp")
    async with running(cloud.translation()):
        await cloud.ovn.wait_rows("NB", "Logical_Switch", 1, name="foreign")
        await cloud.ovn.wait_rows("NB", "Logical_Switch", 1)
    assert "fp" in await cloud.ovn.nbctl("lsp-list", "foreign")


async def test_an_outage_of_nb_delays_and_loses_nothing(cloud: Cloud, translation: Translation) -> None:
    network_id, revision = await cloud.insert_network()
    assert await translation.settle(revision)
    await cloud.ovn.northbound.kill()
    port_id, revision = await cloud.insert_port(network_id)
    assert not await translation.settle(revision)
    await cloud.delete("network", (await cloud.insert_network("gone"))[0])
    await cloud.ovn.northbound.start()
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port_id)
    await cloud.wait_value("SELECT count(*) FROM northbound.dirty", equals=0)
    await cloud.ovn.wait_rows("NB", "Logical_Switch", 1)


async def test_a_database_that_comes_back_empty_is_filled(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network()
    ports = [await cloud.insert_port(network_id) for _ in range(250)]
    assert await translation.settle(ports[-1][1])
    await cloud.ovn.northbound.kill()
    cloud.ovn.northbound.file.unlink()
    await cloud.ovn.northbound.start()
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 250)


async def test_threat_n4_a_bad_owner_is_quarantined_alone_and_healed(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network()
    await cloud.ovn.nbctl("ls-add", "foreign", "--", "lsp-add", "foreign", "taken")
    bad_network, bad_revision = await cloud.insert_network("unplannable")
    unsound_port, _ = await cloud.insert_port(network_id, "taken")
    bad_port, _ = await cloud.insert_port(network_id, "refused")
    _, good_revision = await cloud.insert_port(network_id)
    assert await translation.settle(good_revision)
    assert not await translation.settle(bad_revision)
    reason = "SELECT reason LIKE $2 FROM northbound.quarantine WHERE owner_id = $1"
    await cloud.wait_value(reason, unsound_port, "name-unique: %", equals=True)
    await cloud.wait_value(reason, bad_port, "constraint violation%", equals=True)
    await cloud.wait_value(reason, bad_network, "its plan failed: ValueError%", equals=True)
    await cloud.ovn.nbctl("ls-del", "foreign")
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name="taken")
    assert await translation.settle(await cloud.rename("network", bad_network, "good"))
    assert await translation.settle(await cloud.rename("port", bad_port, "good"))
    await cloud.wait_value("SELECT count(*) FROM northbound.quarantine", equals=0)


async def test_transactions_name_the_requests_that_caused_them(cloud: Cloud, translation: Translation) -> None:
    with structlog.contextvars.bound_contextvars(request_id="req-1234"):
        _, revision = await cloud.insert_network()
    assert await translation.settle(revision)
    assert b"req-1234" in cloud.ovn.northbound.file.read_bytes()


async def test_sessions_that_postgresql_ends_are_opened_again(cloud: Cloud, translation: Translation) -> None:
    """A crash of one backend resets every session: the lock, the signals, the pool."""
    async with cloud.database.connection() as conn:
        await conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    network_id = await insert_at_last(cloud)
    translation.wake()
    await cloud.ovn.wait_rows("NB", "Logical_Switch", 1, name=f"neutron-{network_id}")
    await cloud.wait_value("SELECT term FROM northbound.leadership", equals=2)
    await until_leading(translation)
    _, revision = await cloud.insert_port(network_id)
    assert await translation.settle(revision)


async def insert_at_last(cloud: Cloud) -> str:
    """The id of a network: connections that PostgreSQL ended may be handed out until their end is seen."""
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(Unavailable):
                return (await cloud.insert_network())[0]


async def test_a_member_thrown_out_of_its_group_is_put_back(cloud: Cloud, translation: Translation) -> None:
    """Drift of a set: the group's row is the group's, its members are the ports'."""
    network_id, _ = await cloud.insert_network()
    port_id, revision = await cloud.insert_port(network_id)
    assert await translation.settle(revision)
    await cloud.ovn.nbctl("clear", "Port_Group", f"pg_{network_id.replace('-', '_')}", "ports")
    await cloud.ovn.wait_rows("NB", "Port_Group", 1, ports=["uuid", names.switch_port_uuid(port_id)])
    members = "SELECT repaired->'ports'->>0 FROM northbound.drift WHERE owner_id = $1"
    await cloud.wait_value(members, port_id, equals=names.switch_port_uuid(port_id))
