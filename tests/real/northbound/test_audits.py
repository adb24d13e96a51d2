"""What operators run: check says what differs, repair puts it right, drift remembers; rows of others survive."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from deploy.lab.daemons.waiting import until
from deploy.northbound_commands import main
from northbound.translation.desired import KINDS
from northbound.translation.service import Translation, TranslationSettings
from runtime.database import Database, DatabaseSettings
from southbound import names
from southbound.ovsdb.session import SessionSettings
from tests.daemons.ovn import Ovn
from tests.real.northbound.harness import contents
from tests.real.northbound.networking import insert_network, insert_port
from tests.real.northbound.translation.cloud import Cloud, running, until_leading

pytestmark = pytest.mark.real

SETTINGS = """\
[database]
host = "{database.host}"
name = "{database.name}"
user = "{database.user}"
port = {database.port}
[identity]
key_directory = "{directory}/keys"
public_url = "http://127.0.0.1:1/identity"
[images]
directory = "{directory}/images"
[ovn.northbound]
remotes = "{ovn.northbound.remote}"
[ovn.southbound]
remotes = "{ovn.southbound.remote}"
"""


@pytest.fixture
def settings_file(tmp_path: Path, database_settings: DatabaseSettings, ovn: Ovn) -> Path:
    file = tmp_path / "control.toml"
    file.write_text(SETTINGS.format(database=database_settings, directory=tmp_path, ovn=ovn))
    return file


@pytest.fixture
def cloud(database: Database, database_settings: DatabaseSettings, ovn: Ovn) -> Cloud:
    return Cloud(database, database_settings, ovn)


def translation(cloud: Cloud) -> Translation:
    sessions = SessionSettings(cloud.ovn.northbound.remote), SessionSettings(cloud.ovn.southbound.remote)
    return Translation(
        cloud.database, cloud.database_settings, TranslationSettings(*sessions), holder="test", kinds=KINDS
    )


class Command:
    """`meridian northbound ...` in a process of its own."""

    def __init__(self, settings_file: Path) -> None:
        self._settings_file = settings_file

    async def __call__(self, *words: str) -> tuple[int, str, str]:
        """(status, standard output, standard error)"""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "deploy",
            "northbound",
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                "MERIDIAN_SETTINGS": str(self._settings_file),
                "PYTHONPATH": str(Path(__file__).parents[3]),
            },
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
def northbound(settings_file: Path) -> Command:
    return Command(settings_file)


async def insert_cloud(cloud: Cloud) -> tuple[str, str]:
    """(network, port) of a small cloud that nothing has translated yet."""
    async with cloud.database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        port = await insert_port(conn, network.id)
    return network.id, port.id


FOREIGN = (
    *("ls-add", "theirs", "--", "lsp-add", "theirs", "their-port", "--", "pg-add", "their_group", "their-port"),
    *("--", "acl-add", "their_group", "to-lport", "1000", "ip4", "drop"),
)


async def test_threat_n12_repair_takes_our_orphans_and_leaves_what_others_have(
    cloud: Cloud, northbound: Command
) -> None:
    network, port = await insert_cloud(cloud)
    await cloud.ovn.nbctl(*FOREIGN)
    on_our_switch = ("lsp-add", names.switch_name(network), "guest-of-theirs")
    status, out, _ = await northbound("check")
    assert (status, f"network/{network}" in out) == (1, True)
    assert f"  + Logical_Switch {network}" in out
    assert (await northbound("repair"))[0] == 0
    await cloud.ovn.nbctl(*on_our_switch)
    orphan = ("meridian\\:owner=port/00000000-0000-4000-8000-000000000000", "name=pg_orphan")
    await cloud.ovn.nbctl("create", "Port_Group", orphan[1], f"external_ids:{orphan[0]}")
    await cloud.ovn.nbctl("lsp-del", port)
    before = await contents(cloud.ovn)

    status, out, _ = await northbound("check")
    assert status == 1
    assert f"port/{port}\n  + Logical_Switch_Port" in out
    assert "port/00000000-0000-4000-8000-000000000000\n  - Port_Group" in out
    assert "2 owners differ" in out
    assert "5 not ours (left alone)" in out
    assert await contents(cloud.ovn) == before, "check writes nothing"

    status, out, _ = await northbound("repair")
    assert (status, "2 owners repaired; the same: " in out) == (0, True)
    after = await contents(cloud.ovn)
    theirs = [
        row for rows in after.values() for row in rows.values() if "meridian:owner" not in dict(row["external_ids"][1])
    ]
    assert sorted(row["name"] for row in theirs if isinstance(row["name"], str)) == sorted(
        ["theirs", "their-port", "their_group", "guest-of-theirs"]
    )
    assert len(theirs) == 5
    assert "pg_orphan" not in [row["name"] for row in after["Port_Group"].values()]
    assert port in [row["name"] for row in after["Logical_Switch_Port"].values()]
    status, out, _ = await northbound("check")
    assert (status, out.startswith("the same: "), out.count("\n")) == (0, True, 1)
    await cloud.ovn.nbctl("lsp-del", "guest-of-theirs", "--", "pg-del", "their_group", "--", "ls-del", "theirs")


async def test_repair_beside_a_leader_goes_through_it(cloud: Cloud, northbound: Command) -> None:
    leader = translation(cloud)
    async with running(leader):
        await until_leading(leader)
        network, _ = await insert_cloud(cloud)
        leader.wake()
        await cloud.ovn.wait_rows("NB", "Logical_Switch", 1, name=names.switch_name(network))
        term = await cloud.ovn.nbctl("get", "NB_Global", ".", "external_ids:meridian\\:term")
        assert (await northbound("check"))[0] == 0
        status, out, _ = await northbound("repair")
        assert (status, "0 owners repaired; the same: " in out) == (0, True)
        assert await cloud.ovn.nbctl("get", "NB_Global", ".", "external_ids:meridian\\:term") == term
        assert leader.leads


async def test_check_that_cannot_look_says_so(cloud: Cloud, northbound: Command, settings_file: Path) -> None:
    await cloud.ovn.northbound.stop()
    try:
        status, out, err = await northbound("check")
    finally:
        await cloud.ovn.northbound.start()
    assert (status, out) == (2, "")
    assert "northbound database does not answer" in err
    assert main(["check", "--settings", str(settings_file.parent / "absent.toml")]) == 2


async def test_drift_is_told_with_before_and_after(cloud: Cloud, northbound: Command) -> None:
    leader = translation(cloud)
    async with running(leader):
        await until_leading(leader)
        network, _ = await insert_cloud(cloud)
        leader.wake()
        await cloud.ovn.wait_rows("NB", "Logical_Switch", 1, name=names.switch_name(network))
        await cloud.ovn.nbctl("set", "Logical_Switch", network, "name=stolen")
        await cloud.ovn.wait_rows("NB", "Logical_Switch", 1, name=names.switch_name(network))

        async def is_recorded() -> bool:
            return "stolen" in (await northbound("drift", "--owner", f"network/{network}"))[1]

        await until(is_recorded, 10)
    _, out, _ = await northbound("drift", "--limit", "1")
    (_, found, repaired) = out.splitlines()
    assert found == '  found    {"name": "stolen"}'
    assert repaired == f'  repaired {{"name": "{names.switch_name(network)}"}}'
