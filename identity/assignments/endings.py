"""Which tokens end when somebody loses rights by an assignment: the words for `revoke`, read before the change."""

from identity.assignments.store import Place, sql
from identity.tokens.claims import (
    DomainScope,
    ProjectScope,
    Scope,
    SystemScope,
    grant_subject,
    group_actor,
    heritage_subject,
)
from runtime.database import Connection


async def subjects_of_place(connection: Connection, place: Place) -> list[str]:
    """Of what the user, or each member of the group, holds by a role at that place."""
    actors = [place.user_id] if place.user_id else await _actors(connection, place.group_id or "")
    return [_subject(actor, place.scope, inherited=place.inherited) for actor in actors]


async def subjects_of_group(connection: Connection, group_id: str, user_id: str | None = None) -> list[str]:
    """Of all that members of a group, or the one member, hold through it."""
    actors = [user_id] if user_id else await _actors(connection, group_id)
    places = [row async for row in sql.select_places(connection, group_id=group_id)]
    return [
        _subject(actor, _scope(row["project_id"], row["domain_id"]), inherited=row["inherited"])
        for row in places
        for actor in actors
    ]


async def subjects_of_groups_in_domain(connection: Connection, domain_id: str) -> list[str]:
    """Of all that anybody holds through a group of that domain."""
    groups = [row["id"] async for row in sql.select_groups_of_domain(connection, domain_id=domain_id)]
    return [subject for group_id in groups for subject in await subjects_of_group(connection, group_id)]


async def _actors(connection: Connection, group_id: str) -> list[str]:
    """The members of the group, and the group itself for those whom their provider put there."""
    members = [row["user_id"] async for row in sql.select_members(connection, group_id=group_id)]
    return [*members, group_actor(group_id)]


def _scope(project_id: str | None, domain_id: str | None) -> Scope:
    if project_id is not None:
        return ProjectScope(project_id, domain_id or "")
    return DomainScope(domain_id) if domain_id is not None else SystemScope()


def _subject(actor: str, scope: Scope, *, inherited: bool) -> str:
    """An inherited role may reach any project of its domain."""
    match scope:
        case ProjectScope(domain_id=domain_id) | DomainScope(id=domain_id) if inherited:
            return heritage_subject(actor, domain_id)
    return grant_subject(actor, scope)
