"""Every kind of resource that can be shared: a slice adds its line here, and RBAC policies accept it."""

from northbound.address_groups.noun import ADDRESS_GROUP_SHARING
from northbound.address_scopes.noun import ADDRESS_SCOPE_SHARING
from northbound.networks.sharing import NETWORK
from northbound.qos_policies.noun import QOS_POLICY_SHARING
from northbound.security_groups.sharing import SECURITY_GROUP
from northbound.sharing.shareable import Shareable
from northbound.subnet_pools.store import SUBNET_POOL_SHARING

KINDS: dict[str, Shareable] = {
    shareable.kind: shareable
    for shareable in (
        ADDRESS_GROUP_SHARING,
        ADDRESS_SCOPE_SHARING,
        NETWORK,
        QOS_POLICY_SHARING,
        SECURITY_GROUP,
        SUBNET_POOL_SHARING,
    )
}
