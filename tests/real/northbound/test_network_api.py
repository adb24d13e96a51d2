"""Networks, subnets and ports from the HTTP request to the rows of OVN."""

import pytest

from southbound import names
from tests.real.northbound.api import NetworkApi

pytestmark = pytest.mark.real


async def test_network_becomes_a_switch_with_a_metadata_port_and_goes_with_it(api: NetworkApi) -> None:
    network = await api.make("network", name="mynetwork")
    assert network["status"] == "ACTIVE"
    assert network["mtu"] == 1442
    assert "provider:network_type" not in network
    (switch,) = await api.ovn.wait_rows("NB", "Logical_Switch", 1, name=names.switch_name(network["id"]))
    assert ["neutron:network_name", "mynetwork"] in switch["external_ids"][1]
    (metadata_port,) = await api.find(f"ports?network_id={network['id']}")
    await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=metadata_port["id"], type="localport")

    await api.remove("network", network["id"])
    await api.ovn.wait_rows("NB", "Logical_Switch", 0, name=names.switch_name(network["id"]))
    await api.ovn.wait_rows("NB", "Port_Group", 0, name=names.drop_group_name(network["id"]))
    assert await api.find("ports") == []


async def test_port_is_addressed_filtered_and_told_by_dhcp(api: NetworkApi) -> None:
    network = await api.make("network", name="mynetwork")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.1/16")
    assert subnet["cidr"] == "10.50.0.0/16"
    assert subnet["gateway_ip"] == "10.50.0.1"
    assert subnet["allocation_pools"] == [{"start": "10.50.0.2", "end": "10.50.255.254"}]
    port = await api.make("port", network_id=network["id"], name="myport")
    (fixed,) = port["fixed_ips"]
    assert port["status"] == "DOWN"

    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
    assert row["addresses"] == f"{port['mac_address']} {fixed['ip_address']}"
    assert row["port_security"] == row["addresses"]
    (options,) = [
        options
        for options in await api.ovn.northbound.rows("DHCP_Options")
        if ["subnet_id", subnet["id"]] in options["external_ids"][1]
    ]
    assert row["dhcpv4_options"] == ["uuid", names.dhcp_options_uuid(subnet["id"])]
    told = dict(options["options"][1])
    assert told["router"] == told["server_id"] == "10.50.0.1"
    assert told["mtu"] == "1442"
    assert told["classless_static_route"] == "{169.254.169.254/32,10.50.0.2, 0.0.0.0/0,10.50.0.1}"
    groups = [
        group["name"]
        for group in await api.ovn.northbound.rows("Port_Group")
        if names.switch_port_uuid(port["id"]) in str(group["ports"])
    ]
    assert sorted(groups) == sorted(
        [names.drop_group_name(network["id"]), names.port_group_name(port["security_groups"][0])]
    )


async def test_provider_network_gets_its_localnet_port(api: NetworkApi) -> None:
    network = await api.make(
        "network",
        who="admin",
        name="internet",
        **{
            "router:external": True,
            "provider:network_type": "flat",
            "provider:physical_network": "physical1",
        },
    )
    assert network["mtu"] == 1500
    assert network["provider:physical_network"] == "physical1"
    (row,) = [
        row
        for row in await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, type="localnet")
        if row["name"].startswith("provnet-")
    ]
    assert dict(row["options"][1])["network_name"] == "physical1"
    assert row["addresses"] == "unknown"
    again = {"provider:network_type": "flat", "provider:physical_network": "physical1"}
    answer = await api.ask("POST", "/v2.0/networks", {"network": again}, who="admin")
    assert (answer.status, answer.error["type"]) == (409, "FlatNetworkInUse")


async def test_changes_reach_ovn(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    port = await api.make("port", network_id=network["id"])
    await api.change("network", network["id"], mtu=1400, name="renamed")
    changed = await api.change("subnet", subnet["id"], dns_nameservers=["9.9.9.9"])
    assert changed["revision_number"] == 2
    (options,) = [
        row
        for row in await api.ovn.northbound.rows("DHCP_Options")
        if row["_uuid"][1] == names.dhcp_options_uuid(subnet["id"])
    ]
    told = dict(options["options"][1])
    assert (told["mtu"], told["dns_server"]) == ("1400", "{9.9.9.9}")

    await api.change("port", port["id"], port_security_enabled=False, security_groups=[])
    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
    assert row["port_security"] == ["set", []]
    assert "unknown" in str(row["addresses"])
    await api.change("subnet", subnet["id"], enable_dhcp=False)
    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
    assert row["dhcpv4_options"] == ["set", []]


async def test_extra_dhcp_options_are_the_ports_own(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    wanted = [{"opt_name": "bootfile-name", "opt_value": "pxelinux.0"}, {"opt_name": "mtu", "opt_value": "1300"}]
    port = await api.make("port", network_id=network["id"], extra_dhcp_opts=wanted)
    (options,) = [
        row
        for row in await api.ovn.northbound.rows("DHCP_Options")
        if row["_uuid"][1] == names.port_dhcp_options_uuid(port["id"], 4)
    ]
    told = dict(options["options"][1])
    assert (told["bootfile_name"], told["mtu"]) == ('"pxelinux.0"', "1300")
    await api.change("port", port["id"], extra_dhcp_opts=[{"opt_name": "bootfile-name", "opt_value": None}])
    assert (await api.show("port", port["id"]))["extra_dhcp_opts"] == [
        {"opt_name": "mtu", "opt_value": "1300", "ip_version": 4}
    ]


async def test_own_dhcp_options_follow_the_mtu_of_the_network(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    wanted = [{"opt_name": "bootfile-name", "opt_value": "pxelinux.0"}]
    port = await api.make("port", network_id=network["id"], extra_dhcp_opts=wanted)
    await api.change("network", network["id"], mtu=1400)
    (options,) = [
        row
        for row in await api.ovn.northbound.rows("DHCP_Options")
        if row["_uuid"][1] == names.port_dhcp_options_uuid(port["id"], 4)
    ]
    assert dict(options["options"][1])["mtu"] == "1400"


async def test_addresses_can_be_exchanged(api: NetworkApi) -> None:
    network = await api.make("network")
    first = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    second = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.51.0.0/24")
    port = await api.make("port", network_id=network["id"], fixed_ips=[{"subnet_id": first["id"]}])
    before = port["fixed_ips"][0]
    after = await api.change(
        "port", port["id"], fixed_ips=[before, {"subnet_id": second["id"]}, {"ip_address": "10.51.0.77"}]
    )
    assert after["fixed_ips"][0] == before
    assert {fixed["ip_address"] for fixed in after["fixed_ips"]} >= {"10.51.0.77"}
    assert len(after["fixed_ips"]) == 3
    found = await api.find("ports?fixed_ips=ip_address%3D10.51.0.77")
    assert [port["id"] for port in found] == [port["id"]]
    assert await api.find(f"ports?fixed_ips=ip_address%3D10.51.0.77&fixed_ips=subnet_id%3D{first['id']}") == []


async def test_bulk_create_is_all_or_nothing(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    good, bad = {"network_id": network["id"]}, {"network_id": network["id"], "fixed_ips": [{"ip_address": "1.1.1.1"}]}
    before = await api.dump()
    answer = await api.ask("POST", "/v2.0/ports", {"ports": [good, bad]})
    assert answer.status == 400
    assert await api.dump() == before
    answer = await api.ask("POST", "/v2.0/ports", {"ports": [good, good, good]})
    assert answer.status == 201
    assert len({port["id"] for port in answer.body["ports"]}) == 3


async def test_revision_that_a_tag_raises_is_in_ovn(api: NetworkApi) -> None:
    network = await api.make("network")
    port = await api.make("port", network_id=network["id"])
    assert (await api.ask("PUT", f"/v2.0/networks/{network['id']}/tags/red")).status == 201
    assert (await api.ask("PUT", f"/v2.0/ports/{port['id']}/tags/red")).status == 201
    (switch,) = await api.ovn.wait_rows("NB", "Logical_Switch", 1, name=names.switch_name(network["id"]))
    (switch_port,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
    for row, noun, resource in ((switch, "network", network), (switch_port, "port", port)):
        revision = (await api.show(noun, resource["id"]))["revision_number"]
        assert dict(row["external_ids"][1])["neutron:revision_number"] == str(revision)


async def test_tags_are_set_filtered_and_removed(api: NetworkApi) -> None:
    red = await api.make("network", name="red")
    await api.make("network", name="blue")
    answer = await api.ask("PUT", f"/v2.0/networks/{red['id']}/tags", {"tags": ["a", "b"]})
    assert answer.body == {"tags": ["a", "b"]}
    answer = await api.ask("POST", f"/v2.0/networks/{red['id']}/tags", {"tags": ["b", "A"]})
    assert (answer.status, answer.body) == (201, {"tags": ["A", "a", "b"]})
    assert (await api.ask("PUT", f"/v2.0/networks/{red['id']}/tags/c")).status == 201
    assert [found["name"] for found in await api.find("networks?tags=a,c")] == ["red"]
    assert [found["name"] for found in await api.find("networks?not-tags-any=a")] == ["blue"]
    assert (await api.ask("DELETE", f"/v2.0/networks/{red['id']}/tags/zzz")).status == 404
    assert (await api.ask("DELETE", f"/v2.0/networks/{red['id']}/tags")).status == 204
    assert (await api.show("network", red["id"]))["tags"] == []
    assert (await api.ask("PUT", f"/v2.0/networks/{red['id']}/tags", {"tags": []}, who="bob")).status == 404


async def test_lists_come_in_pages(api: NetworkApi) -> None:
    for number in range(5):
        await api.make("network", name=f"n{number}")
    seen, path = [], "/v2.0/networks?limit=2&sort_key=name&sort_dir=desc"
    while path:
        answer = await api.ask("GET", path)
        seen += [network["name"] for network in answer.body["networks"]]
        links = {link["rel"]: link["href"] for link in answer.body.get("networks_links", [])}
        path = links.get("next", "").partition("/network")[2]
    assert seen == ["n4", "n3", "n2", "n1", "n0"]
    assert await api.find("networks?name=n3&fields=name") == [{"name": "n3"}]


async def test_extensions_and_versions_say_what_there_is(api: NetworkApi) -> None:
    versions = await api.ask("GET", "", who="")
    assert versions.body["versions"][0]["id"] == "v2.0"
    assert (await api.ask("GET", "/v2.0/extensions/provider")).status == 200
    answer = await api.ask("GET", "/v2.0/extensions/vpnaas")
    assert (answer.status, answer.error["type"]) == (404, "ExtensionNotFound")


async def test_quotas_are_shown_set_and_obeyed(api: NetworkApi) -> None:
    answer = await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"network": 1}}, who="admin")
    assert answer.body["quota"]["network"] == 1
    await api.make("network")
    answer = await api.ask("POST", "/v2.0/networks", {"network": {}})
    assert (answer.status, answer.error["type"]) == (409, "OverQuota")
    answer = await api.ask("GET", "/v2.0/quotas/red/details")
    assert answer.body["quota"]["network"] == {"limit": 1, "used": 1, "reserved": 0}
    assert (await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"network": 5}})).status == 403
    answer = await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"port": 0, "check_limit": True}}, who="admin")
    assert (answer.status, answer.error["type"]) == (400, "InvalidQuotaValue")
    assert (await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"network": 2**31}}, who="admin")).status == 400
    assert (await api.ask("GET", "/v2.0/quotas/red", who="bob")).status == 403


async def test_projects_with_limits_of_their_own_are_listed_for_an_administrator(api: NetworkApi) -> None:
    await api.make("network", who="bob")
    await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"router": 3}}, who="admin")
    (listed,) = await api.find("quotas", who="admin")
    assert (listed["project_id"], listed["router"], listed["network"]) == ("red", 3, 100)
    assert (await api.ask("GET", "/v2.0/quotas")).status == 403
