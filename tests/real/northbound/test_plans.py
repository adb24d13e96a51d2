"""The plans of networks, subnets and ports, in their variants, on real OVN."""

import msgspec
import pytest

from northbound.address_groups.address_group import AddressGroup
from northbound.address_groups.plan import plan_address_group
from northbound.dns.plan import NamedPort, Zone, plan_zone
from northbound.external_ports.plan import ExternalPorts, plan_external_ports
from northbound.logs.log import Log
from northbound.logs.plan import plan_log
from northbound.networks.network import Network
from northbound.networks.plan import plan_network
from northbound.networks.segment import Segment
from northbound.ports.plan import VirtualAddress, plan_port
from northbound.ports.port import METADATA_OWNER, AddressPair, DhcpOption, Guarantee
from northbound.security_groups.group import Group
from northbound.security_groups.plan import plan_group
from northbound.subnets.plan import plan_subnet
from northbound.subnets.subnet import HostRoute
from northbound.trunks.membership import Parent
from southbound.chassis import Chassis
from southbound.ovsdb.rows import Row
from tests.daemons.ovn import Ovn
from tests.real.northbound.harness import by_owner, settles
from tests.unit.northbound.factories import (
    PROJECT,
    a_network,
    a_port_view,
    a_subnet_view,
    an_id,
)
from tests.unit.northbound.qos_rules.test_plan import GUARANTEE, LIMIT_IN, LIMIT_OUT, MARK
from tests.unit.northbound.security_group_rules.factories import a_rule, rows_of

pytestmark = pytest.mark.real

GENEVE = a_network()
FLAT = a_network("flat", network_type="flat", physical_network="physical1", segmentation_id=None, external=True)
VLAN = a_network("vlan", network_type="vlan", physical_network="physical1", segmentation_id=101, mtu=1500)
SEVERAL = a_network(
    "several",
    segments=[
        Segment(id=an_id(place), network_type="vlan", physical_network=place, segmentation_id=7, position=position)
        for position, place in enumerate(("physical1", "physical2"))
    ],
    vlan_transparent=True,
)
GROUP = Group(id=an_id("group"), project_id=PROJECT, name="default")
SUBNET = {"subnets": (a_subnet_view(),)}
PORTS = {
    "plain": {},
    "bound": {"host": "host1", "device_owner": "compute:nova", "device_id": "server"},
    "disabled": {"admin_state_up": False},
    "moving": {"host": "host1", "profile": {"migrating_to": "host2"}},
    "free": {"port_security_enabled": False, "security_groups": []},
    "without groups": {"security_groups": []},
    "metadata": {"device_owner": METADATA_OWNER, "security_groups": []},
    "pairs": {"allowed_address_pairs": [AddressPair("fa:16:3e:00:00:77", "10.50.1.0/24")]},
    "options": {
        "extra_dhcp_opts": [
            DhcpOption("bootfile-name", "boot/pxelinux.0"),
            DhcpOption("tftp-server", "boot.example.org"),
            DhcpOption("server-ip-address", "10.50.0.77"),
            DhcpOption("dns-server", "9.9.9.9,1.1.1.1"),
            DhcpOption("ntp-server", "10.50.0.5"),
            DhcpOption("domain-search", "example.org,b.example.org"),
            DhcpOption("netmask", "255.255.0.0"),
            DhcpOption("121", "10.1.0.0/16,10.50.0.7"),
            DhcpOption("249", "10.1.0.0/16,10.50.0.7"),
            DhcpOption("ip-forward-enable", "true"),
            DhcpOption("tag:!ipxe,67", "undionly.kpxe"),
            DhcpOption("T1", "100"),
            DhcpOption("T2", "200"),
            DhcpOption("252", "http://wpad/x?y=1"),
            DhcpOption("policy-filter", "10.0.0.1,10.0.0.2"),
            DhcpOption("150", "10.0.0.1"),
        ]
    },
}


def the_ports() -> list[Row]:
    rows = []
    for number, (name, said) in enumerate(PORTS.items(), start=10):
        mac = f"fa:16:3e:00:00:{number:02x}"
        rows += plan_port(a_port_view(name, ips=(f"10.50.0.{number}",), mac_address=mac, **SUBNET, **said))
    subport = a_port_view("subport", ips=("10.50.0.99",), mac_address="fa:16:3e:00:00:99", **SUBNET)
    shared = a_port_view("shared", ips=("10.50.0.98",), mac_address="fa:16:3e:00:00:98", **SUBNET)
    parents = VirtualAddress("10.50.0.98", [an_id("pairs")])
    rows += plan_port(msgspec.structs.replace(shared, virtual=parents))
    return rows + plan_port(msgspec.structs.replace(subport, parent=Parent(an_id("bound"), "host1", 101)))


@pytest.mark.parametrize("network", [GENEVE, FLAT, VLAN, SEVERAL], ids=lambda network: network.name)
async def test_network_settles(ovn: Ovn, network: Network) -> None:
    await settles(ovn, by_owner(plan_network(network)))


async def test_subnets_settle(ovn: Ovn) -> None:
    routed = a_subnet_view("routed", host_routes=[HostRoute("10.1.0.0/16", "10.50.0.7")], dns_nameservers=["9.9.9.9"])
    views = [
        routed,
        a_subnet_view("closed", cidr="10.51.0.0/24", gateway_ip=None, metadata_ip=None),
        a_subnet_view("stateful", cidr="fd00::/64", ipv6_address_mode="dhcpv6-stateful", dns_nameservers=["fd00::5"]),
        a_subnet_view("stateless", cidr="fd01::/64", ipv6_address_mode="dhcpv6-stateless"),
    ]
    await settles(ovn, by_owner(row for view in views for row in plan_subnet(view)))


async def test_names_settle(ovn: Ovn) -> None:
    zone = Zone(GENEVE.id, "example.org.", [NamedPort("web", "", ["10.50.0.9", "fd00::9"])])
    await settles(ovn, by_owner([*plan_network(GENEVE), *plan_zone(zone)]))


async def test_external_ports_settle(ovn: Ovn) -> None:
    chassis = [Chassis(name, name, frozenset(), frozenset(), True) for name in ("host1", "host2")]
    group = plan_external_ports(ExternalPorts(id=GENEVE.id, chassis=chassis))
    port = plan_port(a_port_view("direct", ips=("10.50.0.98",), vnic_type="direct", **SUBNET))
    await settles(
        ovn, by_owner([*plan_network(GENEVE), *plan_subnet(a_subnet_view()), *plan_group(GROUP), *group, *port])
    )


async def test_every_kind_of_port_settles(ovn: Ovn) -> None:
    await ovn.sbctl("chassis-add", "host1", "geneve", "127.0.0.1")
    await ovn.sbctl("chassis-add", "host2", "geneve", "127.0.0.2")
    admits = a_rule(rule_id=an_id("admits"), security_group_id=GROUP.id, remote_group_id=GROUP.id)
    group = msgspec.structs.replace(GROUP, pairs=["10.50.1.0/24", "10.50.0.98"])
    grouped = [*plan_group(group), *rows_of(admits, with_pairs=True)]
    rows = [*plan_network(GENEVE), *plan_subnet(a_subnet_view()), *grouped, *the_ports()]
    await settles(ovn, by_owner(rows))


async def test_address_groups_settle_with_the_rules_that_name_them(ovn: Ovn) -> None:
    named = AddressGroup(id=an_id("named"), project_id=PROJECT, name="", addresses=["0.0.0.0/0", "10.0.0.1/32"])
    empty = AddressGroup(id=an_id("empty"), project_id=PROJECT, name="")
    rules = [
        a_rule(
            rule_id=an_id(f"rule {number}"), security_group_id=GROUP.id, ethertype=family, remote_address_group_id=id_
        )
        for number, (family, id_) in enumerate([("IPv4", named.id), ("IPv6", named.id), ("IPv4", empty.id)])
    ]
    sets = [*plan_address_group(named), *plan_address_group(empty)]
    rows = [*sets, *plan_group(GROUP), *rows_of(*rules), *plan_network(GENEVE)]
    await settles(ovn, by_owner(rows))


async def test_ports_that_follow_policies_settle(ovn: Ovn) -> None:
    rules = {
        "limited": (LIMIT_OUT, LIMIT_IN),
        "marked": (MARK,),
        "both": (LIMIT_OUT, MARK),
        "guaranteed": (LIMIT_OUT, LIMIT_IN, GUARANTEE),
    }
    rows = [*plan_network(VLAN), *plan_subnet(a_subnet_view(network="vlan"))]
    for number, (name, followed) in enumerate(rules.items(), start=10):
        said = {"mac_address": f"fa:16:3e:00:00:{number:02x}", "ips": (f"10.50.0.{number}",), "security_groups": []}
        said["guarantee"] = Guarantee(1000, "physical1") if GUARANTEE in followed else None
        rows += plan_port(msgspec.structs.replace(a_port_view(name, "vlan", **said), qos=followed))
    await settles(ovn, by_owner(rows))


async def test_logged_groups_settle_with_their_logs(ovn: Ovn) -> None:
    log = Log(id=an_id("log"), project_id=PROJECT, name="")
    rows = [*plan_log(log), *plan_network(GENEVE)]
    for word, stateful in (("stateful", True), ("stateless", False)):
        group = msgspec.structs.replace(GROUP, id=an_id(word), stateful=stateful, drop_log=log.id)
        rule = a_rule(rule_id=an_id(f"rule of {word}"), security_group_id=group.id)
        rows += [*plan_group(group), *rows_of(rule, stateful=stateful, log_id=log.id)]
    await settles(ovn, by_owner(rows))
