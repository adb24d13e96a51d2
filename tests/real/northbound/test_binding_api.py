"""Bindings of ports by the API, and where OVN expects the port."""

from typing import Any
from uuid import uuid4

import pytest

from tests.real.northbound.api import Answer, NetworkApi

pytestmark = pytest.mark.real


async def a_bound_port(api: NetworkApi, **said: Any) -> dict[str, Any]:
    for number, host in enumerate(("host1", "host2"), start=1):
        await api.ovn.sbctl("--may-exist", "chassis-add", host, "geneve", f"127.0.0.{number}")
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    words = {"device_owner": "compute:nova", "device_id": str(uuid4()), "binding:host_id": "host1"} | said
    return await api.make("port", who="admin", network_id=network["id"], project_id="red", **words)


async def row_of(api: NetworkApi, port: dict[str, Any]) -> dict[str, Any]:
    (row,) = [row for row in await api.ovn.northbound.rows("Logical_Switch_Port") if row["name"] == port["id"]]
    return row


async def options(api: NetworkApi, port: dict[str, Any]) -> dict[str, str]:
    return dict((await row_of(api, port))["options"][1])


async def bindings(api: NetworkApi, port: dict[str, Any], method: str, rest: str = "", body: Any = None) -> Answer:
    return await api.ask(method, f"/v2.0/ports/{port['id']}/bindings{rest}", body, who="admin")


async def test_port_moves_by_its_bindings(api: NetworkApi) -> None:
    port = await a_bound_port(api)
    wanted = {"binding": {"host": "host2", "profile": {"pci": 1}}}
    made = await bindings(api, port, "POST", body=wanted)
    while made.status == 400:  # the chassis is copied when OVN has told of it
        made = await bindings(api, port, "POST", body=wanted)
    assert made.status == 201
    assert (made.body["binding"]["status"], made.body["binding"]["vif_type"]) == ("INACTIVE", "ovs")
    assert await options(api, port) == {"requested-chassis": "host1,host2", "activation-strategy": "rarp"}
    listed = (await bindings(api, port, "GET")).body["bindings"]
    assert [(binding["host"], binding["status"]) for binding in listed] == [("host1", "ACTIVE"), ("host2", "INACTIVE")]
    found = (await bindings(api, port, "GET", "?host=host2&fields=profile")).body["bindings"]
    assert found == [{"profile": {"pci": 1}}]

    active = await bindings(api, port, "PUT", "/host2/activate")
    assert (active.status, active.body["host"], active.body["status"]) == (200, "host2", "ACTIVE")
    assert await options(api, port) == {"requested-chassis": "host2"}
    shown = await api.show("port", port["id"], who="admin")
    assert (shown["binding:host_id"], shown["binding:profile"]) == ("host2", {"pci": 1})
    left = (await bindings(api, port, "GET", "/host1")).body["binding"]
    assert (left["status"], left["vif_type"], left["vif_details"]) == ("INACTIVE", "unbound", {})

    assert (await bindings(api, port, "DELETE", "/host1")).status == 204
    assert (await bindings(api, port, "DELETE", "/host2")).status == 204
    assert (await api.show("port", port["id"], who="admin"))["binding:vif_type"] == "unbound"
    assert (await row_of(api, port))["options"] == ["map", []]


async def test_binding_elsewhere_ends_when_the_port_is_bound_there(api: NetworkApi) -> None:
    port = await a_bound_port(api)
    outside = {"binding": {"host": "nowhere", "vnic_type": "direct"}}
    assert (await bindings(api, port, "POST", body=outside)).status == 201
    await api.change("port", port["id"], who="admin", **{"binding:host_id": "nowhere"})
    listed = (await bindings(api, port, "GET")).body["bindings"]
    assert [(binding["host"], binding["status"]) for binding in listed] == [("nowhere", "ACTIVE")]


async def test_bad_bindings_are_refused_with_their_reason(api: NetworkApi) -> None:
    port = await a_bound_port(api)
    free = await a_bound_port(api, device_owner="")
    for status, kind, who, of, method, rest, binding in (
        (409, "PortBindingAlreadyExists", "admin", port, "POST", "", {"host": "host1"}),
        (400, "PortBindingError", "admin", port, "POST", "", {"host": "no-such-chassis"}),
        (400, "BadRequest", "admin", port, "POST", "", {"host": "a,b"}),
        (400, "BadRequest", "admin", port, "POST", "", {"host": "host2", "vnic_type": "smart-nic"}),
        (400, "BadRequest", "admin", free, "POST", "", {"host": "host2"}),
        (400, "InvalidInput", "admin", port, "PUT", "/host1", {"host": "host2"}),
        (404, "PortBindingNotFound", "admin", port, "PUT", "/host2", {"profile": {}}),
        (404, "PortBindingNotFound", "admin", port, "PUT", "/host2/activate", None),
        (409, "PortBindingAlreadyActive", "admin", port, "PUT", "/host1/activate", None),
        (404, "PortNotFound", "admin", {"id": str(uuid4())}, "GET", "", None),
        (404, "PortNotFound", "bob", port, "GET", "", None),
        (403, "Forbidden", "alice", port, "GET", "", None),
    ):
        body = None if binding is None else {"binding": binding}
        answer = await api.ask(method, f"/v2.0/ports/{of['id']}/bindings{rest}", body, who=who)
        assert answer.status == status, answer.body
        assert kind in (answer.error["type"], "Forbidden"), answer.body


async def test_external_port_has_its_group_and_loses_it_with_its_card(api: NetworkApi) -> None:
    port = await a_bound_port(api, **{"binding:vnic_type": "direct", "binding:host_id": "sriov-host"})
    row = await row_of(api, port)
    (group,) = await api.ovn.northbound.rows("HA_Chassis_Group")
    assert (row["type"], row["ha_chassis_group"]) == ("external", group["_uuid"])
    assert group["name"] == f"neutron-{port['network_id']}"
    assert (port["binding:vif_type"], port["binding:vif_details"]["port_filter"]) == ("hw_veb", False)
    await api.change("port", port["id"], who="admin", **{"binding:host_id": "", "binding:vnic_type": "normal"})
    assert (await row_of(api, port))["type"] == ""
    assert await api.ovn.northbound.rows("HA_Chassis_Group") == []
