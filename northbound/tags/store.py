"""Tags, a column of their resource's row. Nothing in OVN shows them, but a change raises the revision, which OVN shows."""

from collections.abc import Sequence

from northbound.tags.resources import Taggable, Tagged
from northbound.translation import marks
from runtime.database import Connection


async def fetch_locked(conn: Connection, resource: Taggable, resource_id: str, reach: str | None) -> Tagged:
    """The resource, kept from other changes until the transaction ends; raises its NotFound."""
    await conn.execute(f"SELECT FROM {resource.table} WHERE id = $1 FOR UPDATE", resource_id)
    return await resource.fetch(conn, resource_id, reach)


async def set_tags(conn: Connection, resource: Taggable, resource_id: str, tags: Sequence[str]) -> None:
    """Replaces all tags. The caller holds the lock."""
    await conn.execute(
        f"UPDATE {resource.table} SET tags = $2, revision_number = revision_number + 1, updated_at = now()"
        " WHERE id = $1",
        resource_id,
        list(tags),
    )
    if resource.kind:
        await marks.mark(conn, resource.kind, resource_id)
