"""Where a lab keeps things, and that several labs do not meet."""

from pathlib import Path

import pytest

from deploy.lab.state import DEFAULT_DIRECTORY, State


def test_default_lab_has_the_documented_names() -> None:
    state = State.at(DEFAULT_DIRECTORY)
    assert (state.host_namespace.name, state.internet_namespace.name) == (
        "meridian-host",
        "meridian-internet",
    )
    assert state.url == "http://127.0.0.1:5000"


def test_another_lab_has_names_and_ports_of_its_own() -> None:
    one, other = State.at(Path("/tmp/one")), State.at(Path("/tmp/other"))
    default = State.at(DEFAULT_DIRECTORY)
    assert len({state.host_namespace.name for state in (one, other, default)}) == 3
    assert len({state.port for state in (one, other, default)}) == 3
    assert State.at(Path("/tmp/one")) == one


@pytest.mark.parametrize("number", range(50))
def test_ports_stay_below_the_ephemeral_range(number: int) -> None:
    state = State.at(Path(f"/tmp/lab-{number}"))
    assert 20000 <= state.port < state.metrics_port < 32768


def test_path_that_leaves_no_room_for_sockets_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        State.at(Path("/tmp") / ("deep/" * 20))
