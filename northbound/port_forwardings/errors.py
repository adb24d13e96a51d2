"""What can be wrong with a port forwarding. Class names are the stable types that clients know."""

from runtime.errors import BadRequest, Conflict, NotFound


class PortForwardingNotFound(NotFound):
    def __init__(self, forwarding_id: str) -> None:
        super().__init__(f"Port Forwarding {forwarding_id} could not be found.")


class PortHasBindingFloatingIP(Conflict):
    def __init__(self, floating_ip_id: str, address: str, port_id: str, fixed_ip: str) -> None:
        super().__init__(
            f"Cannot create port forwarding to floating IP {address} ({floating_ip_id}) with port {port_id} using fixed "
            f"IP {fixed_ip}, as that port already has a binding floating IP."
        )


class InvalidPortForwarding(BadRequest):
    """Neutron answers these with the plain type BadRequest."""

    kind = "BadRequest"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Bad port_forwarding request: {reason}.")
