"""What can be wrong with a request for load balancing, in Octavia's statuses and words."""

from collections.abc import Sequence

from runtime.errors import BadRequest, Conflict, Forbidden, NotFound, Problem


class UnsupportedOption(Problem):
    """What Octavia's API knows and OVN cannot do; `reason` says what, and what to say instead."""

    status, title = 501, "Not Implemented"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Provider 'ovn' does not support a requested option: {reason}")


class ProviderNotEnabled(BadRequest):
    def __init__(self, provider: str) -> None:
        super().__init__(f"Provider '{provider[:64]}' is not enabled: the only provider is 'ovn'.")


class InvalidInput(BadRequest):
    def __init__(self, attribute: str, reason: str) -> None:
        super().__init__(f"Invalid input for field/attribute {attribute}. {reason}")


class InvalidSubresource(BadRequest):
    """An id in a body that is none of the caller's networking resources; the answer is the same for all others'."""

    def __init__(self, noun: str, resource_id: str) -> None:
        super().__init__(f"{noun} {resource_id} not found.")


class LoadBalancerNotFound(NotFound):
    def __init__(self, load_balancer_id: str) -> None:
        super().__init__(f"Load Balancer {load_balancer_id[:64]} not found.")


class ListenerNotFound(NotFound):
    def __init__(self, listener_id: str) -> None:
        super().__init__(f"Listener {listener_id[:64]} not found.")


class PoolNotFound(NotFound):
    def __init__(self, pool_id: str) -> None:
        super().__init__(f"Pool {pool_id[:64]} not found.")


class MemberNotFound(NotFound):
    def __init__(self, member_id: str) -> None:
        super().__init__(f"Member {member_id[:64]} not found.")


class HealthMonitorNotFound(NotFound):
    def __init__(self, health_monitor_id: str) -> None:
        super().__init__(f"Health Monitor {health_monitor_id[:64]} not found.")


class NothingThere(NotFound):
    """Of the nouns of which OVN has none: flavors, availability zones, amphorae, layer 7 policies."""

    def __init__(self, noun: str, resource_id: str) -> None:
        super().__init__(f"{noun} {resource_id[:64]} not found.")


class Immutable(Conflict):
    def __init__(self, load_balancer_id: str) -> None:
        super().__init__(
            f"Load Balancer {load_balancer_id} is immutable and cannot be updated: its last change is not in OVN yet."
        )


class HasChildren(BadRequest):
    def __init__(self, load_balancer_id: str) -> None:
        super().__init__(
            f"Cannot delete Load Balancer {load_balancer_id} - it has children: delete them first, or ask with"
            " cascade=true."
        )


class DuplicateListener(Conflict):
    def __init__(self, protocol: str, port: int) -> None:
        super().__init__(
            f"Another Listener on this Load Balancer is already using protocol_port {port} and protocol {protocol}."
        )


class DuplicateMember(Conflict):
    def __init__(self, address: str, port: int) -> None:
        super().__init__(f"Another member on this pool is already using ip {address} on protocol_port {port}.")


class DuplicateHealthMonitor(Conflict):
    def __init__(self, pool_id: str) -> None:
        super().__init__(f"This pool already has a health monitor: {pool_id}.")


class DuplicatePool(Conflict):
    def __init__(self, listener_id: str) -> None:
        super().__init__(f"Listener {listener_id} already has a default pool.")


class PortInUse(Conflict):
    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port {port_id} is in use: it cannot hold a VIP (vip_port_id).")


class QuotaMet(Forbidden):
    def __init__(self, resources: Sequence[str]) -> None:
        super().__init__(f"Quota has been met for resources: {', '.join(resources)}.")
