"""Endpoint addresses and what may be filled in."""

import pytest

from identity.catalog.store import render
from identity.catalog.urls import check_template, fill


@pytest.mark.parametrize("place", ["$(project_id)s", "%(project_id)s"])
def test_project_is_filled_in(place: str) -> None:
    check_template(f"http://cloud/v1/{place}")
    assert fill(f"http://cloud/v1/{place}", "abc") == "http://cloud/v1/abc"


def test_address_that_needs_a_project_is_left_out_without_one() -> None:
    assert fill("http://cloud/v1/$(project_id)s", None) is None
    assert fill("http://cloud/v1", None) == "http://cloud/v1"


@pytest.mark.parametrize(
    "url",
    [
        "http://cloud/$(admin_token)s",
        "http://cloud/%(password)s",
        "http://cloud/$(project_id)d",
        "http://cloud/$(project_id",
        "http://cloud/%(project_id.__class__)s",
        "http://cloud/$($(project_id)s)s",
    ],
)
def test_threat_K19_nothing_else_is_filled_in(url: str) -> None:
    with pytest.raises(ValueError, match="project_id"):
        check_template(url)


def test_catalog_holds_each_service_once_with_its_endpoints() -> None:
    service = {"service_id": "s", "type": "compute", "name": "nova"}
    endpoint = {"interface": "public", "region_id": "RegionOne", "url": "http://cloud/$(project_id)s"}
    rows = [
        {**service, **endpoint, "id": "e1"},
        {**service, **endpoint, "id": "e2", "url": "http://cloud/"},
        {"service_id": "t", "type": "empty", "name": None, "id": None, "url": None},
    ]
    shown = render(rows, None)
    assert [(entry["type"], [found["id"] for found in entry["endpoints"]]) for entry in shown] == [
        ("compute", ["e2"]),
        ("empty", []),
    ]
    assert [found["url"] for found in render(rows, "p1")[0]["endpoints"]] == ["http://cloud/p1", "http://cloud/"]
