"""The cache gives out only what control's database describes, and hostile images never get a name in it."""

import asyncio
import hashlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from compute.agent import faults
from compute.agent.images import ImageCache
from compute.messages import Image

QCOW2_HEADER_BYTES = 512
CLUSTER = 65536

pytestmark = pytest.mark.real


def a_qcow2(*, backing_offset: int = 0, features: int = 0, size: int = 1 << 30, version: int = 3) -> bytes:
    """The start of a qcow2 file; source: QEMU's docs/interop/qcow2.txt."""
    head = struct.pack(">4sIQIIQ", b"QFI\xfb", version, backing_offset, 0, 16, size)
    header = head + bytes(72 - len(head)) + struct.pack(">Q", features)
    return header + bytes(CLUSTER - len(header))


def described(content: bytes, disk_format: str = "qcow2", **changes) -> Image:
    truth = {"size_bytes": len(content), "sha512": hashlib.sha512(content).hexdigest()}
    return Image(**{"id": uuid4(), "disk_format": disk_format, **truth, **changes})


class Store:
    """Gives the same bytes for every image, in small pieces, and counts how often."""

    def __init__(self, content: bytes, *, stops_after: int | None = None) -> None:
        self.content = content
        self.downloads = 0
        self._stops_after = stops_after

    @asynccontextmanager
    async def download(self, _image_id: UUID) -> AsyncIterator[AsyncIterator[bytes]]:
        self.downloads += 1
        yield self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.content), 1000):
            if self._stops_after is not None and start >= self._stops_after:
                raise faults.ControlAway("control did not send the image")
            await asyncio.sleep(0)
            yield self.content[start : start + 1000]


def a_cache(directory, store: Store) -> ImageCache:
    cache = ImageCache(directory, store.download)
    cache.prepare()
    return cache


def files(directory) -> list[str]:
    return sorted(path.name for path in (directory / "images").iterdir())


async def test_image_is_fetched_once_for_all_who_want_it(tmp_path) -> None:
    content = a_qcow2()
    store, image = Store(content), described(content)
    cache = a_cache(tmp_path, store)
    await asyncio.gather(*(cache.fetch(image) for _ in range(5)))
    await cache.fetch(image)
    assert store.downloads == 1
    assert cache.path(image).read_bytes() == content
    assert cache.path(image).stat().st_mode & 0o777 == 0o600
    assert await cache.virtual_size(image) == 1 << 30


async def test_download_goes_on_when_the_first_who_asked_is_gone(tmp_path) -> None:
    content = a_qcow2()
    image, cache = described(content), a_cache(tmp_path, Store(content))
    first = asyncio.create_task(cache.fetch(image))
    await asyncio.sleep(0)
    first.cancel()
    await cache.fetch(image)
    assert cache.has(image)


async def test_interrupted_download_leaves_nothing(tmp_path) -> None:
    content = a_qcow2()
    cache = a_cache(tmp_path, Store(content, stops_after=5000))
    with pytest.raises(faults.ControlAway):
        await cache.fetch(described(content))
    assert files(tmp_path) == []


async def test_leftovers_of_a_killed_agent_are_removed(tmp_path) -> None:
    cache = a_cache(tmp_path, Store(b""))
    (tmp_path / "images" / "x.part").write_bytes(b"half")
    cache.prepare()
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "lie",
    [{"sha512": "0" * 128}, {"size_bytes": 1000}, {"size_bytes": 10**9}],
    ids=["other bytes", "more bytes", "fewer bytes"],
)
async def test_threat_i4_bytes_that_are_not_the_ones_described_are_refused(tmp_path, lie) -> None:
    content = a_qcow2()
    with pytest.raises(faults.ImageRejected):
        await a_cache(tmp_path, Store(content)).fetch(described(content, **lie))
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (a_qcow2(backing_offset=400), "qcow2"),
        (a_qcow2(features=1 << 2), "qcow2"),
        (a_qcow2(features=1 << 40), "qcow2"),
        (a_qcow2(version=1), "qcow2"),
        (a_qcow2(), "raw"),
        (bytes(CLUSTER), "qcow2"),
        (b"KDMV" + bytes(CLUSTER), "qcow2"),
        (b"QFI", "qcow2"),
    ],
    ids=[
        "backing file",
        "external data file",
        "unknown feature",
        "version 1",
        "qcow2 declared raw",
        "raw declared qcow2",
        "vmdk declared qcow2",
        "too short",
    ],
)
async def test_threat_i1_hostile_image_is_refused_by_its_header(tmp_path, content: bytes, declared: str) -> None:
    with pytest.raises(faults.ImageRejected):
        await a_cache(tmp_path, Store(content)).fetch(described(content, declared))
    assert files(tmp_path) == []


async def test_unused_images_are_forgotten(tmp_path) -> None:
    content = a_qcow2()
    cache, used, unused = a_cache(tmp_path, Store(content)), described(content), described(content)
    await cache.fetch(used)
    await cache.fetch(unused)
    cache.remove_all_but({cache.path(used)})
    assert cache.has(used) and not cache.has(unused)
