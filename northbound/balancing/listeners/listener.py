"""A listener as PostgreSQL holds it."""

from northbound.balancing.reading import Shown


class Listener(Shown, frozen=True, kw_only=True):
    """`default_pool_id` None: nobody serves, connections are refused."""

    load_balancer_id: str
    description: str
    protocol: str
    protocol_port: int
    default_pool_id: str | None = None
