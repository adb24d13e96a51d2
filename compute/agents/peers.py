"""Who an agent is on the bus: the agent of host `h1` is called `agent.h1`, which is also the one topic it consumes.

Over the WebSocket the name comes from the agent's account (user `agent-h1` with role service), over AMQP from its
broker user, which is named `agent.h1`.
"""

from aiohttp import web

from compute.messages import CONTROL_TOPIC, agent_topic
from identity.authentication import authenticate
from identity.callers import Caller
from runtime.bus.peer_link import Peer
from runtime.errors import Forbidden

ACCOUNT_PREFIX = "agent-"
ACCOUNT_DOMAIN = "default"
NAME_PREFIX = agent_topic("")


async def peer_of(request: web.Request) -> Peer:
    """The agent that sends this request, by its token as it is valid now.

    Raises Unauthorized, and Forbidden for anyone who is no agent: only the Default domain's accounts are, since
    elsewhere others choose the names.
    """
    return peer_of_caller(await authenticate(request))


def peer_of_caller(caller: Caller) -> Peer:
    """The agent that this caller is; raises Forbidden."""
    is_agent = (
        "service" in caller.roles
        and caller.user_domain_id == ACCOUNT_DOMAIN
        and caller.user_name.startswith(ACCOUNT_PREFIX)
    )
    if not is_agent:
        raise Forbidden("Only the agent of a host may connect to the bus.")
    topic = agent_topic(caller.user_name.removeprefix(ACCOUNT_PREFIX))
    return Peer(topic, publishes=frozenset({CONTROL_TOPIC}), consumes=frozenset({topic}))


def host_of(sender: str) -> str | None:
    """The host for which the sender of a message speaks; None when it is no agent."""
    if not sender.startswith(NAME_PREFIX):
        return None
    return sender.removeprefix(NAME_PREFIX)
