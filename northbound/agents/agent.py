"""An agent as PostgreSQL holds it, and whether it is alive. Pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from runtime.errors import Conflict, NotFound

DOWN_AFTER = timedelta(seconds=75)
STEPS_BEHIND = 1
CONTROLLER, GATEWAY = "OVN Controller agent", "OVN Controller Gateway agent"


class Agent(Struct, frozen=True, kw_only=True):
    """`name` is the chassis'; `nb_cfg` is the configuration that it reached, `target` the one that it should have.

    `kept_up_at` is when `nb_cfg` was last seen to change, by our clock, as is `now`.
    """

    name: str
    host: str
    is_gateway: bool
    availability_zones: list[str]
    bridge_mappings: dict[str, str]
    nb_cfg: int
    target: int
    kept_up_at: datetime
    created_at: datetime
    now: datetime
    description: str = ""

    @property
    def kind(self) -> str:
        return GATEWAY if self.is_gateway else CONTROLLER

    @property
    def alive(self) -> bool:
        """It keeps up with the configuration, or did lately. Source: ovn-mapping section 15.1."""
        return self.target - self.nb_cfg <= STEPS_BEHIND or self.now - self.kept_up_at < DOWN_AFTER


class AgentNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"Agent {name[:64]} could not be found.")


class AgentAlive(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"Agent {name} is alive: it would be back at once, and all that is plugged on its host with it. End it first."
        )
