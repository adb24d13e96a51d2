"""Which permits and addresses are lost by a change of OVN's northbound database."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

from northbound.translation import withdrawals as module
from northbound.translation.withdrawals import ATTEMPTS, Permit, Withdrawals, Withdrawn, permit
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.rows import OWNER_KEY
from southbound.ovsdb.schema import parse_schema

TEXT = {"type": "string"}
SET = {"type": {"key": "string", "min": 0, "max": "unlimited"}}
MAP = {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}


def references(table: str) -> dict[str, Any]:
    return {"type": {"key": {"type": "uuid", "refTable": table}, "min": 0, "max": "unlimited"}}


TABLES: dict[str, dict[str, Any]] = {
    "Port_Group": {"name": TEXT, "ports": references("Logical_Switch_Port"), "acls": references("ACL")},
    "Logical_Switch_Port": {"name": TEXT, "addresses": SET, "external_ids": MAP},
    "ACL": {"match": TEXT, "action": TEXT, "direction": TEXT, "priority": {"type": "integer"}},
    "Address_Set": {"name": TEXT, "addresses": SET},
    "NAT": {"type": TEXT, "external_ip": TEXT, "logical_ip": TEXT},
}
SCHEMA = parse_schema(
    {"name": "N", "version": "1.0.0", "tables": {name: {"columns": columns} for name, columns in TABLES.items()}}
)
SSH = "outport == @pg_a && ip4 && ip4.src == $pg_b_ip4 && tcp && tcp.dst == 22"


async def told_nothing(_withdrawn: object) -> None:
    """`take` is asked instead."""


def gathering(replica: Replica) -> Withdrawals:
    withdrawals = Withdrawals(replica, told_nothing)
    replica.listen(withdrawals.observe)
    return withdrawals


@pytest.fixture
def replica() -> Replica:
    """Port p1 in group a, which admits the addresses of group b, of which p2 is, and of a set; a translation."""
    made = Replica({table: tuple(columns) for table, columns in TABLES.items()})
    made.learn_schema(SCHEMA)
    made.complete = True
    for number in (1, 2):
        ours = ["map", [[OWNER_KEY, f"port/p{number}"]]]
        port = {"name": f"p{number}", "addresses": f"m{number} 10.0.0.{number}", "external_ids": ours}
        made.apply("Logical_Switch_Port", f"u{number}", {"insert": port})
    acl = {"match": SSH, "action": "allow-related", "direction": "to-lport", "priority": 1002}
    made.apply("ACL", "ssh", {"insert": acl})
    group_a = {"name": "pg_a", "ports": ["uuid", "u1"], "acls": ["set", [["uuid", "ssh"], ["uuid", "set"]]]}
    made.apply("Port_Group", "a", {"insert": group_a})
    made.apply("Port_Group", "b", {"insert": {"name": "pg_b", "ports": ["uuid", "u2"]}})
    made.apply(
        "Address_Set", "s", {"insert": {"name": "ag_s_ip4", "addresses": ["set", ["10.7.0.0/16", "10.7.7.7/32"]]}}
    )
    named = {"match": "outport == @pg_a && ip4 && ip4.src == $ag_s_ip4 && tcp && tcp.dst == 22"}
    made.apply("ACL", "set", {"insert": named | {"action": "allow-related", "direction": "to-lport"}})
    nat = {"type": "dnat_and_snat", "external_ip": "150.25.12.9", "logical_ip": "10.0.0.1"}
    made.apply("NAT", "nat", {"insert": nat})
    return made


CASES = {
    "an acl goes": [("ACL", "ssh", {"delete": None})],
    "an acl says something else": [("ACL", "ssh", {"modify": {"action": "drop"}})],
    "a group loses an acl": [
        ("Port_Group", "a", {"modify": {"acls": ["uuid", "ssh"]}}),
        ("ACL", "ssh", {"delete": None}),
    ],
    "the port leaves its group": [("Port_Group", "a", {"modify": {"ports": ["uuid", "u1"]}})],
    "a range leaves the set that is named": [("Address_Set", "s", {"modify": {"addresses": "10.7.0.0/16"}})],
}
ADDRESSES = {
    "a port leaves the group that is named": ("10.0.0.2", ("Port_Group", "b", {"modify": {"ports": ["uuid", "u2"]}})),
    "an address leaves a port of the group that is named": (
        "10.0.0.2",
        ("Logical_Switch_Port", "u2", {"modify": {"addresses": ["set", ["m2", "m2 10.0.0.2"]]}}),
    ),
    "an address leaves the set that is named": (
        "10.7.7.7",
        ("Address_Set", "s", {"modify": {"addresses": "10.7.7.7/32"}}),
    ),
}


@pytest.mark.parametrize(("address", "change"), ADDRESSES.values(), ids=list(ADDRESSES))
def test_threat_d8_address_that_is_no_longer_admitted_is_told_once(
    replica: Replica, address: str, change: tuple[str, str, dict]
) -> None:
    """And not for each of the ports that admitted it."""
    withdrawals = gathering(replica)
    replica.apply(*change)
    taken = withdrawals.take()
    assert taken.addresses == {address}
    assert "p1" not in {lost.port_id for lost in taken.permits}


def test_port_that_is_gone_takes_nothing_from_the_others(replica: Replica) -> None:
    withdrawals = gathering(replica)
    replica.apply("Logical_Switch_Port", "u2", {"delete": None})
    replica.apply("Port_Group", "b", {"modify": {"ports": ["uuid", "u2"]}})
    taken = withdrawals.take()
    assert (taken.permits, taken.addresses) == (frozenset(), frozenset())


@pytest.mark.parametrize("case", CASES)
def test_threat_d8_port_that_loses_a_permit_is_told_with_the_permit(replica: Replica, case: str) -> None:
    withdrawals = gathering(replica)
    for change in CASES[case]:
        replica.apply(*change)
    assert Permit("p1", 6, 22) in withdrawals.take().permits
    assert withdrawals.take().permits == frozenset()


def test_port_of_somebody_else_is_not_told_of(replica: Replica) -> None:
    """Its name is no id, and whoever was asked for its host gave up the whole translation."""
    replica.apply("Logical_Switch_Port", "u3", {"insert": {"name": "printer", "addresses": "m3 10.0.0.3"}})
    replica.apply("Port_Group", "a", {"modify": {"ports": ["uuid", "u3"]}})
    withdrawals = gathering(replica)
    replica.apply("ACL", "ssh", {"delete": None})
    assert withdrawals.take().permits == {Permit("p1", 6, 22)}


@pytest.mark.parametrize("change", [{"delete": None}, {"modify": {"logical_ip": "10.0.0.7"}}])
def test_threat_n9_address_that_loses_its_translation_is_told(replica: Replica, change: dict[str, Any]) -> None:
    withdrawals = gathering(replica)
    replica.apply("NAT", "nat", change)
    assert withdrawals.take().addresses == {"150.25.12.9"}


def test_what_is_added_takes_nothing_away(replica: Replica) -> None:
    withdrawals = gathering(replica)
    replica.apply("Port_Group", "b", {"modify": {"ports": ["uuid", "u1"]}})
    replica.apply("ACL", "more", {"insert": {"match": "inport == @pg_b && ip4"}})
    replica.apply("ACL", "ssh", {"modify": {"priority": 1002}})
    taken = withdrawals.take()
    assert (taken.permits, taken.addresses) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("match", "protocol", "destination"),
    [
        (SSH, 6, 22),
        ("outport == @pg_a && ip6 && udp && udp.dst >= 5 && udp.dst <= 9", 17, None),
        ("inport == @pg_a && ip4 && icmp4 && icmp4.type == 8", 1, None),
        ("inport == @pg_a && ip6 && icmp6", 58, None),
        ("inport == @pg_a && ip4 && ip.proto == 47", 47, None),
        ("inport == @pg_a && ip4", None, None),
    ],
)
def test_permit_is_what_the_match_says(match: str, protocol: int | None, destination: int | None) -> None:
    assert permit("p", match) == Permit("p", protocol, destination)


async def told_while(
    replica: Replica, errors: Sequence[Exception], changes: Sequence[dict[str, Any]]
) -> list[Withdrawn]:
    """What a listener heard that raises the errors one after the other, each change made when it has been quiet."""
    heard, left, quiet = [], list(errors), asyncio.Event()

    async def tell(withdrawn: Withdrawn) -> None:
        heard.append(withdrawn)
        if left:
            raise left.pop(0)
        quiet.set()

    working = asyncio.create_task(Withdrawals(replica, tell).run())
    await asyncio.sleep(0)
    for change in changes:
        quiet.clear()
        replica.apply("NAT", "nat", change)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await quiet.wait()
    working.cancel()
    await asyncio.wait([working])
    return heard


async def test_what_a_listener_did_not_take_is_told_again(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0)
    heard = await told_while(
        replica, [ValueError("a fault"), OSError("away")], [{"modify": {"logical_ip": "10.0.0.7"}}]
    )
    assert [withdrawn.addresses for withdrawn in heard] == [{"150.25.12.9"}] * 3


async def test_what_no_listener_ever_takes_holds_up_nothing_for_long(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0)
    changes = [{"modify": {"external_ip": "150.25.12.10"}}, {"modify": {"external_ip": "150.25.12.11"}}]
    heard = await told_while(replica, [ValueError("cannot be told")] * ATTEMPTS, changes)
    assert [withdrawn.addresses for withdrawn in heard] == [*[{"150.25.12.9"}] * ATTEMPTS, {"150.25.12.10"}]
