"""A pool as PostgreSQL holds it, without its members."""

from northbound.balancing.reading import Shown


class Pool(Shown, frozen=True, kw_only=True):
    """`persistence_timeout`: for how many seconds a client address keeps its member; None: no session persistence."""

    load_balancer_id: str
    description: str
    protocol: str
    persistence_timeout: int | None = None
    listeners: list[str] = []
    members: list[str] = []
    healthmonitor_id: str | None = None
