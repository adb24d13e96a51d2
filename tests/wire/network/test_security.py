"""Sharing, address groups and QoS through openstacksdk and the openstack command."""

import asyncio

import pytest
from openstack.connection import Connection
from openstack.exceptions import ConflictException

from tests.wire.network.conftest import Client

pytestmark = pytest.mark.real


async def test_sdk_shares_names_and_limits(sdk: Connection) -> None:
    def use() -> None:
        network = sdk.network
        group = network.create_security_group(name="web")
        shared = network.create_rbac_policy(
            object_type="security_group", object_id=group.id, action="access_as_shared", target_project_id="*"
        )
        assert network.get_security_group(group.id).is_shared
        assert [found.id for found in network.rbac_policies(object_id=group.id)] == [shared.id]
        network.delete_rbac_policy(shared)

        addresses = network.create_address_group(name="mirrors", addresses=["10.0.0.0/24"])
        assert network.add_addresses_to_address_group(addresses, ["10.1.0.0/24"]).addresses == [
            *("10.0.0.0/24", "10.1.0.0/24"),
        ]
        rule = network.create_security_group_rule(
            security_group_id=group.id, direction="ingress", remote_address_group_id=addresses.id
        )
        assert rule.remote_address_group_id == addresses.id
        with pytest.raises(ConflictException):
            network.delete_address_group(addresses)
        assert len(list(network.default_security_group_rules(used_in_default_sg=True))) == 4

        policy = network.create_qos_policy(name="slow")
        limit = network.create_qos_bandwidth_limit_rule(policy, max_kbps=3000, max_burst_kbps=300)
        mark = network.create_qos_dscp_marking_rule(policy, dscp_mark=26)
        network.create_qos_minimum_bandwidth_rule(policy, min_kbps=1000)
        assert network.update_qos_bandwidth_limit_rule(limit, policy, max_kbps=4000).max_kbps == 4000
        assert network.get_qos_dscp_marking_rule(mark.id, policy).dscp_mark == 26
        assert {found.type for found in network.qos_rule_types()} >= {"bandwidth_limit", "dscp_marking"}
        assert network.get_qos_rule_type("bandwidth_limit").drivers[0]["name"] == "ovn"
        followed = network.create_network(name="limited", qos_policy_id=policy.id)
        assert network.create_port(network_id=followed.id).qos_network_policy_id == policy.id

    await asyncio.to_thread(use)


async def test_openstack_command_shares_a_policy_and_names_addresses(client: Client) -> None:
    await client("network", "qos", "policy", "create", "slow")
    limit = ("--type", "bandwidth-limit", "--max-kbps", "3000", "--egress", "slow")
    assert (await client("network", "qos", "rule", "create", *limit))["max_kbps"] == 3000
    grant = ("--type", "qos_policy", "--action", "access_as_shared", "--target-all-projects", "slow")
    assert (await client("network", "rbac", "create", *grant))["target_project_id"] == "*"
    await client("address", "group", "create", "--address", "10.0.0.0/24", "mirrors")
    assert (await client("address", "group", "show", "mirrors"))["addresses"] == ["10.0.0.0/24"]
