"""The body of the agents API, and how an agent is shown."""

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from northbound.agents.agent import Agent
from northbound.envelope import time_text
from runtime.attributes import Body, Description


class AgentChanges(Body):
    """An agent cannot be switched off from here: `admin_state_up` may only be said as it is."""

    description: Description | None | UnsetType = UNSET
    admin_state_up: Literal[True] | UnsetType = UNSET


class UpdateAgent(Body):
    agent: AgentChanges


def render_agent(agent: Agent) -> dict[str, Any]:
    return {
        "id": agent.name,
        "agent_type": agent.kind,
        "binary": "ovn-controller",
        "host": agent.host,
        "topic": "n/a",
        "description": agent.description,
        "admin_state_up": True,
        "alive": agent.alive,
        "availability_zone": ",".join(agent.availability_zones),
        "configurations": {"chassis_name": agent.name, "bridge-mappings": agent.bridge_mappings},
        "resource_versions": {},
        "created_at": time_text(agent.created_at),
        "started_at": time_text(agent.created_at),
        "heartbeat_timestamp": time_text(agent.kept_up_at),
    }
