"""The route by which agents connect: `GET /meridian/v1/bus`, upgraded to a WebSocket."""

from aiohttp import web

from identity.policy import Rule, authorize
from runtime.bus.websocket_server import WebSocketServer
from runtime.web.routes import Route

AGENT_BUS = web.AppKey("agent_bus", WebSocketServer)
RULES = (Rule("compute:connect_agent", "role:service", "Connect to the bus as the agent of a host."),)


async def connect_agent(request: web.Request) -> web.StreamResponse:
    """Serve one agent's end of the bus until its connection ends."""
    authorize(request, {})
    return await request.app[AGENT_BUS].handle(request)


ROUTES = {"/bus": {"GET": Route(connect_agent, "compute:connect_agent")}}
