"""What can be wrong with a router. Class names are the stable types that clients know."""

from collections.abc import Iterable

from runtime.errors import BadRequest, Conflict, NotFound


class RouterNotFound(NotFound):
    def __init__(self, router_id: str) -> None:
        super().__init__(f"Router {router_id} could not be found")


class RouterInUse(Conflict):
    def __init__(self, router_id: str) -> None:
        super().__init__(f"Router {router_id} still has ports")


class RouterInterfaceNotFound(NotFound):
    def __init__(self, router_id: str, port_id: str) -> None:
        super().__init__(f"Router {router_id} does not have an interface with id {port_id}")


class RouterInterfaceNotFoundForSubnet(NotFound):
    def __init__(self, router_id: str, subnet_id: str) -> None:
        super().__init__(f"Router {router_id} has no interface on subnet {subnet_id}")


class RouterInterfaceInUseByFloatingIP(Conflict):
    def __init__(self, router_id: str, subnet_id: str) -> None:
        super().__init__(
            f"Router interface for subnet {subnet_id} on router {router_id} cannot be deleted, as it is required by "
            "one or more floating IPs."
        )


class RouterInterfaceInUseByRoute(Conflict):
    def __init__(self, router_id: str, subnet_id: str) -> None:
        super().__init__(
            f"Router interface for subnet {subnet_id} on router {router_id} cannot be deleted, as it is required by "
            "one or more routes."
        )


class RouterExternalGatewayInUseByFloatingIp(Conflict):
    def __init__(self, router_id: str, network_id: str) -> None:
        super().__init__(
            f"Gateway cannot be updated for router {router_id}, since a gateway to external network {network_id} is "
            "required by one or more floating IPs."
        )


class RouterBalancesLoad(Conflict):
    kind = "RouterInUse"

    def __init__(self, router_id: str) -> None:
        super().__init__(
            f"Router {router_id} would have several gateways and load balancers behind it, and OVN balances with one"
            " gateway only (external_gateways): take the gateways away but one, or the load balancers."
        )


class RouterExternalGatewayInUseByRoute(Conflict):
    def __init__(self, router_id: str, network_id: str, routes: Iterable[str]) -> None:
        super().__init__(
            f"Gateway cannot be updated for router {router_id}, since a gateway to external network {network_id} is "
            f"required by the routes {', '.join(routes)}. Remove these routes first, or say in the same request which "
            "routes remain."
        )


class UnableToMatchGateways(BadRequest):
    def __init__(self, router_id: str, reason: str) -> None:
        super().__init__(
            f"Unable to match a requested gateway port to existing gateway ports for router {router_id}: {reason} "
            "(external_gateways)."
        )


class UnableToRemoveGateways(BadRequest):
    def __init__(self, router_id: str) -> None:
        super().__init__(
            f"Unable to remove extra gateways from a router {router_id}: the router does not have any external "
            "gateways (external_gateways)."
        )


class SubnetMismatchForPort(Conflict):
    def __init__(self, port_id: str, subnet_id: str) -> None:
        super().__init__(f"Subnet on port {port_id} does not match the requested subnet {subnet_id}.")


class PortInUse(Conflict):
    def __init__(self, port_id: str, network_id: str, device_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on port {port_id} for network {network_id}. "
            f"Port already has an attached device {device_id}."
        )


class InvalidRouterInterface(BadRequest):
    """Neutron answers these with the plain type BadRequest."""

    kind = "BadRequest"

    def __init__(self, resource: str, reason: str) -> None:
        super().__init__(f"Bad {resource} request: {reason}.")


class InvalidRoutes(BadRequest):
    def __init__(self, route: str, reason: str) -> None:
        super().__init__(f"Invalid format for routes: {route}, {reason}")


class RoutesExhausted(BadRequest):
    def __init__(self, router_id: str, quota: int) -> None:
        super().__init__(
            f"Unable to complete operation for {router_id}. The number of routes exceeds the maximum {quota}."
        )
