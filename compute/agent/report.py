"""What the agent says about a server, made from what it observed; pure."""

from uuid import UUID

from compute.agent.converge import Activity, Observed, ObservedDomain
from compute.agent.faults import AgentFault
from compute.messages import AbsentServer, DesiredServer, ObservedState, ServerReport

_DETAIL_CHARACTERS = 500

_STATES: dict[Activity, ObservedState] = {
    Activity.RUNNING: "running",
    Activity.PAUSED: "paused",
    Activity.OFF: "stopped",
    Activity.OFF_BY_GUEST: "stopped",
    Activity.CRASHED: "crashed",
}


def settled(host: str, server: DesiredServer, observed: Observed) -> ServerReport:
    """A server on which nothing is left to do."""
    domain = observed.domain
    return ServerReport(
        host=host,
        server_id=server.id,
        generation=server.generation,
        state=_STATES[domain.activity] if domain else "building",
        boot_serial=domain.definition.boot_serial if domain else 0,
        plugged_ports=tuple(sorted(port for port, installed in observed.plugged.items() if installed)),
    )


def building(host: str, desired: DesiredServer | AbsentServer, fault: AgentFault | None = None) -> ServerReport:
    """A server that is being worked on; `fault` is what stands in the way at the moment."""
    detail = str(fault)[:_DETAIL_CHARACTERS] if fault else ""
    return ServerReport(host, desired.id, desired.generation, "building", detail=detail)


def absent(host: str, desired: AbsentServer) -> ServerReport:
    """Nothing of this server is left."""
    return ServerReport(host, desired.id, desired.generation, "absent")


def gave_up(host: str, desired: DesiredServer | AbsentServer, fault: AgentFault) -> ServerReport:
    """A server that needs another desired state, or a person."""
    detail = str(fault)[:_DETAIL_CHARACTERS]
    return ServerReport(host, desired.id, desired.generation, "error", fault=fault.code, detail=detail)


def unknown(host: str, server_id: UUID, domain: ObservedDomain | None) -> ServerReport:
    """A server of which something is here though nobody asked for it; control says what is to be done.

    Whatever generation the domain was once brought to, its desired state is not here: generation 0 has control send it.
    """
    if domain is None:
        return ServerReport(host, server_id, 0, "stopped")
    return ServerReport(host, server_id, 0, _STATES[domain.activity], domain.definition.boot_serial)
