"""A load balancer as PostgreSQL holds it, without what is inside it."""

from msgspec import Struct

from northbound.balancing.reading import Shown


class Vip(Struct, frozen=True, kw_only=True):
    """An address that clients know; `made`: its port was made for the load balancer and goes with it."""

    ip: str
    port_id: str
    subnet_id: str
    network_id: str
    made: bool = True


class LoadBalancer(Shown, frozen=True, kw_only=True):
    """`vips` has the VIP first, then the additional ones."""

    description: str = ""
    vips: list[Vip] = []
    listeners: list[str] = []
    pools: list[str] = []
