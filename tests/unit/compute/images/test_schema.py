"""Image bodies: what is accepted, and the words for what is not."""

import pytest

from compute.images.schema import Change, apply_changes, parse_image
from runtime.errors import BadRequest, Forbidden


def test_attributes_beside_the_base_are_properties() -> None:
    base, properties = parse_image({"name": "cirros", "architecture": "x86_64"})
    assert (base.name, base.visibility, properties) == ("cirros", "shared", {"architecture": "x86_64"})


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({"min_disk": -1}, "min_disk"),
        ({"min_ram": 2**31}, "min_ram"),
        ({"disk_format": "vmdk"}, "disk_format"),
        ({"container_format": "ovf"}, "container_format"),
        ({"visibility": "everyone"}, "visibility"),
        ({"name": 3}, "name"),
        ({"tags": ["x" * 61]}, "tags"),
        ({"architecture": 64}, "architecture"),
        ({"id": "not-a-uuid"}, "id"),
    ],
)
def test_bad_attribute_is_named(content: dict, word: str) -> None:
    with pytest.raises(BadRequest, match=word):
        parse_image(content)


@pytest.mark.parametrize("name", ["status", "checksum", "size", "locations", "direct_url"])
def test_threat_I2_attributes_of_the_service_are_read_only(name: str) -> None:
    with pytest.raises(Forbidden, match=name):
        parse_image({name: "x"})
    with pytest.raises(Forbidden, match=name):
        apply_changes({}, [Change(op="add", path=f"/{name}", value="x")])


def test_patch_adds_replaces_and_removes_properties() -> None:
    document = {"name": "a", "os": "linux", "old": "1"}
    changed = apply_changes(
        document,
        [
            Change(op="replace", path="/name", value="b"),
            Change(op="add", path="/a~1b", value="c"),
            Change(op="remove", path="/old"),
        ],
    )
    assert changed == {"name": "b", "os": "linux", "a/b": "c"}


@pytest.mark.parametrize(
    "change",
    [
        Change(op="replace", path="/absent", value="x"),
        Change(op="remove", path="/absent"),
        Change(op="add", path="no-slash", value="x"),
        Change(op="add", path="/", value="x"),
        Change(op="add", path="/two/levels", value="x"),
    ],
)
def test_patch_that_does_not_fit_is_refused(change: Change) -> None:
    with pytest.raises(BadRequest):
        apply_changes({"name": "a"}, [change])
