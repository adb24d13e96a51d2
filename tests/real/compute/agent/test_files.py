"""Disks are whole or not there, fit their flavor, and consoles have an end."""

import json
import subprocess

import pytest

from compute.agent import faults
from compute.agent.files import GuestFiles
from compute.messages import Flavor
from tests.real.compute.agent.test_images import Store, a_cache, a_qcow2, described
from tests.unit.compute.agent.desired_servers import a_server

GIB = 1 << 30

pytestmark = pytest.mark.real


async def a_server_with_image(directory, content: bytes, disk_format: str = "qcow2", disk_gb: int = 1):
    cache = a_cache(directory, Store(content))
    files = GuestFiles(directory, cache)
    files.prepare()
    server = a_server(image=described(content, disk_format), flavor=Flavor(vcpus=1, ram_mb=128, disk_gb=disk_gb))
    await cache.fetch(server.image)
    return files, server


def described_by_qemu(path) -> dict:
    return json.loads(subprocess.check_output(["qemu-img", "info", "--output=json", str(path)]))


async def test_disk_is_an_overlay_of_the_flavors_size_with_a_stated_format(tmp_path) -> None:
    files, server = await a_server_with_image(tmp_path, bytes(1 << 20), "raw", disk_gb=2)
    await files.create_disk(server)
    info = described_by_qemu(files.of(server).disk)
    assert (info["format"], info["virtual-size"]) == ("qcow2", 2 * GIB)
    assert (info["backing-filename"], info["backing-filename-format"]) == (str(files.of(server).backing), "raw")
    assert files.of(server).disk.stat().st_mode & 0o777 == 0o600


async def test_flavor_without_disk_takes_the_images_size(tmp_path) -> None:
    files, server = await a_server_with_image(tmp_path, bytes(1 << 20), "raw", disk_gb=0)
    await files.create_disk(server)
    assert described_by_qemu(files.of(server).disk)["virtual-size"] == 1 << 20


async def test_threat_c13_image_larger_than_the_flavor_is_refused(tmp_path) -> None:
    files, server = await a_server_with_image(tmp_path, a_qcow2(size=2 * GIB))
    with pytest.raises(faults.ImageRejected):
        await files.create_disk(server)
    assert not files.has_any(server.id)


async def test_unfinished_disk_does_not_count(tmp_path) -> None:
    files, server = await a_server_with_image(tmp_path, bytes(1 << 20), "raw")
    directory = files.of(server).disk.parent
    directory.mkdir()
    (directory / "disk.new").write_bytes(b"half")
    assert files.has_any(server.id) and not files.has_disk(server.id)
    await files.create_disk(server)
    assert files.has_disk(server.id) and not (directory / "disk.new").exists()


async def test_nothing_is_left_after_removal_and_removal_may_repeat(tmp_path) -> None:
    files, server = await a_server_with_image(tmp_path, bytes(1 << 20), "raw")
    await files.create_disk(server)
    files.of(server).console_log.write_text("boot")
    files.remove(server.id)
    files.remove(server.id)
    assert files.server_ids() == set()


async def test_threat_c4_console_is_read_from_its_end_and_bounded(tmp_path) -> None:
    files, server = await a_server_with_image(tmp_path, bytes(1 << 20), "raw")
    assert files.console_tail(server.id, 100) is None
    await files.create_disk(server)
    log = files.of(server).console_log
    log.write_bytes(b"x" * (3 << 20) + b"the end")
    assert files.console_tail(server.id, 7) == "the end"
    assert len(files.console_tail(server.id, 1 << 30)) == 1 << 20
    log.write_bytes(b"x" * (9 << 20))
    files.bound_consoles()
    assert log.stat().st_size == 0
