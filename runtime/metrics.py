"""Prometheus metrics: labels come from the route table alone, so that no client can make them grow."""

from prometheus_client import CollectorRegistry, Counter, Histogram

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class HttpMetrics:
    """Requests by method, route template and status; durations in seconds."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "meridian_http_requests_total",
            "Answered requests.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "meridian_http_seconds",
            "Time to answer.",
            ("method", "route"),
            registry=registry,
            buckets=BUCKETS_S,
        )

    def observe(self, method: str, route: str, status: int, took_s: float) -> None:
        method = method if method in KNOWN_METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(took_s)
