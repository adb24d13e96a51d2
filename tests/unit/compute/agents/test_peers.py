"""Which callers are agents, and for whom they speak."""

import pytest

from compute.agents.peers import host_of, peer_of_caller
from identity.callers import Caller
from runtime.errors import Forbidden


def a_caller(name: str = "agent-h1", domain: str = "default", roles: frozenset[str] = frozenset({"service"})) -> Caller:
    return Caller("id", name, domain, roles, project_id="service")


def test_agent_consumes_its_own_topic_and_publishes_to_control():
    peer = peer_of_caller(a_caller())
    assert (peer.name, peer.publishes, peer.consumes) == ("agent.h1", {"control"}, {"agent.h1"})
    assert host_of(peer.name) == "h1"


@pytest.mark.parametrize(
    "caller",
    [
        a_caller(name="nova"),
        a_caller(domain="5d7a0e0c2f3b4f0d8f8f6c0c0a0b0c0d"),
        a_caller(roles=frozenset({"admin", "member"})),
    ],
)
def test_others_are_no_agents(caller: Caller):
    with pytest.raises(Forbidden):
        peer_of_caller(caller)


def test_sender_that_is_no_agent_speaks_for_nobody():
    assert host_of("control") is None
    assert host_of("") is None
