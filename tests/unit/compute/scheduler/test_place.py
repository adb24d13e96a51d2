"""The scheduler: a snapshot and a wish in, ordered hosts and reasons out."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.scheduler.place import (
    Placement,
    describe_for_operator,
    describe_for_tenant,
    place,
)
from compute.scheduler.snapshot import Host, Size, Wish

SMALL = Size(1, 128, 1)


def a_host(name: str = "h1", **said: object) -> Host:
    values = {
        "name": name,
        "availability_zone": "nova",
        "enabled": True,
        "report_age_s": 1.0,
        "total": Size(16, 2048, 20),
        "used": Size(0, 0, 0),
        "hypervisor_type": "QEMU",
        "hypervisor_version": 7002000,
        "hypervisor_hostname": name,
        "architecture": "x86_64",
    }
    return Host(**(values | said))


def a_wish(**said: object) -> Wish:
    return Wish(**({"size": SMALL} | said))


def test_host_with_room_is_chosen() -> None:
    assert place([a_host()], a_wish()) == Placement(["h1"], {})


def test_emptiest_host_comes_first_and_equal_ones_by_name() -> None:
    hosts = [a_host("b"), a_host("c", used=Size(0, 1024, 0)), a_host("a")]
    assert place(hosts, a_wish()).hosts == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("host", "wish", "reason"),
    [
        ({"enabled": False}, {}, "takes no new servers"),
        ({"report_age_s": 61.0}, {}, "does not report"),
        ({"used": Size(16, 0, 0)}, {}, "has not enough vCPUs (1 wanted, 0 free)"),
        ({"used": Size(0, 2000, 0)}, {}, "has not enough MB of memory (128 wanted, 48 free)"),
        ({"used": Size(0, 0, 20)}, {}, "has not enough GB of disk (1 wanted, 0 free)"),
        ({}, {"availability_zone": "north"}, "is not in availability zone north"),
        ({}, {"host": "h2"}, "is not the host asked for"),
        ({}, {"image_properties": {"architecture": "aarch64"}}, "offers architecture x86_64, the image wants aarch64"),
        ({}, {"image_properties": {"hypervisor_type": "xen"}}, "offers hypervisor_type QEMU, the image wants xen"),
        ({}, {"extra_specs": {"capabilities:hypervisor_type": "VMware"}}, "has no hypervisor_type that is VMware"),
        (
            {},
            {"extra_specs": {"capabilities:hypervisor_version": ">= 8000000"}},
            "has no hypervisor_version that is >= 8000000",
        ),
        ({}, {"extra_specs": {"capabilities:hypervisor_type": ">= 5"}}, "has no hypervisor_type that is >= 5"),
        (
            {},
            {"extra_specs": {"capabilities:hypervisor_type": "<all-in> x"}},
            "has no hypervisor_type that is <all-in> x",
        ),
        ({}, {"extra_specs": {"gpu": "yes"}}, "has no gpu that is yes"),
    ],
)
def test_host_that_does_not_fit_is_rejected_with_its_reason(host: dict, wish: dict, reason: str) -> None:
    assert place([a_host(**host)], a_wish(**wish)) == Placement([], {"h1": [reason]})


@pytest.mark.parametrize(
    "wish",
    [
        {"image_properties": {"architecture": "x86_64", "hypervisor_type": "qemu"}},
        {"extra_specs": {"capabilities:hypervisor_type": "QEMU"}},
        {"extra_specs": {"capabilities:hypervisor_version": ">= 7000000"}},
        {"extra_specs": {"hw:cpu_policy": "shared"}},
        {"availability_zone": "nova", "host": "h1"},
    ],
)
def test_host_that_fits_is_chosen(wish: dict) -> None:
    assert place([a_host()], a_wish(**wish)).hosts == ["h1"]


def test_every_reason_of_a_host_is_told() -> None:
    placement = place([a_host(enabled=False, used=Size(16, 2048, 20))], a_wish())
    assert placement.rejected["h1"] == [
        "takes no new servers",
        "has not enough vCPUs (1 wanted, 0 free), MB of memory (128 wanted, 0 free), GB of disk (1 wanted, 0 free)",
    ]


def test_tenant_is_told_reasons_without_names_and_operator_with_them() -> None:
    placement = place([a_host("alpha", enabled=False), a_host("beta", enabled=False)], a_wish())
    assert describe_for_tenant(placement) == "No valid host was found. 2 of 2 hosts: takes no new servers."
    assert describe_for_operator(placement) == "alpha: takes no new servers\nbeta: takes no new servers"


def test_tenant_is_told_when_there_are_no_hosts() -> None:
    assert describe_for_tenant(place([], a_wish())) == "No valid host was found. There are no hosts."


sizes = st.builds(Size, st.integers(0, 32), st.integers(0, 4096), st.integers(0, 40))


@given(st.lists(st.builds(a_host, name=st.uuids().map(str), used=sizes, enabled=st.booleans()), max_size=8), sizes)
def test_every_host_is_either_chosen_or_rejected_and_the_chosen_have_room(hosts: list[Host], size: Size) -> None:
    placement = place(hosts, a_wish(size=size))
    assert sorted([*placement.hosts, *placement.rejected]) == sorted(host.name for host in hosts)
    assert placement.hosts == place(reversed(hosts), a_wish(size=size)).hosts
    for host in hosts:
        if host.name in placement.hosts:
            assert host.enabled
            free = msgspec.structs.astuple(host.free)
            assert all(left >= wanted for left, wanted in zip(free, msgspec.structs.astuple(size), strict=True))
