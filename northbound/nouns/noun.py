"""What a slice says of a plain resource.

    Noun -> routes (list, create, show, update, delete), policy rules, tags, preconditions
         `-> Table -> SELECT, INSERT, UPDATE, DELETE on one table

A slice with more to do than write its own row gives `insert`, `update` or `delete` of its own, which call those of the
table; a slice whose requests have a shape of their own writes its own `routes.py` instead.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import msgspec
from multidict import MultiMapping

from identity.callers import Caller
from identity.policy import Rule
from northbound.envelope import time_text
from northbound.nouns.rows import R
from northbound.nouns.table import Table
from runtime.attributes import Body
from runtime.database import Connection
from runtime.web.listing import Where


def change_given(
    resource: R, changes: Body, names: Sequence[str] | None = None, defaults: Mapping[str, Any] | None = None
) -> R:
    """The resource with every attribute that the body carries, of `names` alone where they are given.

    null puts an attribute of `defaults` back to its default.
    """
    said = {
        name: value
        for name in names or changes.__struct_fields__
        if (value := getattr(changes, name)) is not msgspec.UNSET
    }
    emptied = {name: value for name, value in (defaults or {}).items() if name in said and said[name] is None}
    return msgspec.structs.replace(resource, **said | emptied)


def owned(resource: Any) -> Mapping[str, Any]:
    """The target of policy rules: whose the resource is."""
    return {"project_id": resource.project_id}


def no_filter(_where: Where, _query: MultiMapping[str]) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Noun(Generic[R]):
    """`name` and `plural` are the keys on the wire, `path` is the collection's place below /v2.0.

    The rules of its routes are `network:<verb>_<name>`, verbs create, get, update, delete: all four are in `rules`.
    `target` is what rules are asked about; an update passes them as the resource is and as it will be.
    `draft` and `change` are pure and raise BadRequest; `draft` gets the project that the resource will belong to.
    `words` are query words that `filter` reads itself.
    """

    name: str
    plural: str
    path: str
    table: Table[R]
    rules: Sequence[Rule]
    create_body: type[Body]
    update_body: type[Body]
    draft: Callable[[Any, str], R]
    render: Callable[[R], Mapping[str, Any]]
    change: Callable[[R, Any], R] = change_given
    target: Callable[[R], Mapping[str, Any]] = owned
    taggable: bool = False
    words: frozenset[str] = frozenset()
    filter: Callable[[Where, MultiMapping[str]], None] = no_filter
    insert: Callable[[Connection, R, Caller], Awaitable[None]] | None = None
    update: Callable[[Connection, R, R, Caller], Awaitable[None]] | None = None
    delete: Callable[[Connection, R, Caller], Awaitable[None]] | None = None

    async def insert_all(self, conn: Connection, drafts: Sequence[R], caller: Caller) -> list[R]:
        """The resources as they are then, in the order of their drafts."""
        if self.insert is None:
            await self.table.insert_all(conn, drafts)
        else:
            for draft in drafts:
                await self.insert(conn, draft, caller)
        made = {resource.id: resource for resource in await self.table.read(conn, [draft.id for draft in drafts])}
        return [made[draft.id] for draft in drafts]

    async def update_one(self, conn: Connection, before: R, after: R, caller: Caller) -> None:
        await (self.update(conn, before, after, caller) if self.update else self.table.update(conn, before, after))

    async def delete_one(self, conn: Connection, resource: R, caller: Caller) -> None:
        await (self.delete(conn, resource, caller) if self.delete else self.table.delete(conn, resource))


def standard(resource: Any, *names: str) -> dict[str, Any]:
    """How the attributes that every resource has are shown, and the `names` that are shown as they are."""
    return {
        "id": resource.id,
        "project_id": resource.project_id,
        "tenant_id": resource.project_id,
        **{name: getattr(resource, name) for name in names},
        "revision_number": resource.revision_number,
        "created_at": time_text(resource.created_at),
        "updated_at": time_text(resource.updated_at),
    }
