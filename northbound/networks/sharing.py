"""How networks are shared: shared ones take others' ports, external ones their gateways and floating IPs.

A project that may see a network only as a shared one finds it not external, and the other way round.
"""

from northbound.networks.network import NetworkNotFound
from northbound.sharing.shareable import Shareable
from northbound.sharing.visibility import EXTERNAL, SHARED, granted, is_granted, is_shared, visible

KIND = "network"

VISIBLE = visible(KIND, "n", SHARED, EXTERNAL)
"""Of the network `n`, with the project as its one parameter; so is USABLE: it may put ports there."""
USABLE = visible(KIND, "n", SHARED)
IS_SHARED = is_shared(KIND, "n")
IS_EXTERNAL = is_granted(KIND, "n", EXTERNAL)


def shared_to(place: str | None) -> str:
    """Whether the network is shared with the project at `place`, such as `$1`; None: with everyone."""
    return IS_SHARED if place is None else granted(KIND, "n").format(place)


def external_to(place: str | None) -> str:
    """Whether the project at `place` may use the network as an external one; None: whether anybody may."""
    if place is None:
        return IS_EXTERNAL
    return (
        f"(CASE WHEN n.project_id = {place} THEN {IS_EXTERNAL} ELSE {granted(KIND, 'n', EXTERNAL).format(place)} END)"
    )


# The cloud's own ports are no users of a shared network, but routers with an interface there are, and balancers with a
# member there.
NETWORK = Shareable(
    kind=KIND,
    table="northbound.networks",
    missing=NetworkNotFound,
    users={
        SHARED: (
            "SELECT p.project_id FROM northbound.ports p WHERE p.network_id = $1 AND p.device_owner NOT LIKE 'network:%'"
            " UNION ALL SELECT r.project_id FROM northbound.router_ports i JOIN northbound.ports p ON p.id = i.port_id"
            " JOIN northbound.routers r ON r.id = i.router_id WHERE p.network_id = $1 AND NOT i.is_gateway"
            " UNION ALL SELECT m.project_id FROM northbound.members m JOIN northbound.subnets s ON s.id = m.subnet_id"
            " WHERE s.network_id = $1"
        ),
        EXTERNAL: (
            "SELECT r.project_id FROM northbound.router_ports i JOIN northbound.ports p ON p.id = i.port_id"
            " JOIN northbound.routers r ON r.id = i.router_id WHERE p.network_id = $1 AND i.is_gateway"
            " UNION ALL SELECT f.project_id FROM northbound.floating_ips f WHERE f.floating_network_id = $1"
        ),
    },
    owner_kind="network",
    everybodys={EXTERNAL: "SELECT is_default FROM northbound.networks WHERE id = $1"},
)
