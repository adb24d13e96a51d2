"""Whom a domain's manager may keep: nobody whose rights, anywhere, are above a manager's own.

Else whoever may set a password, or fill a group, could take a right that was never theirs to give.
"""

from identity.assignments.store import sql
from identity.roles.graph import RoleGraph
from runtime.database import Connection

UP_TO_MANAGER = frozenset({"manager", "member", "reader"})


async def is_managed(
    connection: Connection, graph: RoleGraph, *, user_id: str | None = None, group_id: str | None = None
) -> bool:
    """Of a user, with what they hold through groups; or of a group. A role that the graph does not know counts as above."""
    held = [row["role_id"] async for row in sql.select_roles_of_actor(connection, user_id=user_id, group_id=group_id)]
    return graph.names.keys() >= set(held) and graph.names_of(tuple(sorted(held))) <= UP_TO_MANAGER
