"""Every refusal is a 4xx that names the attribute, and leaves the database as it was."""

import asyncio
from typing import Any

import msgspec
import pytest

from northbound.networks import store as networks
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.networking import until_somebody_waits

pytestmark = pytest.mark.real
NOWHERE = "00000000-0000-4000-8000-000000000000"

NETWORKS = [
    (400, "name", {"name": 7}),
    (400, "name", {"name": "x" * 256}),
    (400, "admin_state_up", {"admin_state_up": "yes"}),
    (400, "colour", {"colour": "red"}),
    (400, "mtu", {"mtu": 9000}),
    (400, "mtu", {"mtu": -1}),
    (400, "mtu", {"mtu": "1e3"}),
    (400, "tenant_id", {"project_id": "red", "tenant_id": "blue"}),
    (400, "dns_domain", {"dns_domain": "example.org"}),
    (400, "dns_domain", {"dns_domain": "exa mple.org."}),
    (400, "dns_domain", {"dns_domain": "a." * 126 + "ab."}),
    (403, "segments", {"segments": [{"provider:network_type": "geneve"}]}),
    (403, "is_default", {"is_default": True}),
    (403, "project_id", {"project_id": "blue"}),
    (403, "shared", {"shared": False}),
    (403, "router:external", {"router:external": False}),
    (403, "provider:network_type", {"provider:network_type": "geneve"}),
    (403, "provider:physical_network", {"provider:physical_network": None}),
]
PROVIDERS = [
    (400, "provider:network_type", {"provider:network_type": "token-ring"}),
    (400, "provider:network_type", {"provider:physical_network": "physical1"}),
    (400, "provider:physical_network", {"provider:network_type": "flat"}),
    (400, "provider:physical_network", {"provider:network_type": "flat", "provider:physical_network": "a b"}),
    (400, "provider:physical_network", {"provider:network_type": "geneve", "provider:physical_network": "p"}),
    (
        400,
        "provider:segmentation_id",
        {"provider:network_type": "vlan", "provider:physical_network": "p", "provider:segmentation_id": 4095},
    ),
    (
        400,
        "provider:segmentation_id",
        {"provider:network_type": "flat", "provider:physical_network": "p", "provider:segmentation_id": 4},
    ),
]
SUBNETS = [
    (400, "cidr", {"cidr": None}),
    (400, "cidr", {"cidr": "10.0.0.0"}),
    (400, "cidr", {"cidr": "10.0.0.0/33"}),
    (400, "cidr", {"cidr": "010.1.1.0/24"}),
    (400, "cidr", {"cidr": "0.0.0.0/0"}),
    (400, "cidr", {"cidr": "224.0.0.0/24"}),
    (400, "cidr", {"cidr": "127.0.0.0/8"}),
    (400, "cidr", {"cidr": "fd00::/64"}),
    (400, "cidr", {"cidr": "10.60.0.0/31"}),
    (400, "cidr", {"cidr": "10.50.0.128/25"}),
    (400, "ip_version", {"ip_version": 5}),
    (400, "gateway_ip", {"gateway_ip": "10.60.0.0"}),
    (400, "gateway_ip", {"gateway_ip": "fe80::1%eth0"}),
    (400, "allocation_pools", {"allocation_pools": [{"start": "10.60.0.9", "end": "10.60.0.3"}]}),
    (400, "allocation_pools", {"allocation_pools": [{"start": "10.60.0.9", "end": "10.61.0.3"}]}),
    (400, "allocation_pools", {"allocation_pools": [{"start": "10.60.0.9"}]}),
    (
        409,
        "allocation pools",
        {
            "allocation_pools": [
                {"start": "10.60.0.9", "end": "10.60.0.20"},
                {"start": "10.60.0.20", "end": "10.60.0.30"},
            ]
        },
    ),
    (409, "gateway_ip", {"allocation_pools": [{"start": "10.60.0.1", "end": "10.60.0.20"}]}),
    (400, "dns_nameservers", {"dns_nameservers": ["ns.example.org"]}),
    (400, "dns_nameservers", {"dns_nameservers": ["fd00::1"]}),
    (400, "dns_nameservers", {"dns_nameservers": ["9.9.9.9", "9.9.9.9"]}),
    (400, "dns_nameservers", {"dns_nameservers": ["9.9.9.9"] * 6}),
    (400, "host_routes", {"host_routes": [{"destination": "10.0.0.0/8", "nexthop": "fd00::1"}]}),
    (400, "ipv6_ra_mode", {"ipv6_ra_mode": "slaac"}),
    (400, "enable_dhcp", {"ip_version": 6, "cidr": "fd00::/64", "ipv6_ra_mode": "slaac", "enable_dhcp": False}),
    (400, "cidr", {"ip_version": 6, "cidr": "fd00::/65", "ipv6_address_mode": "slaac"}),
    (400, "service_types", {"service_types": ["nothing"]}),
    (404, NOWHERE, {"network_id": NOWHERE}),
    (400, "network_id", {"network_id": "mine"}),
]
PORTS = [
    (404, NOWHERE, {"network_id": NOWHERE}),
    (400, "mac_address", {"mac_address": "unknown"}),
    (400, "mac_address", {"mac_address": "01:00:5e:00:00:01"}),
    (400, "fixed_ips", {"fixed_ips": [{"ip_address": "10.51.0.1"}]}),
    (400, "fixed_ips", {"fixed_ips": [{"ip_address": "10.50.0.0"}]}),
    (400, "fixed_ips", {"fixed_ips": [{"ip_address": "10.50.0.9\n"}]}),
    (400, "fixed_ips", {"fixed_ips": [{"subnet_id": NOWHERE}]}),
    (400, "fixed_ips", {"fixed_ips": [{}]}),
    (400, "fixed_ips", {"fixed_ips": [{"ip_address": "10.50.0.9"}, {"ip_address": "10.50.0.9"}]}),
    (400, "fixed_ips", {"fixed_ips": "10.50.0.9"}),
    (409, "fixed_ips", {"fixed_ips": [{"ip_address": "10.50.0.2"}]}),
    (404, NOWHERE, {"security_groups": [NOWHERE]}),
    (400, "security_groups", {"security_groups": ["default"]}),
    (409, "security_groups", {"port_security_enabled": False, "security_groups": "own"}),
    (
        409,
        "allowed_address_pairs",
        {"port_security_enabled": False, "allowed_address_pairs": [{"ip_address": "10.50.0.9"}]},
    ),
    (400, "allowed_address_pairs", {"allowed_address_pairs": [{"ip_address": "0.0.0.0/0"}]}),
    (400, "allowed_address_pairs", {"allowed_address_pairs": [{"ip_address": "::/0"}]}),
    (400, "allowed_address_pairs", {"allowed_address_pairs": [{"ip_address": "1.2.3.4"}] * 2}),
    (400, "extra_dhcp_opts", {"extra_dhcp_opts": [{"opt_name": "bootfile-name", "opt_value": "a\nb"}]}),
    (400, "extra_dhcp_opts", {"extra_dhcp_opts": [{"opt_name": "bootfile-name", "opt_value": "a\n"}]}),
    (400, "extra_dhcp_opts", {"extra_dhcp_opts": [{"opt_name": "bootfile-name", "opt_value": 'a", router="1.1.1.1'}]}),
    (400, "extra_dhcp_opts", {"extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "{1,2}"}]}),
    (400, "extra_dhcp_opts", {"extra_dhcp_opts": [{"opt_name": "no-such", "opt_value": "1"}]}),
    (400, "extra_dhcp_opts", {"extra_dhcp_opts": [{"opt_name": "router", "opt_value": "fd00::1"}]}),
    (400, "extra_dhcp_opts", {"extra_dhcp_opts": [{"opt_name": "router", "opt_value": "fe80::1%a\nb"}]}),
    (
        400,
        "extra_dhcp_opts",
        {"extra_dhcp_opts": [{"opt_name": "dns-server", "opt_value": 'fe80::1%"} x', "ip_version": 6}]},
    ),
    (403, "device_owner", {"device_owner": "network:router_interface"}),
    (403, "device_owner", {"device_owner": "network:dhcp"}),
    (403, "binding:host_id", {"binding:host_id": ""}),
    (403, "binding:profile", {"binding:profile": {}}),
    (400, "binding:vnic_type", {"binding:vnic_type": "smart-nic"}),
    (400, "dns_name", {"dns_name": "a b"}),
    (400, "dns_domain", {"dns_domain": "no.final.dot"}),
    (400, "numa_affinity_policy", {"numa_affinity_policy": "any"}),
]


async def refuse(
    api: NetworkApi, method: str, path: str, body: Any, status: int, word: str, who: str = "alice"
) -> None:
    before = await api.dump()
    answer = await api.ask(method, path, body, who=who)
    assert answer.status == status, (body, answer.body)
    assert word in answer.error["message"], (body, answer.body)
    assert await api.dump() == before, body


async def test_bad_networks_are_refused(api: NetworkApi) -> None:
    await api.make("network")
    for status, word, said in NETWORKS:
        await refuse(api, "POST", "/v2.0/networks", {"network": said}, status, word)
    for status, word, said in PROVIDERS:
        await refuse(api, "POST", "/v2.0/networks", {"network": said}, status, word, who="admin")


async def test_bad_subnets_are_refused(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    for status, word, said in SUBNETS:
        body = {"network_id": network["id"], "ip_version": 4, "cidr": "10.60.0.0/24"} | said
        await refuse(api, "POST", "/v2.0/subnets", {"subnet": body}, status, word)


async def test_bad_ports_are_refused(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    own = (await api.make("port", network_id=network["id"]))["security_groups"]
    for status, word, said in PORTS:
        body = {"network_id": network["id"]} | said
        if body.get("security_groups") == "own":
            body["security_groups"] = own
        await refuse(api, "POST", "/v2.0/ports", {"port": body}, status, word)
    for word, said in (
        ("device_owner", {"device_owner": "network:router_interface"}),
        ("binding:host_id", {"binding:host_id": "host1\n"}),
    ):
        body = {"port": {"network_id": network["id"]} | said}
        await refuse(api, "POST", "/v2.0/ports", body, 400, word, who="admin")


async def test_bad_changes_are_refused(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    port = await api.make("port", network_id=network["id"])
    (metadata_port,) = await api.find(f"ports?device_owner=network:distributed&network_id={network['id']}")
    wrong = [
        (f"/v2.0/networks/{network['id']}", "network", 403, "shared", {"shared": True}),
        (f"/v2.0/networks/{network['id']}", "network", 400, "mtu", {"mtu": 1500}),
        (f"/v2.0/subnets/{subnet['id']}", "subnet", 400, "cidr", {"cidr": "10.50.0.0/16"}),
        (f"/v2.0/subnets/{subnet['id']}", "subnet", 409, "gateway_ip", {"gateway_ip": "10.50.0.7"}),
        (f"/v2.0/ports/{port['id']}", "port", 403, "binding:host_id", {"binding:host_id": "host1"}),
        (f"/v2.0/ports/{port['id']}", "port", 409, "port_security_enabled", {"port_security_enabled": False}),
        (f"/v2.0/ports/{port['id']}", "port", 403, "device_owner", {"device_owner": "network:dhcp"}),
        (f"/v2.0/ports/{port['id']}", "port", 409, "fixed_ips", {"fixed_ips": [{"ip_address": "10.50.0.2"}]}),
        (f"/v2.0/ports/{metadata_port['id']}", "port", 403, "device_owner", {"device_owner": ""}),
        (f"/v2.0/ports/{metadata_port['id']}", "port", 409, "device_id", {"device_id": ""}),
        (f"/v2.0/ports/{metadata_port['id']}", "port", 409, "fixed_ips", {"fixed_ips": []}),
    ]
    for path, noun, status, word, said in wrong:
        await refuse(api, "PUT", path, {noun: said}, status, word)
    await refuse(api, "DELETE", f"/v2.0/ports/{metadata_port['id']}", None, 409, "network:distributed")
    await refuse(api, "DELETE", f"/v2.0/subnets/{subnet['id']}", None, 409, subnet["id"])
    await refuse(api, "DELETE", f"/v2.0/networks/{network['id']}", None, 409, network["id"])


async def test_threat_p10_what_is_anothers_looks_like_what_is_not(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    port = await api.make("port", network_id=network["id"])
    for noun, resource in (("network", network), ("subnet", subnet), ("port", port)):
        for method in ("GET", "PUT", "DELETE"):
            body = {noun: {"name": "stolen"}} if method == "PUT" else None
            before = await api.dump()
            foreign = await api.ask(method, f"/v2.0/{noun}s/{resource['id']}", body, who="bob")
            missing = await api.ask(method, f"/v2.0/{noun}s/{NOWHERE}", body, who="bob")
            assert foreign.status == missing.status == 404
            assert repr(foreign.body).replace(resource["id"], NOWHERE) == repr(missing.body)
            assert await api.dump() == before
        assert await api.find(f"{noun}s", who="bob") == []
        assert await api.find(f"{noun}s?project_id=red", who="bob") == []
        body = {noun: {"name": "mine", "network_id": network["id"], "ip_version": 4, "cidr": "10.60.0.0/24"}}
        if noun == "subnet":
            await refuse(api, "POST", "/v2.0/subnets", body, 404, network["id"], who="bob")


async def test_reader_looks_and_does_not_touch(api: NetworkApi) -> None:
    network = await api.make("network")
    assert (await api.show("network", network["id"], who="reader"))["id"] == network["id"]
    for method, path, body in (
        ("POST", "/v2.0/networks", {"network": {}}),
        ("PUT", f"/v2.0/networks/{network['id']}", {"network": {"name": "x"}}),
        ("DELETE", f"/v2.0/networks/{network['id']}", None),
        ("POST", "/v2.0/ports", {"port": {"network_id": network["id"]}}),
    ):
        await refuse(api, method, path, body, 403, "Policy", who="reader")


async def test_threat_n15_guest_of_a_shared_network_takes_what_is_handed_out(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", shared=True, name="common")
    subnet = await api.make("subnet", who="admin", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    port = await api.make("port", network_id=network["id"], fixed_ips=[{"subnet_id": subnet["id"]}])
    for word, said in (
        ("fixed_ips", {"fixed_ips": [{"ip_address": "10.50.0.1"}]}),
        ("mac_address", {"mac_address": "fa:16:3e:00:00:01"}),
        ("allowed_address_pairs", {"allowed_address_pairs": [{"ip_address": "10.50.0.1"}]}),
        ("port_security_enabled", {"port_security_enabled": False}),
    ):
        await refuse(api, "POST", "/v2.0/ports", {"port": {"network_id": network["id"]} | said}, 403, word)
        await refuse(api, "PUT", f"/v2.0/ports/{port['id']}", {"port": said}, 403, word)
    await refuse(api, "PUT", f"/v2.0/networks/{network['id']}", {"network": {"name": "x"}}, 403, "Policy")
    body = {"subnet": {"network_id": network["id"], "ip_version": 4, "cidr": "10.60.0.0/24"}}
    await refuse(api, "POST", "/v2.0/subnets", body, 403, "Policy")
    await refuse(
        api, "PUT", f"/v2.0/networks/{network['id']}", {"network": {"shared": False}}, 409, network["id"], who="admin"
    )


async def test_threat_p14_no_port_is_made_while_sharing_is_withdrawn(api: NetworkApi) -> None:
    """The port was asked for while the network was still shared, and would have been made after that."""
    network = await api.make("network", who="admin", shared=True)
    await api.make("subnet", who="admin", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    await api.make("port", network_id=(await api.make("network"))["id"])
    async with api.database.transaction() as conn:
        await networks.lock_network(conn, network["id"])
        before = await networks.fetch_network(conn, network["id"], None)
        await networks.update_network(conn, before, msgspec.structs.replace(before, shared=False))
        asking = asyncio.create_task(api.ask("POST", "/v2.0/ports", {"port": {"network_id": network["id"]}}))
        await until_somebody_waits(conn)
    assert (await asking).status == 404
    assert await api.find(f"ports?network_id={network['id']}&project_id=red", who="admin") == []


async def test_external_network_with_a_gateway_or_a_floating_ip_stays_external(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", **{"router:external": True})
    await api.make("subnet", who="admin", network_id=network["id"], ip_version=4, cidr="150.25.12.0/24")
    path, body = f"/v2.0/networks/{network['id']}", {"network": {"router:external": False}}
    router = await api.make("router", external_gateway_info={"network_id": network["id"]})
    await refuse(api, "PUT", path, body, 409, "router:external", who="admin")
    await api.remove("router", router["id"])
    floating_ip = await api.make("floatingip", floating_network_id=network["id"])
    await refuse(api, "PUT", path, body, 409, "router:external", who="admin")
    await api.remove("floatingip", floating_ip["id"])
    await api.change("network", network["id"], who="admin", **{"router:external": False})


async def test_who_has_no_project_sees_none_of_the_clouds_own_ports(api: NetworkApi) -> None:
    """Gateways and reservations belong to no project, and a token for a domain has none either."""
    network = await api.make("network", who="admin", **{"router:external": True})
    await api.make("subnet", who="admin", network_id=network["id"], ip_version=4, cidr="150.25.12.0/24")
    await api.make("router", external_gateway_info={"network_id": network["id"]})
    await api.make("floatingip", floating_network_id=network["id"])
    of_nobody = await api.find("ports?project_id=", who="admin")
    assert {port["device_owner"] for port in of_nobody} == {"network:router_gateway", "network:floatingip"}
    assert (await api.ask("GET", "/v2.0/ports", who="auditor")).status == 403
    for port in of_nobody:
        assert (await api.ask("GET", f"/v2.0/ports/{port['id']}", who="auditor")).status == 404


async def test_threat_k20_account_of_a_host_has_no_say_in_networks(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    port = await api.make("port", network_id=network["id"])
    await refuse(api, "POST", "/v2.0/ports", {"port": {"network_id": network["id"]}}, 403, "port", who="agent")
    for noun, resource in (("network", network), ("subnet", subnet), ("port", port)):
        path = f"/v2.0/{noun}s/{resource['id']}"
        assert (await api.ask("GET", f"/v2.0/{noun}s", who="agent")).status == 403
        for method, body in (("GET", None), ("PUT", {noun: {"name": "stolen"}}), ("DELETE", None)):
            assert (await api.ask(method, path, body, who="agent")).status in (403, 404), (method, noun)
    assert (await api.show("port", port["id"]))["name"] == ""


async def test_threat_n1_router_of_others_is_no_device_of_mine(api: NetworkApi) -> None:
    router = await api.make("router", name="alices")
    network = await api.make("network", who="bob")
    port = await api.make("port", who="bob", network_id=network["id"])
    said = {"device_id": router["id"], "device_owner": "compute:x"}
    await refuse(
        api, "POST", "/v2.0/ports", {"port": {"network_id": network["id"]} | said}, 409, "device_id", who="bob"
    )
    await refuse(api, "PUT", f"/v2.0/ports/{port['id']}", {"port": said}, 409, "device_id", who="bob")
    for owner in ("network:router_interface", "network:router_gateway", "network:floatingip", "network:anything"):
        body = {"port": {"device_owner": owner}}
        await refuse(api, "PUT", f"/v2.0/ports/{port['id']}", body, 403, "device_owner", who="bob")


async def test_port_of_a_server_keeps_its_device(api: NetworkApi) -> None:
    network = await api.make("network")
    port = await api.make("port", network_id=network["id"])
    await api.change("port", port["id"], who="admin", **{"binding:host_id": "host1", "device_id": "server"})
    for word, value in (("device_id", "other"), ("device_owner", "compute:x"), ("mac_address", "fa:16:3e:00:00:01")):
        await refuse(api, "PUT", f"/v2.0/ports/{port['id']}", {"port": {word: value}}, 409, word)
    await api.change("port", port["id"], name="renamed")


async def test_external_network_of_others_is_seen_and_not_plugged_into(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", **{"router:external": True})
    assert (await api.show("network", network["id"]))["router:external"] is True
    await refuse(api, "POST", "/v2.0/ports", {"port": {"network_id": network["id"]}}, 403, "network_id")


@pytest.mark.parametrize("path", ["networks?nonsense=1", "ports?limit=x", "ports?sort_key=host", "ports?fixed_ips=x"])
async def test_bad_queries_are_refused(api: NetworkApi, path: str) -> None:
    assert (await api.ask("GET", f"/v2.0/{path}")).status == 400


async def test_hidden_attributes_are_no_oracle(api: NetworkApi) -> None:
    assert (await api.ask("GET", "/v2.0/ports?binding:host_id=host1")).status == 400
    assert (await api.ask("GET", "/v2.0/networks?provider:segmentation_id=5")).status == 400
