"""Users who did not sign in for long are as good as disabled, until an administrator enables them. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any


def is_enabled(user: Mapping[str, Any], inactive_days: int, today: date | None = None) -> bool:
    """Whether the user may sign in at all; `inactive_days` of 0 sets no bound. Days are those of UTC."""
    if not user["enabled"]:
        return False
    if not inactive_days or user["options"].get("ignore_user_inactivity"):
        return True
    today = today or datetime.now(UTC).date()
    return today - user["last_active_at"] < timedelta(days=inactive_days)
