"""The rows that a security group is in OVN."""

from northbound.security_groups.group import Group
from northbound.security_groups.plan import plan_group
from southbound.names import port_group_uuid
from tests.unit.northbound.security_group_rules.factories import GROUP, PROJECT, a_rule, rows_of

SSH = a_rule(protocol="tcp", port_range_min=22, port_range_max=22)


def a_group(**changes: object) -> Group:
    return Group(**{"id": GROUP, "project_id": PROJECT, "name": "web", **changes})


def test_group_is_a_port_group_and_each_rule_an_acl_in_it() -> None:
    (port_group,), (acl,) = plan_group(a_group(rules=[SSH])), rows_of(SSH)
    assert (port_group.table, port_group.uuid) == ("Port_Group", port_group_uuid(GROUP))
    assert port_group.columns == {
        "name": "pg_11111111_1111_4111_8111_111111111111",
        "external_ids": {"neutron:security_group_id": GROUP},
    }
    assert (acl.table, acl.uuid) == ("ACL", SSH.id)
    assert acl.inside == ("Port_Group", port_group.uuid, "acls")
    assert acl.columns == {
        "direction": "to-lport",
        "priority": 1002,
        "action": "allow-related",
        "match": "outport == @pg_11111111_1111_4111_8111_111111111111 && ip4 && tcp && tcp.dst == 22",
        "log": False,
        "name": None,
        "severity": None,
        "meter": None,
        "label": 0,
        "options": {"log-related": None},
        "external_ids": {"neutron:security_group_rule_id": SSH.id},
    }
    assert (port_group.owner, acl.owner) == (f"security_group/{GROUP}", f"security_group_rule/{SSH.id}")


def test_group_without_state_permits_without_conntrack() -> None:
    assert rows_of(SSH, stateful=False)[0].columns["action"] == "allow-stateless"


def test_address_pairs_of_the_members_are_in_sets_that_rules_name_as_long_as_there_are_any() -> None:
    _, four, six = plan_group(a_group(pairs=["10.0.0.100", "10.0.1.0/24", "fd00::7"]))
    assert [row.columns["addresses"] for row in (four, six)] == [["10.0.0.100", "10.0.1.0/24"], ["fd00::7"]]
    remote = a_rule(remote_group_id=GROUP)
    (plain,), (with_pairs,) = rows_of(remote), rows_of(remote, with_pairs=True)
    members = "$pg_11111111_1111_4111_8111_111111111111_ip4"
    assert plain.columns["match"].endswith(f"ip4.src == {members}")
    assert with_pairs.columns["match"].endswith(f"ip4.src == {{{members}, ${four.columns['name']}}}")


def test_equal_rules_keep_an_acl_each() -> None:
    twin = a_rule(rule_id="44444444-4444-4444-8444-444444444444", protocol="tcp", port_range_min=22, port_range_max=22)
    assert len({acl.uuid for acl in rows_of(SSH, twin)}) == 2


def test_threat_n13_names_of_a_group_never_reach_its_rows() -> None:
    hostile = plan_group(a_group(name='"; drop | $as {}', description="' || 1"))
    assert [(row.columns) for row in hostile] == [row.columns for row in plan_group(a_group())]
