"""SQL that says what a project sees, for the listings of resources that can be shared.

A grant is a row of northbound.rbac_policies: (kind, id, action) for one project, or for every one (`*`).
"""

EVERYONE = "*"
SHARED = "access_as_shared"
EXTERNAL = "access_as_external"


def granted(kind: str, alias: str, *actions: str) -> str:
    """A predicate with one parameter, the project: one of the actions is granted to it on the row `alias`."""
    return _grant(kind, alias, actions or (SHARED,), f" AND grant_.target_project IN ('{EVERYONE}', {{0}})")


def visible(kind: str, alias: str, *actions: str) -> str:
    """A predicate with one parameter, the project: it owns the row or was granted one of the actions on it."""
    return f"{alias}.project_id = {{0}} OR {granted(kind, alias, *actions)}"


def is_shared(kind: str, alias: str, action: str = SHARED) -> str:
    """An expression: whether every project was granted the action on the row."""
    return _grant(kind, alias, (action,), f" AND grant_.target_project = '{EVERYONE}'")


def shared_to(kind: str, alias: str, place: str | None) -> str:
    """An expression: whether the row is shared with the project at `place`, such as `$1`; None: with every project."""
    return is_shared(kind, alias) if place is None else granted(kind, alias).format(place)


def is_granted(kind: str, alias: str, action: str) -> str:
    """An expression: whether anybody was granted the action on the row."""
    return _grant(kind, alias, (action,), "")


def _grant(kind: str, alias: str, actions: tuple[str, ...], to_whom: str) -> str:
    names = ", ".join(f"'{action}'" for action in actions)
    return (
        f"EXISTS (SELECT FROM northbound.rbac_policies grant_ WHERE grant_.object_type = '{kind}'"
        f" AND grant_.object_id = {alias}.id AND grant_.action IN ({names}){to_whom})"
    )
