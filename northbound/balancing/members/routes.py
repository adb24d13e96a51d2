"""The members API: below a pool, and never without it (threat P3)."""

from collections.abc import Sequence

from aiohttp import web

from identity.audit.acts import creates
from identity.callers import caller_of
from northbound.balancing.changing import changing
from northbound.balancing.load_balancers.store import LOAD_BALANCERS
from northbound.balancing.members import store
from northbound.balancing.members.making import change_member, draft_members
from northbound.balancing.members.member import Member
from northbound.balancing.members.schema import MemberBody, render_member
from northbound.balancing.members.store import MEMBERS
from northbound.balancing.pools.pool import Pool
from northbound.balancing.pools.store import POOLS
from northbound.envelope import reply_one
from runtime.database import Connection
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, read_body


async def list_members(request: web.Request) -> web.Response:
    pool = await _pool(request)
    return await MEMBERS.page(request, render_member, pool_id=pool.id)


async def show_member(request: web.Request) -> web.Response:
    return reply_one(request, "member", render_member(request, await _member(request, await _pool(request))))


async def create_member(request: web.Request) -> web.Response:
    body: MemberBody = (await read_body(request)).member
    pool = await _pool(request)
    async with changing(request, pool.load_balancer_id) as conn:
        (draft,) = await _insert(request, conn, pool, [body])
        creates(draft.id)
        made = await MEMBERS.fetch(conn, draft.id, None)
    return reply_one(request, "member", render_member(request, made), 201)


async def _insert(request: web.Request, conn: Connection, pool: Pool, bodies: Sequence[MemberBody]) -> Sequence[Member]:
    current = await POOLS.fetch(conn, pool.id, None)
    balancer = await LOAD_BALANCERS.fetch(conn, pool.load_balancer_id, None)
    drafts = await draft_members(conn, balancer, current, bodies, caller_of(request).reach)
    await store.insert_members(conn, drafts)
    return drafts


async def update_member(request: web.Request) -> web.Response:
    changes = (await read_body(request)).member
    pool = await _pool(request)
    member = await _member(request, pool)
    async with changing(request, pool.load_balancer_id) as conn:
        before = await MEMBERS.fetch(conn, member.id, None, pool_id=pool.id)
        await store.update_member(conn, change_member(before, changes))
        after = await MEMBERS.fetch(conn, member.id, None)
    return reply_one(request, "member", render_member(request, after))


async def replace_members(request: web.Request) -> web.Response:
    """The members of the pool become those of the body; an address and port that is there already stays the member it
    is. With `additive_only` none is taken away."""
    bodies: list[MemberBody] = (await read_body(request)).members
    additive = request.query.get("additive_only", "false").lower() == "true"
    pool = await _pool(request)
    if len({_endpoint(body) for body in bodies}) < len(bodies):
        raise BadRequest("Invalid input for members: an address and protocol_port is there twice.")
    async with changing(request, pool.load_balancer_id) as conn:
        present = {_endpoint(member): member for member in await _members_of(conn, pool.id)}
        wanted = {_endpoint(body) for body in bodies}
        if not additive:
            await store.delete_members(conn, [one for where, one in present.items() if where not in wanted])
        for body in bodies:
            if (before := present.get(_endpoint(body))) is not None:
                await store.update_member(conn, change_member(before, body))
        await _insert(request, conn, pool, [body for body in bodies if _endpoint(body) not in present])
    return web.Response(status=202)


async def delete_member(request: web.Request) -> web.Response:
    pool = await _pool(request)
    member = await _member(request, pool)
    async with changing(request, pool.load_balancer_id) as conn:
        await store.delete_members(conn, [await MEMBERS.fetch(conn, member.id, None, pool_id=pool.id)])
    return no_content()


def _endpoint(member: Member | MemberBody) -> tuple[str, int]:
    return str(member.address), member.protocol_port


async def _pool(request: web.Request) -> Pool:
    return await POOLS.show(request, POOLS.id_of(request, "pool_id"))


async def _member(request: web.Request, pool: Pool) -> Member:
    return await MEMBERS.show(request, MEMBERS.id_of(request, "member_id"), pool_id=pool.id)


async def _members_of(conn: Connection, pool_id: str) -> list[Member]:
    return await MEMBERS.read_inside(conn, pool_id=pool_id)
