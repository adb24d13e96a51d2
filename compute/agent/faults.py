"""What can go wrong on a hypervisor, as one small tree.

`code` is what control is told when the agent gives up. `attempts` says after how many tries in a row it does: once for
what nobody but control can change, None (never) for what heals by itself, such as a daemon that is away or a guest
that is slow. `detail` is for the operator's log.
"""

from compute.messages import FaultCode


class AgentFault(Exception):
    """Root; raised as one of its leaves."""

    code: FaultCode = "hypervisor_refused"
    attempts: int | None = 1

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail

    def __str__(self) -> str:
        return ": ".join(part for part in (super().__str__(), self.detail) if part)


class DesiredStateInvalid(AgentFault):
    """Control asked for something that no host can do; the message names the attribute."""

    code = "desired_state_invalid"


class HypervisorAway(AgentFault):
    """libvirtd does not answer. Guests that run keep running."""

    attempts = None


class HypervisorRefused(AgentFault):
    """libvirt answered with an error."""

    attempts = 3


class MemoryExhausted(AgentFault):
    """The host has not the memory that the guest needs."""

    code = "memory_exhausted"


class GuestIsSlow(AgentFault):
    """The guest has not done in time what it was asked for."""

    attempts = None


class SwitchAway(AgentFault):
    """The local Open vSwitch did not answer."""

    code, attempts = "port_not_wired", None


class PortNotWired(AgentFault):
    """OVN has not installed the flows of a port in time."""

    code, attempts = "port_not_wired", None


class CommandFailed(AgentFault):
    """A tool of the host ended with an error or ran out of its time."""

    attempts = None


class ControlAway(AgentFault):
    """Control did not answer a request of the agent."""

    code, attempts = "image_unavailable", None


class ImageUnavailable(AgentFault):
    """Control has no such image, or does not give it to this agent."""

    code = "image_unavailable"


class ImageRejected(AgentFault):
    """The image is not what it claims, or does not fit the flavor."""

    code = "image_rejected"


class DiskFull(AgentFault):
    """The host's disk cannot hold what is asked for."""

    code = "disk_full"
