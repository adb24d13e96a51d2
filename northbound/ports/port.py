"""A port as PostgreSQL holds it, and a port that is asked for."""

from datetime import datetime
from typing import Any

from msgspec import Struct

COMPUTE_OWNER = "compute:nova"
METADATA_OWNER = "network:distributed"
ROUTER_INTERFACE = "network:router_interface"
ROUTER_GATEWAY = "network:router_gateway"
FLOATING_IP_OWNER = "network:floatingip"
HEALTH_MONITOR_OWNER = "ovn-lb-hm:distributed"
NETWORK_OWNER_PREFIX = "network:"
"""Owners with this prefix are the cloud's own: their ports are trusted, so that only services may say so."""

MOST_PAIRS = 10


class FixedIp(Struct, frozen=True):
    subnet_id: str
    ip_address: str


class AddressPair(Struct, frozen=True):
    """An address (or CIDR) which the port may use beside its own; `mac_address` empty: the port's own."""

    mac_address: str
    ip_address: str


class DhcpOption(Struct, frozen=True):
    """`opt_value` None: the option is not sent to this port."""

    opt_name: str
    opt_value: str | None
    ip_version: int = 4


class Guarantee(Struct, frozen=True):
    """Bandwidth that a port's QoS policy guarantees to what it sends, on the physical network under it."""

    min_kbps: int
    physical_network: str


class Port(Struct, frozen=True, kw_only=True):
    """`fixed_ips` are in the tenant's order; `security_groups` are ids. `host` is empty while unbound. `gateway_host`: where a
    router's gateway was last seen to be served, None for any other port."""

    id: str
    network_id: str
    project_id: str
    name: str
    description: str
    mac_address: str
    admin_state_up: bool
    device_id: str
    device_owner: str
    port_security_enabled: bool
    fixed_ips: list[FixedIp] = []
    security_groups: list[str] = []
    allowed_address_pairs: list[AddressPair] = []
    extra_dhcp_opts: list[DhcpOption] = []
    host: str = ""
    vnic_type: str = "normal"
    profile: dict[str, Any] = {}
    dns_name: str = ""
    dns_domain: str = ""
    network_dns_domain: str = ""
    propagate_uplink_status: bool = True
    numa_affinity_policy: str | None = None
    hints: dict[str, Any] | None = None
    ip_allocation: str = "immediate"
    qos_policy_id: str | None = None
    qos_network_policy_id: str | None = None
    guarantee: Guarantee | None = None
    gateway_host: str | None = None
    status: str = "DOWN"
    network_project_id: str = ""
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def trusted(self) -> bool:
        """The cloud's own port: neither filtered nor bound to its addresses."""
        return self.device_owner.startswith(NETWORK_OWNER_PREFIX) or self.device_owner == HEALTH_MONITOR_OWNER

    @property
    def effective_qos_policy_id(self) -> str | None:
        """Its own policy, else its network's, which the cloud's own ports do not follow."""
        return self.qos_policy_id or (None if self.trusted else self.qos_network_policy_id)


class AddressRequest(Struct, frozen=True):
    """An address that is asked for: any of a subnet, a certain one of whichever subnet has it, or both named."""

    subnet_id: str | None = None
    ip_address: str | None = None


class PortDraft(Struct, frozen=True, kw_only=True):
    """A port that is asked for.

    `mac_address` None: one is made up. `fixed_ips` None: one IPv4 address of the network's subnets, if it has any (and
    an IPv6 one likewise). `security_groups` None: the project's default group, unless the port is trusted or without
    port security. `port_security_enabled` None: as the network says. `host`: bind it there at once.
    """

    network_id: str
    name: str = ""
    description: str = ""
    mac_address: str | None = None
    admin_state_up: bool = True
    device_id: str = ""
    device_owner: str = ""
    port_security_enabled: bool | None = None
    fixed_ips: list[AddressRequest] | None = None
    security_groups: list[str] | None = None
    allowed_address_pairs: list[AddressPair] = []
    extra_dhcp_opts: list[DhcpOption] = []
    host: str = ""
    vnic_type: str = "normal"
    profile: dict[str, Any] = {}
    dns_name: str = ""
    dns_domain: str = ""
    propagate_uplink_status: bool = True
    numa_affinity_policy: str | None = None
    hints: dict[str, Any] | None = None
    qos_policy_id: str | None = None
    tags: list[str] = []
    id: str | None = None
