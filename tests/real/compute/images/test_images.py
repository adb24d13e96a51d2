"""The Image API on a real database and a real content directory."""

import asyncio
import hashlib
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from compute.images.application import API
from compute.images.content import ContentStore
from compute.images.policy import RULES
from compute.images.quota import IMAGE_QUOTA, ImageQuota
from compute.images.routes import CONTENT
from compute.images.settings import ImageSettings
from compute.images.sweeping import Sweeper
from deploy.lab.daemons.waiting import until
from runtime.database import Database, DatabaseSettings
from runtime.errors import BadRequest
from tests.applications import serving

ALICE, BOB, ADMIN = ({"X-Auth-Token": name} for name in ("alice", "bob", "admin"))
BYTES = {"Content-Type": "application/octet-stream"}
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
LARGEST = 4 * 1024 * 1024


@pytest.fixture
async def api(database_settings: DatabaseSettings, tmp_path: Path) -> AsyncIterator[TestClient]:
    limits = ImageSettings(tmp_path, LARGEST, images_per_project=8, bytes_per_project=LARGEST)
    services = {CONTENT: ContentStore(tmp_path / "content", LARGEST), IMAGE_QUOTA: ImageQuota(limits)}
    async with serving(database_settings, [API], RULES, services) as client:
        yield client


def qemu_img(*arguments: str | Path) -> None:
    subprocess.run(["qemu-img", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture
def qcow2(tmp_path: Path) -> bytes:
    path = tmp_path / "disk.qcow2"
    qemu_img("create", "-q", "-f", "qcow2", path, "16M")
    return path.read_bytes()


async def create(api: TestClient, token: dict, **content: object) -> str:
    body = {"name": "cirros", "disk_format": "qcow2", "container_format": "bare", **content}
    answer = await api.post("/image/v2/images", json=body, headers=token)
    assert answer.status == 201, await answer.text()
    return (await answer.json())["id"]


async def upload(api: TestClient, token: dict, image_id: str, data: bytes) -> int:
    answer = await api.put(f"/image/v2/images/{image_id}/file", data=data, headers={**token, **BYTES})
    return answer.status


async def show(api: TestClient, token: dict, image_id: str) -> dict:
    answer = await api.get(f"/image/v2/images/{image_id}", headers=token)
    assert answer.status == 200, await answer.text()
    return await answer.json()


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "content").glob("*/*"))


async def test_uploaded_image_is_active_with_its_checksums(api: TestClient, qcow2: bytes) -> None:
    image_id = await create(api, ALICE, architecture="x86_64")
    assert await upload(api, ALICE, image_id, qcow2) == 204
    image = await show(api, ALICE, image_id)
    assert image["status"] == "active"
    assert image["checksum"] == hashlib.md5(qcow2).hexdigest()
    assert (image["os_hash_algo"], image["os_hash_value"]) == ("sha512", hashlib.sha512(qcow2).hexdigest())
    assert (image["size"], image["virtual_size"]) == (len(qcow2), 16 * 1024 * 1024)
    assert image["architecture"] == "x86_64"
    answer = await api.get(f"/image/v2/images/{image_id}/file", headers=ALICE)
    assert await answer.read() == qcow2


async def test_missing_data_are_not_found(api: TestClient, qcow2: bytes, tmp_path: Path) -> None:
    image_id = await create(api, ALICE)
    assert await upload(api, ALICE, image_id, qcow2) == 204
    next((tmp_path / "content").glob(f"*/{hashlib.sha512(qcow2).hexdigest()}")).unlink()
    answer = await api.get(f"/image/v2/images/{image_id}/file", headers=ALICE)
    assert answer.status == 404
    assert "missing from the store" in await answer.text()


async def test_threat_I4_data_never_changes_once_active(api: TestClient, qcow2: bytes) -> None:
    image_id = await create(api, ALICE)
    assert await upload(api, ALICE, image_id, qcow2) == 204
    assert await upload(api, ALICE, image_id, qcow2) == 409


async def test_of_two_uploads_at_once_one_wins(api: TestClient, qcow2: bytes, tmp_path: Path) -> None:
    image_id = await create(api, ALICE)
    results = await asyncio.gather(*(upload(api, ALICE, image_id, qcow2) for _ in range(4)))
    assert sorted(results) == [204, 409, 409, 409]
    assert files(tmp_path) == [hashlib.sha512(qcow2).hexdigest()]


async def test_threat_I1_image_that_is_not_what_it_claims_is_refused(
    api: TestClient, qcow2: bytes, tmp_path: Path
) -> None:
    base, backed, external = tmp_path / "base.qcow2", tmp_path / "backed.qcow2", tmp_path / "external.qcow2"
    base.write_bytes(qcow2)
    qemu_img("create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", backed)
    qemu_img("create", "-q", "-f", "qcow2", "-o", f"data_file={tmp_path}/data.raw,data_file_raw=on", external, "1M")
    hostile = {
        "backing file": ("qcow2", backed.read_bytes()),
        "external data file": ("qcow2", external.read_bytes()),
        "raw said to be qcow2": ("qcow2", b"\0" * 4096),
        "qcow2 said to be raw": ("raw", qcow2),
        "truncated qcow2": ("qcow2", qcow2[:40]),
        "qcow2 larger than any disk": ("qcow2", qcow2[:24] + b"\xff" * 8 + qcow2[32:]),
    }
    for what, (disk_format, data) in hostile.items():
        image_id = await create(api, ALICE, disk_format=disk_format)
        answer = await api.put(f"/image/v2/images/{image_id}/file", data=data, headers={**ALICE, **BYTES})
        assert answer.status == 400, what
        assert "disk_format" in (await answer.json())["message"], what
        assert (await show(api, ALICE, image_id))["status"] == "queued", what
    assert files(tmp_path) == []


async def test_upload_over_the_limit_leaves_nothing(api: TestClient, tmp_path: Path) -> None:
    image_id = await create(api, ALICE, disk_format="raw")
    assert await upload(api, ALICE, image_id, b"\0" * (LARGEST + 1)) == 413
    assert files(tmp_path) == []


async def test_upload_that_breaks_off_is_the_clients_fault_and_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"QFI"
        raise ConnectionResetError("Connection lost")

    with pytest.raises(BadRequest, match="connection ended"):
        await ContentStore(tmp_path / "content", LARGEST).receive(broken())
    assert files(tmp_path) == []


async def test_private_image_of_another_project_does_not_exist(api: TestClient) -> None:
    image_id = await create(api, ALICE, visibility="private")
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/file"), ("PUT", "/tags/x")):
        answer = await api.request(method, f"/image/v2/images/{image_id}{path}", headers=BOB)
        assert answer.status == 404, (method, path)
    listed = await (await api.get("/image/v2/images", headers=BOB)).json()
    assert listed["images"] == []


async def test_threat_I6_public_images_are_published_by_administrators_alone(api: TestClient) -> None:
    body = {"name": "x", "visibility": "public"}
    assert (await api.post("/image/v2/images", json=body, headers=ALICE)).status == 403
    image_id = await create(api, ALICE)
    patch = [{"op": "replace", "path": "/visibility", "value": "public"}]
    assert (await api.patch(f"/image/v2/images/{image_id}", json=patch, headers={**ALICE, **PATCH})).status == 403
    public = await create(api, ADMIN, visibility="public")
    assert (await show(api, BOB, public))["visibility"] == "public"
    assert (await api.delete(f"/image/v2/images/{public}", headers=BOB)).status == 403


async def test_deleting_the_last_image_of_a_content_removes_the_file(
    api: TestClient, qcow2: bytes, tmp_path: Path
) -> None:
    first, second = await create(api, ALICE), await create(api, BOB)
    assert await upload(api, ALICE, first, qcow2) == await upload(api, BOB, second, qcow2) == 204
    assert (await api.delete(f"/image/v2/images/{first}", headers=ALICE)).status == 204
    assert len(files(tmp_path)) == 1
    assert (await api.delete(f"/image/v2/images/{second}", headers=BOB)).status == 204
    assert files(tmp_path) == []


async def test_threat_I7_the_id_of_a_deleted_image_is_not_given_again(api: TestClient) -> None:
    image_id = await create(api, ALICE)
    assert (await api.delete(f"/image/v2/images/{image_id}", headers=ALICE)).status == 204
    answer = await api.post("/image/v2/images", json={"id": image_id, "name": "again"}, headers=BOB)
    assert answer.status == 409


async def test_lists_filter_sort_and_page(api: TestClient) -> None:
    ids = [
        await create(api, ALICE, name=f"image-{number}", kind="even" if number % 2 == 0 else "odd")
        for number in range(5)
    ]
    by_name = await (await api.get("/image/v2/images?name=image-3", headers=ALICE)).json()
    assert [image["id"] for image in by_name["images"]] == [ids[3]]
    by_property = await (await api.get("/image/v2/images?kind=odd&sort=name:asc", headers=ALICE)).json()
    assert [image["name"] for image in by_property["images"]] == ["image-1", "image-3"]
    found, url = [], "/v2/images?limit=2&sort=name:desc"
    while url:
        page = await (await api.get("/image" + url, headers=ALICE)).json()
        found += [image["name"] for image in page["images"]]
        url = page.get("next")
    assert found == [f"image-{number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("query", ["limit=x", "sort=secret", "sort=name:up", "marker=x", "protected=perhaps"])
async def test_bad_query_is_refused(api: TestClient, query: str) -> None:
    answer = await api.get(f"/image/v2/images?{query}", headers=ALICE)
    assert answer.status == 400


async def test_protected_image_stays(api: TestClient) -> None:
    image_id = await create(api, ALICE, protected=True)
    assert (await api.delete(f"/image/v2/images/{image_id}", headers=ALICE)).status == 403


async def test_old_file_that_no_image_names_is_swept_away(
    api: TestClient, qcow2: bytes, tmp_path: Path, database_settings: DatabaseSettings
) -> None:
    """Left by processes that died while an upload came in, and between a file and its row."""
    assert await upload(api, ALICE, await create(api, ALICE), qcow2) == 204
    directory = tmp_path / "content"
    (named,) = directory.glob("*/*")
    (directory / "ab").mkdir(exist_ok=True)
    lost = [directory / "incoming" / "0123", directory / "ab" / ("ab" * 64)]
    young = directory / "incoming" / "4567"
    for path in (*lost, young):
        path.write_bytes(b"x")
    for path in (named, *lost):
        os.utime(path, (0, 0))
    database = await Database.open(database_settings)
    sweeping = asyncio.create_task(Sweeper(database, ContentStore(directory, LARGEST)).run())

    async def swept() -> bool:
        return not any(path.exists() for path in lost)

    try:
        await until(swept, 20)
    finally:
        sweeping.cancel()
        await asyncio.wait([sweeping])
        await database.close()
    assert named.exists()
    assert young.exists()


async def test_administrator_gives_an_image_to_another_project(api: TestClient) -> None:
    image_id = await create(api, ALICE)
    url = f"/image/v2/images/{image_id}"

    async def give(token: dict, owner: str | None) -> int:
        patch = [{"op": "replace", "path": "/owner", "value": owner}]
        return (await api.patch(url, json=patch, headers={**token, **PATCH})).status

    assert await give(ALICE, "blue") == 403
    assert await give(ADMIN, None) == 400
    assert (await show(api, ALICE, image_id))["owner"] == "red"
    assert await give(ADMIN, "blue") == 200
    assert (await show(api, BOB, image_id))["owner"] == "blue"
    assert (await api.get(url, headers=ALICE)).status == 404


async def test_threat_I5_racing_creators_do_not_exceed_the_images_of_a_project(api: TestClient) -> None:
    answers = await asyncio.gather(
        *(api.post("/image/v2/images", json={"name": "x"}, headers=ALICE) for _ in range(12))
    )
    assert sorted(answer.status for answer in answers) == [201] * 8 + [413] * 4
    assert (await api.post("/image/v2/images", json={"name": "x"}, headers=BOB)).status == 201


async def test_threat_I5_bytes_beyond_the_limit_of_a_project_are_not_kept(api: TestClient, tmp_path: Path) -> None:
    first, second = [await create(api, ALICE, disk_format="raw") for _ in range(2)]
    assert await upload(api, ALICE, first, b"\0" * (LARGEST - 1)) == 204
    assert await upload(api, ALICE, second, b"\1" * 2) == 413
    assert len(files(tmp_path)) == 1
    assert (await show(api, ALICE, second))["status"] == "queued"
    assert (await api.delete(f"/image/v2/images/{first}", headers=ALICE)).status == 204
    assert await upload(api, ALICE, second, b"\1" * 2) == 204


async def test_uploads_of_one_project_at_once_are_bounded(api: TestClient, tmp_path: Path) -> None:
    image_id = await create(api, ALICE, disk_format="raw")
    may_end = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"begin"
        await may_end.wait()

    async def all_begun() -> bool:
        return len(list((tmp_path / "content" / "incoming").iterdir())) == 4

    uploads = [asyncio.create_task(upload(api, ALICE, image_id, slow())) for _ in range(4)]
    await until(all_begun, 10)
    answer = await api.put(f"/image/v2/images/{image_id}/file", data=b"x", headers={**ALICE, **BYTES})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    may_end.set()
    assert sorted(await asyncio.gather(*uploads)) == [204, 409, 409, 409]


async def test_properties_are_bounded_together(api: TestClient) -> None:
    properties = {f"key{number}": "x" * 20_000 for number in range(4)}
    answer = await api.post("/image/v2/images", json={"name": "x", **properties}, headers=ALICE)
    assert answer.status == 400 and "properties" in (await answer.json())["message"]
