"""The agents API."""

from aiohttp import web
from msgspec import UNSET

from identity.policy import allowed, authorize
from northbound.agents import store
from northbound.agents.schema import render_agent
from northbound.envelope import reply_one, reply_page
from northbound.writes import writing
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page


async def list_agents(request: web.Request) -> web.Response:
    """Who may not see agents has a list without any, as upstream says it."""
    authorize(request, {})
    page, where = parse_page(request.query, store.LISTING), Where()
    if not allowed(request, "network:get_agent", {}):
        where.add("false")
    async with request.app[DATABASE].connection() as conn:
        found = await store.list_agents(conn, page, where)
    return reply_page(request, "agents", page, [render_agent(agent) for agent in found])


async def show_agent(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as conn:
        return reply_one(request, "agent", render_agent(await store.fetch_agent(conn, _name(request))))


async def update_agent(request: web.Request) -> web.Response:
    authorize(request, {})
    changes = (await read_body(request)).agent
    async with writing(request) as conn:
        agent = await store.fetch_agent(conn, _name(request))
        if changes.description is not UNSET:
            await store.describe_agent(conn, agent.name, changes.description or "")
        agent = await store.fetch_agent(conn, agent.name)
    return reply_one(request, "agent", render_agent(agent))


async def delete_agent(request: web.Request) -> web.Response:
    authorize(request, {})
    async with writing(request) as conn:
        await store.delete_agent(conn, _name(request))
    return no_content()


def _name(request: web.Request) -> str:
    return request.match_info["agent_id"]
