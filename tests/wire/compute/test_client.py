"""The course's compute commands, typed by the official client against a whole control process."""

import asyncio
import json
from collections.abc import AsyncIterator

import openstack
import pytest
from openstack.connection import Connection

from deploy.lab.daemons.programs import run
from runtime.database import DatabaseSettings
from tests.daemons.identity import ADMIN_PASSWORD
from tests.daemons.ovn import Ovn
from tests.daemons.sandbox import sandbox
from tests.wire.compute.whole import WholeCloud, running_cloud

pytestmark = pytest.mark.real


@pytest.fixture
async def whole_cloud(database_settings: DatabaseSettings, ovn: Ovn) -> AsyncIterator[WholeCloud]:
    with sandbox("whole") as directory:
        async with running_cloud(database_settings, ovn, directory) as cloud:
            yield cloud


async def furnish(cloud: WholeCloud) -> None:
    """An image, a network with a subnet, a flavor and a key, as the course makes them."""
    image, key = cloud.directory / "disk.qcow2", cloud.directory / "key"
    await run(["qemu-img", "create", "-q", "-f", "qcow2", str(image), "16M"])
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
    await asyncio.gather(
        cloud.openstack(
            *("image", "create", "--file", str(image), "--disk-format", "qcow2", "--container-format", "bare"),
            *("--public", "--property", "architecture=x86_64", "--property", "hypervisor_type=qemu", "cirros"),
        ),
        _make_network(cloud),
        _make_flavor(cloud),
        cloud.openstack("keypair", "create", "--public-key", f"{key}.pub", "mykey"),
    )


async def _make_network(cloud: WholeCloud) -> None:
    await cloud.openstack("network", "create", "mynetwork")
    await cloud.openstack("subnet", "create", "--network", "mynetwork", "--subnet-range", "10.50.0.1/16", "mysubnet1")


async def _make_flavor(cloud: WholeCloud) -> None:
    await cloud.openstack("flavor", "create", "--vcpus", "1", "--ram", "128", "--disk", "1", "m1.nano")
    await cloud.openstack("flavor", "set", "--property", "capabilities:hypervisor_type=QEMU", "m1.nano")


@pytest.mark.timeout(600)
async def test_course_of_servers_is_played_by_the_client(whole_cloud: WholeCloud) -> None:
    cloud, made = whole_cloud, ("--flavor", "m1.nano", "--image", "cirros", "--key-name", "mykey", "--wait")
    await furnish(cloud)
    await cloud.openstack("server", "create", *made, "--network", "mynetwork", "myvm")
    assert await cloud.value("status", "server", "show", "myvm") == "ACTIVE"
    await cloud.openstack("port", "create", "--network", "mynetwork", "--fixed-ip", "subnet=mysubnet1", "myport")
    await cloud.openstack("server", "add", "port", "myvm", "myport")
    port = await cloud.value("id", "port", "create", "--network", "mynetwork", "webport")
    await cloud.openstack("server", "create", *made, "--port", port, "web")
    listed = json.loads((await cloud.openstack("server", "list", "-f", "json")).out)
    assert sorted((server["Name"], server["Status"], server["Image"], server["Flavor"]) for server in listed) == [
        ("myvm", "ACTIVE", "cirros", "m1.nano"),
        ("web", "ACTIVE", "cirros", "m1.nano"),
    ]
    assert sorted(len(server["Networks"]["mynetwork"]) for server in listed) == [1, 2]
    await cloud.openstack("server", "stop", "web")
    await until_status(cloud, "web", "SHUTOFF")
    await cloud.openstack("server", "start", "web")
    await until_status(cloud, "web", "ACTIVE")
    await cloud.openstack("server", "reboot", "--wait", "web")
    events = json.loads((await cloud.openstack("server", "event", "list", "web", "-f", "json")).out)
    assert [event["Action"] for event in events] == ["reboot", "start", "stop", "create"]
    shown = await cloud.openstack("server", "event", "show", "web", events[-1]["Request ID"], "-f", "json")
    assert [event["result"] for event in json.loads(shown.out)["events"]] == ["Success", "Success"]
    await cloud.openstack("server", "remove", "port", "myvm", "myport")
    await cloud.openstack("server", "delete", "--wait", "myvm", "web")
    assert (await cloud.openstack("server", "list", "-f", "value")).out == ""
    assert await cloud.value("device_id", "port", "show", "webport") == ""
    assert {str(told.id) for told in cloud.agent.told} == {server["ID"] for server in listed}


async def until_status(cloud: WholeCloud, name: str, status: str) -> None:
    async with asyncio.timeout(60):
        while await cloud.value("status", "server", "show", name) != status:
            pass


async def test_client_shows_a_hypervisor(whole_cloud: WholeCloud) -> None:
    shown = await whole_cloud.openstack("hypervisor", "show", "host1", "-f", "json")
    assert json.loads(shown.out)["state"] == "up"


@pytest.fixture
async def sdk(whole_cloud: WholeCloud) -> Connection:
    """openstacksdk, which blocks: call it in a thread."""
    return await asyncio.to_thread(
        openstack.connect,
        auth_url=f"{whole_cloud.url}/identity",
        username="admin",
        password=ADMIN_PASSWORD,
        project_name="admin",
        user_domain_name="Default",
        project_domain_name="Default",
        region_name="RegionOne",
    )


async def test_sdk_shows_what_operators_ask(sdk: Connection) -> None:
    def ask() -> None:
        (hypervisor,) = sdk.compute.hypervisors(details=True)
        assert (hypervisor.name, hypervisor.state, hypervisor.hypervisor_type) == ("host1", "up", "QEMU")
        assert sdk.compute.get_hypervisor(hypervisor).name == "host1"
        (service,) = sdk.compute.services()
        assert (service.binary, service.host, service.state) == ("nova-compute", "host1", "up")
        assert [zone.name for zone in sdk.compute.availability_zones(details=True)] == ["nova"]
        limits = sdk.compute.get_limits().absolute
        assert (limits.instances, limits.instances_used) == (10, 0)
        assert sdk.compute.get_quota_set(sdk.current_project_id).cores == 20
        sdk.compute.update_quota_set(sdk.current_project_id, cores=40)
        assert sdk.compute.get_quota_set(sdk.current_project_id, usage=True).cores == 40
        sdk.compute.revert_quota_set(sdk.current_project_id)
        assert sdk.compute.get_quota_set(sdk.current_project_id).cores == 20

    await asyncio.to_thread(ask)


async def test_sdk_changes_flavors_and_keypairs(sdk: Connection) -> None:
    def change() -> None:
        flavor = sdk.compute.create_flavor(name="f", ram=64, vcpus=1, disk=1, id="7", is_public=False)
        sdk.compute.create_flavor_extra_specs(flavor, {"a": "b", "c": "d"})
        sdk.compute.delete_flavor_extra_specs_property(flavor, "a")
        sdk.compute.update_flavor("7", description="words")
        shown = sdk.compute.find_flavor("f")
        assert (shown.id, shown.extra_specs, shown.description, shown.is_public) == ("7", {"c": "d"}, "words", False)
        sdk.compute.flavor_add_tenant_access(flavor, "somebody")
        assert [access["tenant_id"] for access in sdk.compute.get_flavor_access(flavor)] == ["somebody"]
        sdk.compute.flavor_remove_tenant_access(flavor, "somebody")
        sdk.compute.delete_flavor(flavor)
        assert list(sdk.compute.flavors()) == []
        made = sdk.compute.create_keypair(name="made")
        assert made.private_key.startswith("-----BEGIN RSA PRIVATE KEY-----")
        assert [keypair.name for keypair in sdk.compute.keypairs()] == ["made"]
        shown = sdk.compute.find_keypair("made")
        assert (shown.fingerprint, shown.private_key) == (made.fingerprint, None)
        sdk.compute.delete_keypair("made")

    await asyncio.to_thread(change)
