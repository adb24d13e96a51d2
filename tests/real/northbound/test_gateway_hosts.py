"""A gateway port says where it is served: what the southbound database shows, whoever moved it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.lab.daemons.waiting import until
from southbound import names
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.course import Course, lay_out
from tests.real.northbound.hypervisors import add_hypervisor, remove_hypervisors

pytestmark = pytest.mark.real
HOSTS = ("h1", "h2")


@pytest.fixture(autouse=True)
async def clean(ovn: Ovn) -> AsyncIterator[None]:
    yield
    await remove_hypervisors(ovn)


async def gateway_of(api: NetworkApi, course: Course) -> dict[str, Any]:
    path = f"ports?device_id={course.router['id']}&device_owner=network:router_gateway"
    (gateway,) = await api.find(path, who="admin")
    return gateway


async def claim(ovn: Ovn, port_id: str, host: str) -> None:
    """What ovn-controller does on the chassis that serves a gateway."""
    redirect = names.chassis_redirect_name(port_id)
    await ovn.wait_rows("SB", "Port_Binding", 1, logical_port=redirect)
    (chassis,) = await ovn.wait_rows("SB", "Chassis", 1, name=host)
    await ovn.sbctl("set", "Port_Binding", redirect, f"chassis={chassis['_uuid'][1]}")


async def shows(api: NetworkApi, port_id: str, host: str) -> None:
    async def is_shown() -> bool:
        return (await api.show("port", port_id, who="admin"))["binding:host_id"] == host

    await until(is_shown, 5)


async def test_gateway_port_shows_the_host_that_serves_it(api: NetworkApi) -> None:
    for name in HOSTS:
        await add_hypervisor(api, name, options="enable-chassis-as-gw")
    course = await lay_out(api)
    gateway = await gateway_of(api, course)
    assert (gateway["binding:host_id"], gateway["binding:vif_type"]) == ("", "unbound")
    revision = gateway["revision_number"]
    for name in HOSTS:
        await claim(api.ovn, gateway["id"], name)
        await shows(api, gateway["id"], f"host-{name}")
    (found,) = await api.find("ports?binding:host_id=host-h2", who="admin")
    assert (found["id"], found["binding:vif_type"]) == (gateway["id"], "ovs")
    assert found["revision_number"] == revision, "what is observed is nobody's change"
    assert await api.find("ports?binding:host_id=host-h1", who="admin") == []
    await api.ovn.sbctl("set", "Chassis", "h2", "hostname=renamed")
    await shows(api, gateway["id"], "renamed")
    await api.ovn.sbctl("chassis-del", "h2")
    await shows(api, gateway["id"], "")


async def test_host_of_a_gateway_is_nobodys_binding(api: NetworkApi) -> None:
    await add_hypervisor(api, "h1", options="enable-chassis-as-gw")
    course = await lay_out(api)
    gateway = await gateway_of(api, course)
    await claim(api.ovn, gateway["id"], "h1")
    await shows(api, gateway["id"], "host-h1")
    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=gateway["id"])
    assert "requested-chassis" not in dict(row["options"][1])
    hidden = await api.find(f"ports?device_id={course.router['id']}", who="alice")
    assert not [port for port in hidden if "binding:host_id" in port], "a tenant is told no host"
    await api.change("router", course.router["id"], external_gateway_info=None)
    assert await api.find("ports?binding:host_id=host-h1", who="admin") == []
