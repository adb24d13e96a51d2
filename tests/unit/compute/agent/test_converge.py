"""The planner: what is done in which case, and that every half-done state is finished by planning again."""

import dataclasses
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.agent import converge
from compute.agent.converge import Activity, Observed, ObservedDomain, plan
from compute.agent.domain import Definition
from compute.messages import AbsentServer, DesiredServer
from tests.unit.compute.agent.desired_servers import (
    a_domain,
    a_metadata_port,
    a_server,
    an_address,
    an_interface,
)

OFF = (Activity.OFF, Activity.OFF_BY_GUEST, Activity.CRASHED)


def names(actions: list[converge.Action]) -> list[str]:
    return [type(action).__name__ for action in actions]


def held(server: DesiredServer, **changes) -> Observed:
    """A host on which nothing is left to do for a running server."""
    defaults = {
        "domain": a_domain(server),
        "disk": True,
        "files": True,
        "image_cached": True,
        "plugged": {interface.port_id: True for interface in server.interfaces},
        "served": frozenset(server.metadata_ports),
    }
    return Observed(**{**defaults, **changes})


def test_new_server_is_wired_before_it_runs() -> None:
    server = a_server(metadata_ports=(a_metadata_port(),))
    assert names(plan(server, Observed())) == [
        "FetchImage",
        "CreateDisk",
        "ServeMetadata",
        "Define",
        "StartPaused",
        "Plug",
        "WaitInstalled",
        "Resume",
        "Stamp",
    ]


def test_running_server_needs_nothing() -> None:
    server = a_server()
    assert plan(server, held(server)) == []


def test_absent_server_leaves_nothing() -> None:
    server = a_server()
    gone = AbsentServer(server.id, 2)
    assert names(plan(gone, held(server))) == ["Destroy", "Unplug", "Undefine", "RemoveFiles"]
    assert plan(gone, Observed()) == []


def test_stopped_server_is_asked_before_its_power_is_cut() -> None:
    server = a_server(power="stopped", generation=2)
    assert names(plan(server, held(server, domain=a_domain(server, generation=1)))) == ["Shutdown", "Unplug", "Define"]


def test_guest_that_switched_itself_off_stays_off() -> None:
    server = a_server()
    off = held(server, domain=a_domain(server, Activity.OFF_BY_GUEST), plugged={})
    assert plan(server, off) == []


@pytest.mark.parametrize("activity", [Activity.OFF, Activity.CRASHED])
def test_guest_that_lost_its_host_is_started_again(activity: Activity) -> None:
    server = a_server()
    assert "StartPaused" in names(plan(server, held(server, domain=a_domain(server, activity))))


def test_start_after_the_guest_switched_itself_off() -> None:
    server = a_server(generation=2)
    off = held(server, domain=a_domain(server, Activity.OFF_BY_GUEST, generation=1), plugged={})
    assert names(plan(server, off)) == ["Define", "StartPaused", "Plug", "WaitInstalled", "Resume", "Stamp"]


@pytest.mark.parametrize(("kind", "first"), [("soft", "Shutdown"), ("hard", "Destroy")])
def test_reboot_is_a_stop_and_a_start(kind: str, first: str) -> None:
    server = a_server(generation=2, boot_serial=1, boot_kind=kind)
    observed = held(server, domain=a_domain(server, generation=1, boot_serial=0))
    assert names(plan(server, observed)) == [
        first,
        "Unplug",
        "Define",
        "StartPaused",
        "Plug",
        "WaitInstalled",
        "Resume",
        "Stamp",
    ]


def test_port_left_on_the_bridge_goes_before_the_start() -> None:
    """Open vSwitch keeps the socket of a tap that was replaced by one of the same name, and forwards nothing."""
    server = a_server()
    actions = names(plan(server, held(server, domain=a_domain(server, Activity.OFF))))
    assert actions.index("Unplug") < actions.index("StartPaused") < actions.index("Plug")


def test_interface_is_attached_and_wired_while_the_guest_runs() -> None:
    old, new = an_interface(), an_interface()
    before, after = a_server(interfaces=(old,)), a_server(generation=2, interfaces=(old, new))
    assert names(plan(after, held(before))) == ["AttachInterface", "Plug", "WaitInstalled", "Stamp"]


def test_interface_is_detached_before_it_is_unplugged() -> None:
    keep, drop = an_interface(), an_interface()
    before, after = a_server(interfaces=(keep, drop)), a_server(generation=2, interfaces=(keep,))
    assert names(plan(after, held(before))) == ["DetachInterface", "Unplug", "Stamp"]


def test_port_that_somebody_unplugged_is_plugged_again() -> None:
    server = a_server()
    assert names(plan(server, held(server, plugged={}))) == ["Plug", "WaitInstalled"]


def test_finished_server_is_not_disturbed_while_ovn_is_away() -> None:
    server = a_server()
    assert plan(server, held(server, plugged={server.interfaces[0].port_id: False})) == []


def test_paused_guest_is_not_resumed_before_its_port_is_wired() -> None:
    """After a power cycle the generation was reached long ago, yet the guest has been started anew."""
    server = a_server()
    port = server.interfaces[0].port_id
    paused = held(server, domain=a_domain(server, Activity.PAUSED), plugged={port: False})
    assert names(plan(server, paused)) == ["WaitInstalled", "Resume"]


def test_changed_metadata_port_is_served_again() -> None:
    server = a_server(metadata_ports=(a_metadata_port(),))
    assert names(plan(server, held(server, served=frozenset()))) == ["ServeMetadata"]


def test_changed_addresses_leave_the_running_guest_alone() -> None:
    before = a_server(metadata_ports=(a_metadata_port(),))
    card = msgspec.structs.replace(before.interfaces[0], mtu=1300, addresses=(an_address("10.50.0.99"),))
    port = msgspec.structs.replace(before.metadata_ports[0], ips=("10.50.0.2/16", "10.51.0.2/16"))
    after = msgspec.structs.replace(before, generation=2, interfaces=(card,), metadata_ports=(port,))
    assert names(plan(after, held(before))) == ["ServeMetadata", "Stamp"]


class World:
    """A host that does what it is told: applies actions to what is observed, and refuses what cannot be."""

    def __init__(self, desired: DesiredServer | AbsentServer, observed: Observed) -> None:
        self.desired = desired
        self.observed = observed

    def apply(self, action: converge.Action) -> None:
        getattr(self, f"_{type(action).__name__}")(action)

    def _change(self, **changes) -> None:
        self.observed = dataclasses.replace(self.observed, **changes)

    def _change_definition(self, **changes) -> None:
        domain = self.observed.domain
        assert domain is not None
        definition = dataclasses.replace(domain.definition, **changes)
        self._change(domain=ObservedDomain(definition, domain.activity))

    def _switch(self, activity: Activity) -> None:
        assert self.observed.domain is not None
        self._change(domain=ObservedDomain(self.observed.domain.definition, activity))

    def _FetchImage(self, action) -> None:
        self._change(image_cached=True)

    def _CreateDisk(self, action) -> None:
        assert self.observed.image_cached
        self._change(disk=True, files=True)

    def _ServeMetadata(self, action) -> None:
        self._change(served=self.observed.served | {action.port})

    def _Define(self, action) -> None:
        assert self.observed.disk
        assert not (self.observed.domain and self.observed.domain.active)
        activity = self.observed.domain.activity if self.observed.domain else Activity.OFF
        ports = frozenset(interface.port_id for interface in self.desired.interfaces)
        definition = Definition(
            self.desired.id, self.desired.project_id, action.generation, self.desired.boot_serial, ports
        )
        self._change(domain=ObservedDomain(definition, activity))

    def _StartPaused(self, action) -> None:
        assert not self.observed.domain.active
        assert not self.observed.plugged, "a port of an earlier device would be taken for a new one"
        self._switch(Activity.PAUSED)

    def _Resume(self, action) -> None:
        assert self.observed.domain.activity is Activity.PAUSED
        assert all(self.observed.plugged.get(port) for port in self.observed.domain.definition.port_ids)
        self._switch(Activity.RUNNING)

    def _Plug(self, action) -> None:
        assert self.observed.domain.active
        assert action.interface.port_id in self.observed.domain.definition.port_ids
        self._change(plugged={**self.observed.plugged, action.interface.port_id: False})

    def _Unplug(self, action) -> None:
        left = {port: installed for port, installed in self.observed.plugged.items() if port != action.port_id}
        self._change(plugged=left)

    def _WaitInstalled(self, action) -> None:
        assert action.port_id in self.observed.plugged
        self._change(plugged={**self.observed.plugged, action.port_id: True})

    def _AttachInterface(self, action) -> None:
        assert self.observed.domain.active
        self._change_definition(port_ids=self.observed.domain.definition.port_ids | {action.interface.port_id})

    def _DetachInterface(self, action) -> None:
        self._change_definition(port_ids=self.observed.domain.definition.port_ids - {action.port_id})

    def _Stamp(self, action) -> None:
        self._change_definition(generation=action.generation, boot_serial=self.desired.boot_serial)

    def _Shutdown(self, action) -> None:
        assert self.observed.domain.activity is Activity.RUNNING
        self._switch(Activity.OFF_BY_GUEST)

    def _Destroy(self, action) -> None:
        assert self.observed.domain.active
        self._switch(Activity.OFF)

    def _Undefine(self, action) -> None:
        assert not self.observed.domain.active
        self._change(domain=None)

    def _RemoveFiles(self, action) -> None:
        assert self.observed.domain is None
        self._change(disk=False, files=False)


PORTS = tuple(an_interface() for _ in range(3))
METADATA = a_metadata_port()
BASE = a_server()


@st.composite
def desired_states(draw) -> DesiredServer | AbsentServer:
    generation = draw(st.integers(1, 3))
    if draw(st.booleans()) and draw(st.booleans()):
        return AbsentServer(BASE.id, generation)
    return a_server(
        id=BASE.id,
        image=BASE.image,
        generation=generation,
        boot_serial=draw(st.integers(0, 2)),
        boot_kind=draw(st.sampled_from(["soft", "hard"])),
        power=draw(st.sampled_from(["running", "stopped"])),
        interfaces=tuple(draw(st.lists(st.sampled_from(PORTS), unique=True))),
        metadata_ports=draw(st.sampled_from([(), (METADATA,)])),
    )


@st.composite
def half_states(draw) -> Observed:
    """Whatever an agent that died, a guest or an operator may leave behind."""
    plugged = draw(st.dictionaries(st.sampled_from([port.port_id for port in PORTS]), st.booleans()))
    disk, domain = draw(st.booleans()), None
    if disk and draw(st.booleans()):
        attached = draw(st.sets(st.sampled_from([port.port_id for port in PORTS])))
        definition = Definition(
            BASE.id, BASE.project_id, draw(st.integers(0, 3)), draw(st.integers(0, 2)), frozenset(attached)
        )
        domain = ObservedDomain(definition, draw(st.sampled_from(Activity)))
    return Observed(
        domain=domain,
        disk=disk,
        files=disk or draw(st.booleans()),
        image_cached=draw(st.booleans()),
        plugged=plugged,
        served=draw(st.sampled_from([frozenset(), frozenset({METADATA})])),
    )


@settings(max_examples=400, deadline=None)
@given(desired_states(), half_states(), st.lists(st.integers(0, 20), max_size=3))
def test_any_half_state_ends_in_nothing_to_do(desired, observed, kills) -> None:
    """Carries out part of a plan, forgets it, plans again, as often as the agent is killed; then once to the end."""
    world = World(desired, observed)
    for carried_out in kills:
        for action in plan(desired, world.observed)[:carried_out]:
            world.apply(action)
    for action in plan(desired, world.observed):
        world.apply(action)
    assert plan(desired, world.observed) == []
    if isinstance(desired, AbsentServer):
        assert (world.observed.domain, world.observed.files, world.observed.plugged) == (None, False, {})
        return
    domain = world.observed.domain
    assert domain.definition.generation == desired.generation
    assert domain.definition.boot_serial >= desired.boot_serial
    if desired.power == "stopped" or domain.activity is Activity.OFF_BY_GUEST:
        assert domain.activity in OFF and not world.observed.plugged
    else:
        assert domain.activity is Activity.RUNNING
        assert set(world.observed.plugged) == {interface.port_id for interface in desired.interfaces}


def test_ports_of_other_servers_are_not_named_in_a_plan() -> None:
    server, stranger = a_server(), uuid4()
    ports = {action.port_id for action in plan(AbsentServer(server.id, 2), held(server)) if hasattr(action, "port_id")}
    assert stranger not in ports and ports == {server.interfaces[0].port_id}
