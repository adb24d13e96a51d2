"""Bodies of servers: what is accepted, and how what is not offered is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.servers.schema import (
    CreateServer,
    ServerAction,
    check_offered,
    check_user_data,
    counts,
)
from runtime.errors import BadRequest
from runtime.web.bodies import decode

BODY = {"name": "web", "flavorRef": "1", "imageRef": "i"}


def draft(**said: object) -> object:
    return decode(json.dumps({"server": BODY | said}).encode(), CreateServer).server


def test_image_as_root_disk_may_be_said_twice() -> None:
    device = {"uuid": "i", "boot_index": 0, "source_type": "image", "destination_type": "local"}
    check_offered(draft(block_device_mapping_v2=[device | {"delete_on_termination": True}]))


@pytest.mark.parametrize(
    "device",
    [
        {"uuid": "i", "boot_index": 0, "source_type": "volume", "destination_type": "volume"},
        {"uuid": "i", "boot_index": 0, "source_type": "image", "destination_type": "volume"},
        {"uuid": "other", "boot_index": 0, "source_type": "image", "destination_type": "local"},
        {"boot_index": -1, "source_type": "blank", "destination_type": "local", "volume_size": 1},
    ],
)
def test_other_disks_are_refused_by_name(device: dict) -> None:
    with pytest.raises(BadRequest, match="block_device_mapping_v2"):
        check_offered(draft(block_device_mapping_v2=[device]))


@pytest.mark.parametrize("value", [True, "True", "1"])
def test_config_drive_is_refused(value: object) -> None:
    with pytest.raises(BadRequest, match="config_drive"):
        check_offered(draft(config_drive=value))


@pytest.mark.parametrize("value", [False, None, "", "False", "0"])
def test_no_config_drive_is_fine(value: object) -> None:
    check_offered(draft(config_drive=value))


def test_counts_follow_each_other() -> None:
    assert counts(draft()) == (1, 1)
    assert counts(draft(min_count=3)) == (3, 3)
    assert counts(draft(min_count=1, max_count=4)) == (1, 4)
    assert counts(draft(max_count=4)) == (1, 4)


@pytest.mark.parametrize("text", ["%", "abc", "a b="])
def test_user_data_that_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="user_data"):
        check_user_data(text)


def test_threat_c11_no_file_is_injected() -> None:
    for files in ([], [{"path": "../../etc/passwd", "contents": ""}]):
        with pytest.raises(BadRequest, match="personality"):
            check_offered(draft(personality=files))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["name", "networks", "metadata", "min_count", "user_data", "tags", "accessIPv4", "hostname"]),
    values,
)
def test_threat_h5_any_value_is_taken_or_refused(attribute: str, value: object) -> None:
    try:
        decode(json.dumps({"server": BODY | {attribute: value}}).encode(), CreateServer)
    except BadRequest as refused:
        assert refused.message


@given(values)
def test_any_action_is_taken_or_refused(value: object) -> None:
    for action in ("os-start", "reboot", "os-getConsoleOutput"):
        try:
            decode(json.dumps({action: value}).encode(), ServerAction)
        except BadRequest as refused:
            assert refused.message


def test_more_cards_than_the_machine_has_slots_are_refused_at_once() -> None:
    port = {"port": "00000000-0000-4000-8000-000000000000"}
    assert len(draft(networks=[port] * 16).networks) == 16
    with pytest.raises(BadRequest, match=r"server\.networks"):
        draft(networks=[port] * 17)
