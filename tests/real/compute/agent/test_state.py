"""What control wants is kept on disk: whole, newest, and without its neighbours' trouble."""

import msgspec
import pytest

from compute.agent.state import Acceptance, DesiredState
from compute.messages import AbsentServer
from tests.unit.compute.agent.desired_servers import a_server

pytestmark = pytest.mark.real


def loaded(directory) -> DesiredState:
    state = DesiredState(directory)
    state.load()
    return state


async def test_desired_server_survives_the_process(tmp_path) -> None:
    server = a_server()
    assert await loaded(tmp_path).accept(server) is Acceptance.NEW
    assert loaded(tmp_path).get(server.id) == server


async def test_older_generation_is_ignored(tmp_path) -> None:
    state, new = loaded(tmp_path), a_server(generation=3)
    await state.accept(new)
    assert await state.accept(a_server(id=new.id, generation=2)) is Acceptance.OUTDATED
    assert await state.accept(new) is Acceptance.KNOWN
    assert state.get(new.id) == new


async def test_same_wish_sent_again_by_the_timer_is_known(tmp_path) -> None:
    """The work on it would otherwise begin anew each time."""
    state, asked = loaded(tmp_path), a_server(request_id="req-1")
    await state.accept(asked)
    assert await state.accept(a_server(**{**msgspec.structs.asdict(asked), "request_id": None})) is Acceptance.KNOWN


async def test_removed_server_does_not_come_back_by_a_late_message(tmp_path) -> None:
    state, server = loaded(tmp_path), a_server(generation=1)
    gone = AbsentServer(server.id, 2)
    await state.accept(server)
    await state.accept(gone)
    await state.forget(gone)
    assert server.id not in state and loaded(tmp_path).all() == []
    assert await state.accept(server) is Acceptance.OUTDATED
    assert await state.accept(gone) is Acceptance.NEW


async def test_removal_that_was_overtaken_forgets_nothing(tmp_path) -> None:
    state, server = loaded(tmp_path), a_server(generation=3)
    await state.accept(server)
    await state.forget(AbsentServer(server.id, 2))
    assert state.get(server.id) == server


async def test_threat_c15_one_unreadable_file_does_not_hide_the_others(tmp_path) -> None:
    good, bad = a_server(), a_server()
    state = loaded(tmp_path)
    await state.accept(good)
    await state.accept(bad)
    (tmp_path / "servers" / f"{bad.id}.json").write_text('{"type": "desired_server", "id": 7')
    assert loaded(tmp_path).all() == [good]


async def test_threat_c12_desired_states_are_the_owners_only(tmp_path) -> None:
    await loaded(tmp_path).accept(a_server())
    (file,) = (tmp_path / "servers").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "servers").stat().st_mode & 0o777 == 0o700
