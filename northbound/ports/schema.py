"""The bodies of the ports API, and how a port is shown."""

import ipaddress
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from msgspec import UNSET, Meta, UnsetType, field

from northbound.dns.names import DnsName, assign
from northbound.envelope import time_text
from northbound.ports.bandwidth import resource_request
from northbound.ports.port import MOST_PAIRS, Port
from northbound.ports.traits import NumaPolicy, WantedHints
from northbound.ports.vnic import VnicType, vif_details, vif_type
from northbound.projects import Owned
from northbound.trunks.membership import Parent
from runtime.attributes import (
    Body,
    Cidr,
    Description,
    DnsDomain,
    IpAddress,
    Mac,
    Name,
    Scalar,
    Tag,
    Uuid,
    at_most,
    restricted,
)


class AddressOrCidr(Scalar):
    """An address, or a range of them that is not every address."""

    @classmethod
    def parse(cls, text: str) -> Self:
        if "/" not in text:
            return cls(IpAddress.parse(text))
        cidr = Cidr.parse(text)
        if ipaddress.ip_network(cidr).prefixlen == 0:
            raise ValueError(f"'{text[:64]}' is every address")
        return cls(cidr)


class AddressBody(Body):
    subnet_id: Uuid | None = None
    ip_address: IpAddress | None = None


class PairBody(Body):
    ip_address: AddressOrCidr
    mac_address: Mac | None = None


class OptionBody(Body):
    opt_name: Annotated[str, Meta(min_length=1, max_length=64)]
    opt_value: Annotated[str, Meta(max_length=255)] | None = None
    ip_version: Literal[4, 6, "4", "6"] = 4


MAC = restricted("network:set_port:mac_address")
PAIRS = restricted("network:set_port:allowed_address_pairs")
SECURED = restricted("network:set_port:port_security_enabled")
BINDING = restricted("network:set_port:binding")
Addresses = Annotated[list[AddressBody], Meta(max_length=32)]
Pairs = Annotated[list[PairBody], at_most(MOST_PAIRS), PAIRS]
Groups = Annotated[list[Uuid], Meta(max_length=32)]
Options = Annotated[list[OptionBody], Meta(max_length=20)]
HostName = Annotated[str, Meta(max_length=255, pattern=r"^[A-Za-z0-9_.-]*\Z"), BINDING]
Profile = Annotated[dict[str, Any], Meta(max_length=32), BINDING]


class PortBody(Owned, kw_only=True):
    network_id: Uuid
    name: Name = ""
    description: Description = ""
    admin_state_up: bool = True
    mac_address: Annotated[Mac, MAC] | UnsetType = UNSET
    fixed_ips: Addresses | UnsetType = UNSET
    device_id: Name = ""
    device_owner: Name = ""
    security_groups: Groups | None | UnsetType = UNSET
    allowed_address_pairs: Pairs | UnsetType = UNSET
    port_security_enabled: Annotated[bool, SECURED] | UnsetType = UNSET
    extra_dhcp_opts: Options | None = None
    host_id: HostName | None | UnsetType = field(name="binding:host_id", default=UNSET)
    vnic_type: VnicType = field(name="binding:vnic_type", default="normal")
    profile: Profile | None | UnsetType = field(name="binding:profile", default=UNSET)
    dns_name: DnsName | UnsetType = UNSET
    dns_domain: DnsDomain | UnsetType = UNSET
    propagate_uplink_status: bool | UnsetType = UNSET
    numa_affinity_policy: NumaPolicy | None | UnsetType = UNSET
    hints: WantedHints | None | UnsetType = UNSET
    qos_policy_id: Uuid | None | UnsetType = UNSET
    tags: Annotated[list[Tag], Meta(max_length=50)] = []


class CreatePort(Body):
    port: PortBody | UnsetType = UNSET
    ports: list[PortBody] | UnsetType = UNSET


class PortChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    mac_address: Annotated[Mac, MAC] | None | UnsetType = UNSET
    fixed_ips: Addresses | UnsetType = UNSET
    device_id: Name | UnsetType = UNSET
    device_owner: Name | UnsetType = UNSET
    security_groups: Groups | None | UnsetType = UNSET
    allowed_address_pairs: Pairs | UnsetType = UNSET
    port_security_enabled: Annotated[bool, SECURED] | UnsetType = UNSET
    extra_dhcp_opts: Options | None | UnsetType = UNSET
    host_id: HostName | None | UnsetType = field(name="binding:host_id", default=UNSET)
    vnic_type: VnicType | UnsetType = field(name="binding:vnic_type", default=UNSET)
    profile: Profile | None | UnsetType = field(name="binding:profile", default=UNSET)
    dns_name: DnsName | UnsetType = UNSET
    dns_domain: DnsDomain | UnsetType = UNSET
    propagate_uplink_status: bool | UnsetType = UNSET
    numa_affinity_policy: NumaPolicy | None | UnsetType = UNSET
    hints: WantedHints | None | UnsetType = UNSET
    qos_policy_id: Uuid | None | UnsetType = UNSET


class UpdatePort(Body):
    port: PortChanges


def render_port(
    port: Port, *, binding: bool, trunk: Mapping[str, Any] | None = None, parent: Parent | None = None
) -> dict[str, Any]:
    """`binding`: whether the caller may see where the port is bound; a subport is where its parent is."""
    shown: dict[str, Any] = {
        "id": port.id,
        "name": port.name,
        "description": port.description,
        "network_id": port.network_id,
        "project_id": port.project_id,
        "tenant_id": port.project_id,
        "mac_address": port.mac_address,
        "admin_state_up": port.admin_state_up,
        "status": port.status,
        "device_id": port.device_id,
        "device_owner": port.device_owner,
        "fixed_ips": port.fixed_ips,
        "ip_allocation": port.ip_allocation,
        "security_groups": port.security_groups,
        "allowed_address_pairs": port.allowed_address_pairs,
        "port_security_enabled": port.port_security_enabled,
        "extra_dhcp_opts": port.extra_dhcp_opts,
        "dns_name": port.dns_name,
        "dns_domain": port.dns_domain,
        "dns_assignment": assign(
            [fixed.ip_address for fixed in port.fixed_ips],
            port.dns_name,
            [port.dns_domain, port.network_dns_domain],
        ),
        "propagate_uplink_status": port.propagate_uplink_status,
        "numa_affinity_policy": port.numa_affinity_policy,
        "qos_policy_id": port.qos_policy_id,
        "qos_network_policy_id": port.qos_network_policy_id,
        "binding:vnic_type": port.vnic_type,
        "tags": port.tags,
        "revision_number": port.revision_number,
        "created_at": time_text(port.created_at),
        "updated_at": time_text(port.updated_at),
    }
    if trunk is not None:
        shown["trunk_details"] = trunk
    if binding:
        host = parent.host if parent else port.gateway_host or port.host
        place = {"parent_name": parent.parent_id, "tag": parent.tag} if parent else {}
        shown["binding:host_id"] = host
        shown["binding:profile"] = port.profile | place
        shown["binding:vif_type"] = vif_type(port.vnic_type, port.profile, host)
        shown["binding:vif_details"] = vif_details(port.vnic_type, port.profile, host)
        shown["hints"] = port.hints
        shown["resource_request"] = resource_request(port)
    return shown
