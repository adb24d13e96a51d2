"""Every column that a plan's reader reads is changed, and OVN follows: whoever writes it marks whoever reads it.

Which columns are read is asked of PostgreSQL (`readers.py`), which were changed is noted by triggers (`watching.py`):
a reader that comes to use another column fails here until a step of the story changes it.
"""

from collections.abc import AsyncIterator

import pytest

from northbound.translation.desired import KINDS
from runtime.database import DatabaseSettings
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi, network_api
from tests.real.northbound.readers import Column, columns_read
from tests.real.northbound.story import Story
from tests.real.northbound.watching import Watched

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

# Names of rows and what is given to them for good.
NAMES_OF_ROWS = frozenset({"id", "created_at", "project_id"})
EVERYTHING = frozenset({"every column"})
"""Of tables whose rows are replaced: they come and go."""
NEVER_CHANGED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("allocation_pools", "chassis", "fixed_ips", "port_security_groups", "probe_ports"), EVERYTHING),
    **dict.fromkeys(("port_bindings", "subports", "vips"), EVERYTHING),
    "dns_safety": frozenset({"is_safe"}),  # changed by another OVN alone: tests/real/northbound/test_dns_api.py
    "floating_ips": frozenset(
        {"dns_domain", "dns_name", "floating_ip_address", "floating_network_id", "reservation_port_id"}
    ),
    "gateway_hosts": frozenset({"port_id"}),
    "health_monitors": frozenset({"pool_id"}),
    "listeners": frozenset({"load_balancer_id", "protocol", "protocol_port"}),
    "logs": frozenset({"event", "resource_id", "resource_type"}),
    "members": frozenset({"address", "load_balancer_id", "pool_id", "protocol_port", "subnet_id"}),
    "networks": frozenset({"availability_zone_hints", "qinq", "vlan_transparent"}),
    "pools": frozenset({"load_balancer_id", "protocol"}),
    "port_forwardings": frozenset({"floating_ip_id", "gateway_port_id"}),
    "ports": frozenset({"network_id"}),
    "qos_rules": frozenset({"kind", "qos_policy_id"}),
    "rbac_policies": frozenset({"action", "object_id", "object_type"}),
    "router_ports": frozenset({"is_gateway", "port_id", "router_id"}),
    "routers": frozenset({"availability_zone_hints"}),
    "security_group_rules": frozenset(
        {
            *("direction", "ethertype", "port_range_max", "port_range_min", "protocol", "protocol_number", "source"),
            *("remote_address_group_id", "remote_group_id", "remote_ip_prefix", "written_prefix", "security_group_id"),
        }
    ),
    "security_groups": frozenset({"is_default"}),
    "segments": frozenset({"network_id", "network_type", "physical_network"}),
    "subnets": frozenset({"cidr", "ip_version", "ipv6_address_mode", "ipv6_ra_mode", "network_id"}),
    "trunks": frozenset({"port_id"}),
}
LASTING = frozenset({"dns_safety"})
"""Tables whose one row stays."""
READ_BY_FUNCTIONS: dict[str, set[Column]] = {
    "is_outside": set(),
    "mac_prefix": set(),
    "is_external": {("rbac_policies", "object_id"), ("rbac_policies", "action")},
    "port_of": {("fixed_ips", "port_id"), ("fixed_ips", "subnet_id"), ("fixed_ips", "ip"), ("members", "address")},
    "subnet_of": {
        *(("members", "subnet_id"), ("members", "load_balancer_id"), ("members", "address")),
        *(("vips", "subnet_id"), ("vips", "load_balancer_id"), ("vips", "position"), ("subnets", "cidr")),
    },
    "routers_of_load_balancer": {
        *(("router_ports", "router_id"), ("router_ports", "is_gateway"), ("subnets", "gateway_ip")),
        *(("floating_ips", "fixed_port_id"), ("floating_ips", "fixed_ip_address"), ("floating_ips", "gateway_port_id")),
    },
}


@pytest.fixture
async def api(database_settings: DatabaseSettings, ovn: Ovn) -> AsyncIterator[NetworkApi]:
    async with network_api(database_settings, ovn, dns_records="always") as served:
        yield served


async def test_ovn_follows_every_column_that_a_plan_reads(api: NetworkApi) -> None:
    watched = Watched(api)
    await watched.begin()
    story = Story(watched)
    await story.tell()
    read = await read_columns(api)
    await story.take_apart()
    assert not watched.failures, "\n\n".join(watched.failures)
    changed = await watched.seen("UPDATE")
    lasting = {column for column in read if never_changes(column)}
    assert sorted(read - changed - lasting) == [], "no step of the story changes it"
    assert sorted(lasting & changed) == [], "it does change"
    for event in ("INSERT", "DELETE"):
        known = {table for table, _ in await watched.seen(event)} | LASTING
        assert sorted({table for table, _ in read} - known) == [], f"no step of the story does {event}"


async def read_columns(api: NetworkApi) -> set[Column]:
    read, functions = await columns_read(api.database, KINDS)
    assert functions <= READ_BY_FUNCTIONS.keys(), "say what it reads"
    return read.union(*(READ_BY_FUNCTIONS[function] for function in functions))


def never_changes(column: Column) -> bool:
    table, name = column
    said = NEVER_CHANGED.get(table, frozenset())
    return name in NAMES_OF_ROWS or name in said or said is EVERYTHING
