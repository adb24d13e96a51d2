"""What can be wrong with a security group rule. Class names are the stable types that clients know."""

from northbound.security_group_rules.protocols import NUMBERS
from runtime.errors import BadRequest, Conflict, NotFound


class SecurityGroupRuleNotFound(NotFound):
    def __init__(self, rule_id: str) -> None:
        super().__init__(f"Security group rule {rule_id} does not exist.")


class SecurityGroupRuleExists(Conflict):
    def __init__(self, rule_id: str) -> None:
        super().__init__(f"Security group rule already exists. Rule id is {rule_id}.")


class DuplicateSecurityGroupRuleInPost(Conflict):
    def __init__(self) -> None:
        super().__init__("Duplicate Security Group Rule in POST.")


class SecurityGroupNotSingleGroupRules(BadRequest):
    def __init__(self) -> None:
        super().__init__("Only allowed to update rules for one security profile at a time")


class SecurityGroupRuleInvalidProtocol(BadRequest):
    def __init__(self, protocol: object) -> None:
        super().__init__(
            f"Security group rule protocol {str(protocol)[:64]} not supported. Only protocol values "
            f"[None, {', '.join(NUMBERS)}] and integer representations [0 to 255] are supported."
        )


class SecurityGroupRuleInvalidEtherType(BadRequest):
    def __init__(self, ethertype: str) -> None:
        super().__init__(
            f"Security group rule for ethertype '{ethertype[:64]}' not supported. Allowed values are ['IPv4', 'IPv6']."
        )


class SecurityGroupEthertypeConflictWithProtocol(BadRequest):
    def __init__(self, ethertype: str, protocol: str) -> None:
        super().__init__(f"Invalid ethertype {ethertype} for protocol {protocol}.")


class SecurityGroupRuleParameterConflict(BadRequest):
    def __init__(self, ethertype: str, prefix: str) -> None:
        super().__init__(f"Conflicting value ethertype {ethertype} for CIDR {prefix} (remote_ip_prefix).")


class SecurityGroupMultipleRemoteEntites(BadRequest):
    def __init__(self) -> None:
        super().__init__("Only one of remote_ip_prefix, remote_group_id or remote_address_group_id may be provided.")


class SecurityGroupProtocolRequiredWithPorts(BadRequest):
    def __init__(self) -> None:
        super().__init__("Must also specify protocol if port range is given (port_range_min, port_range_max).")


class SecurityGroupInvalidProtocolForPort(BadRequest):
    def __init__(self, protocol: str) -> None:
        super().__init__(
            f"Invalid protocol {protocol} for port range (port_range_min, port_range_max), "
            "only supported for TCP, UDP and SCTP."
        )


class SecurityGroupInvalidPortRange(BadRequest):
    def __init__(self) -> None:
        super().__init__("For TCP/UDP protocols, port_range_min must be <= port_range_max")


class SecurityGroupInvalidPortValue(BadRequest):
    def __init__(self, attribute: str, value: object) -> None:
        super().__init__(f"Invalid value for port {str(value)[:64]} ({attribute}).")


class SecurityGroupInvalidIcmpValue(BadRequest):
    def __init__(self, attribute: str, field: str, value: object) -> None:
        super().__init__(f"Invalid value for ICMP {field} ({attribute}) {value}. It must be 0 to 255.")


class SecurityGroupMissingIcmpType(BadRequest):
    def __init__(self, value: int) -> None:
        super().__init__(f"ICMP code (port-range-max) {value} is provided but ICMP type (port-range-min) is missing.")
