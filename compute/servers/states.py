"""The states of a server in the words that tenants see. Pure.

Three columns say it: `vm_state` (what it is), `task_state` (what is being done to it, None at rest) and
`power_state` (what libvirt said last). `status` is derived. Source: Nova, compute/vm_states and task_states.
"""

from compute.servers.server import PowerState, Server, VmState
from runtime.errors import Conflict

SCHEDULING = "scheduling"
POWERING_ON = "powering-on"
POWERING_OFF = "powering-off"
REBOOTING = "rebooting"
REBOOTING_HARD = "rebooting_hard"
DELETING = "deleting"

STATUS_OF: dict[VmState, str] = {
    "building": "BUILD",
    "active": "ACTIVE",
    "stopped": "SHUTOFF",
    "paused": "PAUSED",
    "error": "ERROR",
}
REBOOT_STATUS = {REBOOTING: "REBOOT", REBOOTING_HARD: "HARD_REBOOT"}
POWER_NUMBERS: dict[PowerState, int] = {"unknown": 0, "running": 1, "paused": 3, "shutdown": 4, "crashed": 6}
POWER_OBSERVED: dict[str, PowerState] = {
    "running": "running",
    "stopped": "shutdown",
    "paused": "paused",
    "crashed": "crashed",
}
VM_STATE_AT: dict[PowerState, VmState] = {
    "running": "active",
    "shutdown": "stopped",
    "crashed": "stopped",
    "paused": "paused",
}


class InvalidState(Conflict):
    """The action does not fit the state that the server is in."""


def status_of(vm_state: VmState, task_state: str | None) -> str:
    """The `status` of the API, e.g. ACTIVE; a reboot shows in it, other tasks do not."""
    if vm_state in ("active", "stopped") and task_state in REBOOT_STATUS:
        return REBOOT_STATUS[task_state]
    return STATUS_OF[vm_state]


def states_of(status: str) -> tuple[list[VmState], list[str] | None]:
    """(vm states, task states) of the servers that may show `status`; task states None are all but reboots.

    Both empty for a status that no server of this cloud can have.
    """
    wanted = status.upper()
    for task, shown in REBOOT_STATUS.items():
        if shown == wanted:
            return ["active", "stopped"], [task]
    return [state for state, shown in STATUS_OF.items() if shown == wanted], None


def check_state(server: Server, action: str, *allowed: VmState, busy: bool = False) -> None:
    """Passes when `action` may begin: the server is in one of `allowed`, and at rest unless `busy` says otherwise.

    Raises InvalidState with Nova's words.
    """
    if server.vm_state not in allowed:
        raise InvalidState(f"Cannot '{action}' instance {server.id} while it is in vm_state {server.vm_state}")
    if server.task_state is not None and (server.leaving or not busy):
        raise InvalidState(f"Cannot '{action}' instance {server.id} while it is in task_state {server.task_state}")
