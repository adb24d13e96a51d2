"""What a tenant reads when a task failed. Pure; the agents' and the database's own words stay in the log."""

from compute.messages import FaultCode
from compute.servers.server import Fault
from compute.tasks.task import Kind

SERVER_ERROR = 500

MESSAGES: dict[FaultCode, str] = {
    "image_unavailable": "The image could not be fetched by the host.",
    "image_rejected": "The image is not what it was registered as.",
    "disk_full": "The host has no room left for the disk.",
    "memory_exhausted": "The host has no memory left for the server.",
    "port_not_wired": "A port of the server did not become active on its host.",
    "hypervisor_refused": "The hypervisor refused to run the server.",
    "desired_state_invalid": "The host cannot run a server like this.",
}
UNEXPECTED = "The host could not do it."


def fault_of_agent(code: str | None) -> Fault:
    """The fault for what an agent reported; a code that we do not know is told in general words."""
    return Fault(SERVER_ERROR, MESSAGES.get(code, UNEXPECTED), details=code or "")


def fault_of_deadline(kind: Kind, step: str) -> Fault:
    """The fault of a task that did not finish in its time."""
    action = kind.replace("_", " ")
    return Fault(SERVER_ERROR, f"The {action} did not finish in time.", details=f"step {step} was still waiting")
