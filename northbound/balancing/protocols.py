"""The protocols that listeners and pools have here: OVN balances connections, not what is said in them. Pure."""

from northbound.balancing.errors import InvalidInput
from northbound.balancing.unsupported import choose

SUPPORTED = ("TCP", "UDP", "SCTP")
LISTENERS_OF_OCTAVIA = ("HTTP", "HTTPS", "TERMINATED_HTTPS", "PROMETHEUS")
POOLS_OF_OCTAVIA = ("HTTP", "HTTPS", "PROXY", "PROXYV2")
REASON = (
    "OVN balances TCP, UDP and SCTP connections and reads nothing inside them; say TCP to pass them on as they are."
)


def listener_protocol(value: str) -> str:
    """Raises UnsupportedOption, InvalidInput."""
    return choose("protocol", value, SUPPORTED, LISTENERS_OF_OCTAVIA, REASON)


def pool_protocol(value: str) -> str:
    """Raises UnsupportedOption, InvalidInput."""
    return choose("protocol", value, SUPPORTED, POOLS_OF_OCTAVIA, REASON)


def check_same(listener: str, pool: str) -> None:
    """Passes when a listener of the one protocol may hand its connections to a pool of the other."""
    if listener != pool:
        raise InvalidInput("protocol", f"The listener's protocol is {listener}, the pool's {pool}: they must be one.")
