"""The errors of quotas."""

from runtime.errors import Forbidden


class QuotaExceeded(Forbidden):
    """Nova answers 403 when a quota is exceeded."""
