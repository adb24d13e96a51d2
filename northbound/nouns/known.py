"""Every noun there is: a slice adds its line here, and the API serves it."""

from typing import Any

from northbound.address_groups.noun import ADDRESS_GROUP
from northbound.address_scopes.noun import ADDRESS_SCOPE
from northbound.default_security_group_rules.noun import DEFAULT_SECURITY_GROUP_RULE
from northbound.logs.noun import LOG
from northbound.nouns.noun import Noun
from northbound.qos_policies.noun import QOS_POLICY
from northbound.rbac_policies.noun import RBAC_POLICY
from northbound.segments.noun import SEGMENT
from northbound.subnet_pools.noun import SUBNET_POOL
from northbound.trunks.noun import TRUNK

NOUNS: tuple[Noun[Any], ...] = (
    ADDRESS_SCOPE,
    ADDRESS_GROUP,
    DEFAULT_SECURITY_GROUP_RULE,
    LOG,
    QOS_POLICY,
    RBAC_POLICY,
    SEGMENT,
    SUBNET_POOL,
    TRUNK,
)
