"""The lab as a list of components, in the order of their needs.

postgres - database - bootstrap - control -.
ovn-nb, ovn-sb - ovn-northd -.              }- agent - hypervisor
namespaces, ovs-db - ovs-vswitchd - ovn-controller
                `- libvirtd  `- internet
"""

from deploy.lab.cloud_ready import wait_for_hypervisor
from deploy.lab.daemons.libvirt import Libvirtd
from deploy.lab.daemons.meridian import Agent, Control, run_meridian
from deploy.lab.daemons.ovn import Northd, northbound_server, southbound_server
from deploy.lab.daemons.ovn_controller import OvnController
from deploy.lab.daemons.ovs import Vswitchd, switch_database
from deploy.lab.daemons.ovsdb import OvsdbServer
from deploy.lab.daemons.postgres import Postgres
from deploy.lab.host import EXTERNAL_BRIDGE, chassis_identity
from deploy.lab.internet import connect_internet
from deploy.lab.leftovers import remove_namespaces
from deploy.lab.settings_files import DATABASE, HOST_NAME, agent_file, control_file
from deploy.lab.state import State
from deploy.lab.supervisor import Component, daemon, step


def compose(state: State) -> list[Component]:
    """Every component of the lab at `state`."""
    southbound = southbound_server(state.ovn, state.logs)
    return [*_databases(state, southbound), *_host(state, southbound), *_processes(state)]


def _databases(state: State, southbound: OvsdbServer) -> list[Component]:
    postgres = Postgres(state.postgres, state.logs)
    northbound = northbound_server(state.ovn, state.logs)

    async def ensure_database() -> None:
        await postgres.ensure_database(DATABASE)

    return [
        daemon(postgres),
        step("database", ensure_database, "postgres"),
        daemon(northbound),
        daemon(southbound),
        daemon(Northd(northbound, southbound, state.ovn, state.logs), "ovn-nb", "ovn-sb"),
    ]


def _host(state: State, southbound: OvsdbServer) -> list[Component]:
    """The hypervisor's daemons and what they stand on."""
    switch_db = switch_database(state.host, state.logs)
    identity = chassis_identity(HOST_NAME, southbound)
    switch = Vswitchd(switch_db, state.host_namespace, identity, state.host, state.logs)
    controller = OvnController(switch, southbound, state.host, state.logs)
    libvirtd = Libvirtd(state.host_namespace, HOST_NAME, state.host / "libvirt", state.logs)

    async def make_namespaces() -> None:
        for namespace in (state.host_namespace, state.internet_namespace):
            await namespace.create(str(state.directory))

    async def remove() -> None:
        await remove_namespaces(state)

    async def connect() -> None:
        await switch.add_bridge(EXTERNAL_BRIDGE)
        await connect_internet(state.internet_namespace, state.host_namespace, switch)

    async def power_off() -> None:
        await libvirtd.stop()
        await libvirtd.destroy_guests()

    return [
        step("namespaces", make_namespaces, stop=remove),
        daemon(switch_db),
        daemon(switch, "namespaces", "ovs-db"),
        step("internet", connect, "ovs-vswitchd"),
        daemon(controller, "ovs-vswitchd", "ovn-northd"),
        daemon(libvirtd, "namespaces", stop=power_off),
    ]


def _processes(state: State) -> list[Component]:
    """Meridian itself."""
    control = Control(control_file(state), state.control_socket, state.run, state.logs)
    agent = Agent(agent_file(state), state.host_namespace, state.run, state.logs)

    async def bootstrap() -> None:
        await run_meridian("bootstrap", control_file(state))

    async def hypervisor_is_up() -> None:
        await wait_for_hypervisor(state)

    return [
        step("bootstrap", bootstrap, "database"),
        daemon(control, "bootstrap", "ovn-nb", "ovn-sb"),
        daemon(agent, "control", "ovn-controller", "libvirtd"),
        step("hypervisor", hypervisor_is_up, "agent", "internet"),
    ]
