"""What may be passed on of what was trusted. Pure.

A trust that is made with the token of another gives no more than that one, ends no later, and may be passed on once
less often; it lives no longer than any above it, and neither do its tokens.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity.trusts.schema import NewTrust
from runtime.errors import Forbidden

Row = Mapping[str, Any]


def count_of_first(draft: NewTrust, most: int) -> int:
    """How often a trust that somebody gives of their own may be passed on. Raises Forbidden."""
    if not _is_redelegable(draft):
        return 0
    if (draft.redelegation_count or 0) > most:
        raise Forbidden(f"Requested redelegation depth of {draft.redelegation_count} is greater than allowed {most}.")
    return draft.redelegation_count or most


def count_of_next(draft: NewTrust, source: Row, most: int) -> int:
    """As count_of_first, for a trust that is made with a token of `source`. Raises Forbidden."""
    if not 0 < source["redelegation_count"] <= most:
        raise Forbidden(
            f"Remaining redelegation depth of {source['redelegation_count']} out of allowed range of [0..{most}]."
        )
    if draft.remaining_uses is not None:
        raise Forbidden("remaining_uses must not be set in order to redelegate a trust.")
    if draft.project_id != source["project_id"]:
        raise Forbidden("The project is not that of the redelegated trust.")
    if draft.impersonation and not source["impersonation"]:
        raise Forbidden("Impersonation is not allowed because redelegated trust does not specify impersonation.")
    left = source["redelegation_count"] - 1
    if not _is_redelegable(draft):
        return 0
    if draft.redelegation_count not in (None, left):
        raise Forbidden('Modifying "redelegation_count" upon redelegation is forbidden: omit it.')
    return left


def end_of_next(draft: NewTrust, source: Row) -> datetime | None:
    """When a trust ends that is made with a token of `source`. Raises Forbidden."""
    wanted, bound = draft.expires_at and draft.expires_at.time, source["expires_at"]
    if wanted and bound and wanted > bound:
        raise Forbidden("Requested expiration time is more than redelegated trust can provide.")
    return wanted or bound


def _is_redelegable(draft: NewTrust) -> bool:
    if not draft.allow_redelegation or draft.redelegation_count == 0:
        return False
    if draft.remaining_uses is not None:
        raise Forbidden("remaining_uses must not be set if redelegation is allowed.")
    return True
