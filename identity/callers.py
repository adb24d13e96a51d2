"""Who is calling, as the token said: the one value that policy and stores look at."""

from aiohttp import web
from msgspec import Struct


class Caller(Struct, frozen=True):
    """Ids are Keystone ids (32 hex digits, or `default`); `roles` holds role names with implied ones included.

    `group_ids` are the groups that the caller's provider put them in, without a membership here.
    Exactly one of project_id, domain_id, system is set for a scoped token, none for an unscoped one.
    """

    user_id: str
    user_name: str
    user_domain_id: str
    roles: frozenset[str] = frozenset()
    project_id: str | None = None
    project_domain_id: str | None = None
    domain_id: str | None = None
    system: bool = False
    audit_id: str = ""
    group_ids: tuple[str, ...] = ()

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles

    @property
    def scope(self) -> str:
        """The kind of token: project, domain, system or unscoped."""
        if self.project_id is not None:
            return "project"
        return "domain" if self.domain_id is not None else "system" if self.system else "unscoped"

    @property
    def reach(self) -> str | None:
        """The project whose rows the caller reaches; None reaches every project (administrators and services)."""
        return None if self.roles & {"admin", "service"} else self.project_id or ""


def caller_of(request: web.Request) -> Caller:
    return request["caller"]
