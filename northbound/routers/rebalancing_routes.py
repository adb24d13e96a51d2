"""`POST /meridian/v1/gateways/rebalance`: moves gateways of routers to the chassis where fewer are active."""

from aiohttp import web

from identity.policy import ADMIN, Rule, authorize
from northbound.routers import placement
from northbound.writes import writing
from runtime.web.bodies import reply
from runtime.web.routes import Route

RULES = (Rule("network:rebalance_gateways", ADMIN, "Move gateways of routers between chassis, which interrupts them."),)


async def rebalance_gateways(request: web.Request) -> web.Response:
    """What was moved, or with `dry_run=true` what would be."""
    authorize(request, {})
    async with writing(request) as conn:
        moves = await placement.rebalance(conn)
    shown = [
        {"port_id": move.port_id, "router_id": move.router_id, "from": move.source, "to": move.target} for move in moves
    ]
    return reply({"moved": shown})


ROUTES = {"/gateways/rebalance": {"POST": Route(rebalance_gateways, "network:rebalance_gateways")}}
