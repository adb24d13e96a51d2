"""What openstacksdk's functional tests expect to find in a cloud: an image, a flavor, a way out, pools to cut subnets from.

Made for the run and removed after it; what was there before stays as it was.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import openstack
from openstack.connection import Connection

OUTSIDE, POOL = "198.18.0.0/24", "10.200.0.0/16"
CLOUDS = ("DEMO_CLOUD", "DEMO_CLOUD_ALT", "OPERATOR_CLOUD", "SYSTEM_ADMIN_CLOUD")


@contextmanager
def prepared_cloud(image_file: str, physical_network: str) -> Iterator[None]:
    """The cloud of OS_CLOUD (an administrator) with what the tests need, and the environment that tells them so."""
    name = f"conformance-{uuid.uuid4().hex[:8]}"
    with openstack.connect() as cloud, ExitStack() as made:
        flavor = cloud.compute.create_flavor(name=name, vcpus=1, ram=96, disk=1)
        made.callback(cloud.compute.delete_flavor, flavor)
        image = cloud.create_image(name, filename=image_file, disk_format="qcow2", container_format="bare", wait=True)
        made.callback(cloud.image.delete_image, image)
        _make_outside(cloud, name, physical_network, made)
        _make_pool(cloud, name, made)
        _make_demo(cloud, made)
        made.callback(_remove_renamed, cloud)
        os.environ |= {f"OPENSTACKSDK_{key}": os.environ["OS_CLOUD"] for key in CLOUDS}
        os.environ |= {"OPENSTACKSDK_FLAVOR": name, "OPENSTACKSDK_IMAGE": name, "OPENSTACKSDK_FUNC_TEST_TIMEOUT": "60"}
        yield


def _make_outside(cloud: Connection, name: str, physical_network: str, made: ExitStack) -> None:
    """The default external network, unless there is one."""
    if any(network.is_default for network in cloud.network.networks(is_router_external=True)):
        return
    network = cloud.network.create_network(
        name=name,
        is_router_external=True,
        is_default=True,
        provider_network_type="flat",
        provider_physical_network=physical_network,
    )
    made.callback(cloud.network.delete_network, network)
    cloud.network.create_subnet(name=name, network_id=network.id, ip_version=4, cidr=OUTSIDE, is_dhcp_enabled=False)


def _make_pool(cloud: Connection, name: str, made: ExitStack) -> None:
    """The default subnet pool of IPv4, unless there is one."""
    if any(pool.is_default and pool.ip_version == 4 for pool in cloud.network.subnet_pools()):
        return
    pool = cloud.network.create_subnet_pool(
        name=name, prefixes=[POOL], default_prefix_length=24, is_default=True, is_shared=True
    )
    made.callback(cloud.network.delete_subnet_pool, pool)


def _make_demo(cloud: Connection, made: ExitStack) -> None:
    """The project and the user that some tests call by this name, unless they are there."""
    if cloud.identity.find_project("demo") is not None:
        return
    project, user = cloud.identity.create_project(name="demo"), cloud.identity.create_user(name="demo")
    made.callback(cloud.identity.delete_project, project)
    made.callback(cloud.identity.delete_user, user)
    cloud.identity.assign_project_role_to_user(project, user, cloud.identity.find_role("member"))


def _remove_renamed(cloud: Connection) -> None:
    """The domain that a test renames twice and then no longer finds."""
    for name in ("updated name", "updated name 2"):
        if (domain := cloud.identity.find_domain(name)) is not None:
            cloud.identity.update_domain(domain, is_enabled=False)
            cloud.identity.delete_domain(domain)
