"""A health monitor as PostgreSQL holds it."""

from northbound.balancing.reading import Shown


class HealthMonitor(Shown, frozen=True, kw_only=True):
    """A check each `delay` seconds, which fails after `timeout`; `max_retries` good ones bring a member back,
    `max_retries_down` bad ones take it out."""

    pool_id: str
    load_balancer_id: str
    type: str
    delay: int
    timeout: int
    max_retries: int
    max_retries_down: int
