"""Each daemon serves when `start` returns, comes back after a crash, and is gone after `stop`."""

import os
from pathlib import Path

import aio_pika
import asyncpg
import pytest

from deploy.lab.daemons.daemon import Daemon, DaemonFailed
from deploy.lab.daemons.postgres import Postgres
from deploy.lab.daemons.programs import run
from tests.daemons.hypervisor import Hypervisor
from tests.daemons.ovn import Ovn
from tests.daemons.rabbitmq import RabbitMq

pytestmark = pytest.mark.real


async def test_database_of_a_test_is_empty_and_its_own(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await connection.close()


async def test_postgres_killed_with_open_connections_starts_again(tmp_path: Path) -> None:
    server = Postgres(tmp_path)
    await server.start()
    try:
        connection = await asyncpg.connect(server.url("postgres"))
        await connection.execute("CREATE TABLE kept (id int)")
        os.kill(server.pid, 9)
        await server.wait()
        await server.start()
        again = await asyncpg.connect(server.url("postgres"))
        assert await again.fetchval("SELECT count(*) FROM kept") == 0
        await again.close()
        connection.terminate()
    finally:
        await server.stop()
    assert not server.is_running


async def test_switch_in_northbound_becomes_a_datapath_in_southbound(ovn: Ovn) -> None:
    await ovn.nbctl("ls-add", "blue")
    await ovn.wait_rows("SB", "Datapath_Binding", 1)
    await ovn.nbctl("ls-del", "blue")


async def test_northbound_keeps_its_rows_over_a_crash(ovn: Ovn) -> None:
    await ovn.nbctl("ls-add", "kept")
    await ovn.northbound.kill()
    await ovn.northbound.start()
    assert [row["name"] for row in await ovn.northbound.rows("Logical_Switch")] == ["kept"]
    await ovn.nbctl("ls-del", "kept")


async def test_hypervisor_is_a_chassis_that_may_carry_gateways(hypervisor: Hypervisor, ovn: Ovn) -> None:
    (chassis,) = await ovn.wait_rows("SB", "Chassis", 1, name="host-1")
    assert chassis["hostname"] == "host-1"
    options = dict(chassis["other_config"][1])
    assert options["ovn-cms-options"] == "enable-chassis-as-gw"
    assert options["ovn-bridge-mappings"] == "physical1:br-ex"


async def test_bridges_appear_in_the_namespace_of_the_host_only(hypervisor: Hypervisor) -> None:
    inside = await run(hypervisor.namespace.enter("ip", "-o", "link"))
    outside = await run(["ip", "-o", "link"])
    assert "br-ex" in inside
    assert "br-ex" not in outside


async def test_libvirt_has_the_name_of_its_host_and_no_kvm(hypervisor: Hypervisor) -> None:
    assert await run(["virsh", "-c", hypervisor.libvirt_uri, "hostname"]) == "host-1"
    capabilities = await run(["virsh", "-c", hypervisor.libvirt_uri, "domcapabilities", "--virttype", "qemu"])
    assert "<domain>qemu</domain>" in capabilities
    assert not (hypervisor.directory / "libvirt" / "dev" / "kvm").exists()


async def test_rabbitmq_accepts_connections(rabbitmq: RabbitMq) -> None:
    connection = await aio_pika.connect(rabbitmq.url)
    await connection.close()


async def test_daemon_that_ends_at_once_names_its_log(tmp_path: Path) -> None:
    class Broken(Daemon):
        name = "broken"

        def command(self) -> list[str]:
            return ["sh", "-c", "echo no luck today; exit 3"]

        async def is_ready(self) -> bool:
            return False

    daemon = Broken(tmp_path)
    with pytest.raises(DaemonFailed, match=r"broken ended with status 3; its log is .*/broken\.log"):
        await daemon.start()
    assert daemon.log_path.read_text() == "no luck today\n"
