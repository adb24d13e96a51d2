"""What can be wrong with a port, in Neutron's types and words."""

from runtime.errors import BadRequest, Conflict, NotFound


class PortNotFound(NotFound):
    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port {port_id} could not be found.")


class MacAddressInUse(Conflict):
    def __init__(self, network_id: str, mac: str) -> None:
        super().__init__(
            f"Unable to complete operation for network {network_id}. The mac address {mac} is in use (mac_address)."
        )


class IpAddressInUse(Conflict):
    def __init__(self, network_id: str, ip: str) -> None:
        super().__init__(
            f"Unable to complete operation for network {network_id}. The IP address {ip} is in use (fixed_ips)."
        )


class IpAddressGenerationFailure(Conflict):
    def __init__(self, network_id: str) -> None:
        super().__init__(f"No more IP addresses available on network {network_id}.")


class InvalidIpForSubnet(BadRequest):
    def __init__(self, ip: str) -> None:
        super().__init__(f"IP address {ip} is not a valid IP for the specified subnet (fixed_ips).")


class InvalidIpForNetwork(BadRequest):
    def __init__(self, ip: str) -> None:
        super().__init__(
            f"IP address {ip} is not a valid IP for any of the subnets on the specified network (fixed_ips)."
        )


class AutonomousSubnet(BadRequest):
    kind = "AllocationOnAutoAddressSubnet"

    def __init__(self, ip: str, subnet_id: str) -> None:
        super().__init__(
            f"IPv6 address {ip} can not be directly assigned to a port on subnet {subnet_id} as the subnet is"
            " configured for automatic addresses (fixed_ips)."
        )


class PortSecurityPortHasSecurityGroup(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Port has security group associated. Cannot disable port security or IP address until security group is"
            " removed (port_security_enabled)."
        )


class PortSecurityAndIPRequiredForSecurityGroups(Conflict):
    def __init__(self) -> None:
        super().__init__("Port security must be enabled in order to have security groups on a port (security_groups).")


class AddressPairAndPortSecurityRequired(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Port Security must be enabled in order to have allowed address pairs on a port (allowed_address_pairs)."
        )


class ServicePortInUse(Conflict):
    def __init__(self, port_id: str, owner: str) -> None:
        super().__init__(f"Port {port_id} cannot be deleted directly via the port API: has device owner {owner}.")


class PortHoldsVip(Conflict):
    kind = "PortInUse"

    def __init__(self, port_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on port {port_id}: it holds the VIP of a load balancer, which must be deleted"
            " first."
        )


class PortBound(Conflict):
    kind = "PortBoundByServer"

    def __init__(self, port_id: str, attribute: str) -> None:
        super().__init__(f"Port {port_id} is attached to a server: {attribute} cannot be changed until it is detached.")


class DeviceIDNotOwnedByTenant(Conflict):
    def __init__(self, device_id: str) -> None:
        super().__init__(
            f"The following device_id {device_id} is not owned by your tenant or matches another tenants router."
        )


class PortManaged(Conflict):
    kind = "ServicePortInUse"

    def __init__(self, port_id: str, owner: str, attribute: str) -> None:
        super().__init__(f"Port {port_id} belongs to {owner}: {attribute} cannot be changed through the ports API.")


class AllowedAddressPairExhausted(BadRequest):
    def __init__(self, quota: int) -> None:
        super().__init__(f"The number of allowed address pair exceeds the maximum {quota} (allowed_address_pairs).")


class DuplicateAddressPairInRequest(BadRequest):
    def __init__(self, ip: str) -> None:
        super().__init__(f"Request contains duplicate address pair {ip} (allowed_address_pairs).")


class HostNotConnectedToAnySegment(Conflict):
    def __init__(self, host: str, network_id: str) -> None:
        super().__init__(f"Host {host} is not connected to any segments on routed provider network '{network_id}'.")


class HostConnectedToMultipleSegments(Conflict):
    def __init__(self, host: str, network_id: str) -> None:
        super().__init__(
            f"Host {host} is connected to multiple segments on routed provider network '{network_id}'. It should be"
            " connected to one."
        )


class HostNotCompatibleWithFixedIps(Conflict):
    def __init__(self, host: str, port_id: str) -> None:
        super().__init__(
            f"Host {host} is not connected to a segment where the existing fixed_ips on port {port_id} will function"
            " given the routed network topology."
        )
