"""An address scope as PostgreSQL holds it, and what can be wrong with one."""

from datetime import datetime

from msgspec import Struct

from runtime.errors import BadRequest, Conflict, NotFound


class AddressScope(Struct, frozen=True, kw_only=True):
    id: str
    project_id: str
    name: str
    ip_version: int
    shared: bool = False
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


class AddressScopeNotFound(NotFound):
    def __init__(self, scope_id: str) -> None:
        super().__init__(f"Address scope {scope_id} could not be found.")


class AddressScopeUpdateError(BadRequest):
    def __init__(self, scope_id: str, reason: str) -> None:
        super().__init__(f"Unable to update address scope {scope_id}: {reason}.")


class AddressScopeInUse(Conflict):
    def __init__(self, scope_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on address scope {scope_id}. There are one or more subnet pools in use on the"
            " address scope."
        )
