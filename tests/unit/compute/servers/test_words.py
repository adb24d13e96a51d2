"""States, host names, host ids and console tails: the small pure functions of servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.servers.console import last_lines
from compute.servers.host_id import host_id_of
from compute.servers.hostname import (
    LABEL,
    LONGEST,
    check_hostname,
    hostname_of,
    numbered,
)
from compute.servers.states import states_of, status_of
from runtime.errors import BadRequest


@pytest.mark.parametrize(
    ("vm_state", "task_state", "status"),
    [
        ("building", "spawning", "BUILD"),
        ("active", None, "ACTIVE"),
        ("active", "powering-off", "ACTIVE"),
        ("active", "rebooting", "REBOOT"),
        ("stopped", "rebooting_hard", "HARD_REBOOT"),
        ("stopped", None, "SHUTOFF"),
        ("error", "deleting", "ERROR"),
    ],
)
def test_status_is_derived_as_nova_does(vm_state: str, task_state: str | None, status: str) -> None:
    assert status_of(vm_state, task_state) == status
    vm_states, task_states = states_of(status)
    assert vm_state in vm_states
    assert task_states is None or task_state in task_states


def test_unknown_status_is_of_no_server() -> None:
    assert states_of("NONSENSE") == ([], None)


@pytest.mark.parametrize(
    ("name", "hostname"),
    [
        ("web", "web"),
        ("Web Server_1.example", "web-server-1-example"),
        ("-web-", "web"),
        ("école", "cole"),
        ("日本", "server-id"),
        ("x" * 100, "x" * LONGEST),
    ],
)
def test_hostname_is_made_of_the_name(name: str, hostname: str) -> None:
    assert hostname_of(name, "id") == hostname


@given(st.text(max_size=300))
def test_hostname_of_any_name_is_one_dns_label(name: str) -> None:
    hostname = hostname_of(name, "0f1e")
    assert LABEL.fullmatch(hostname)
    assert len(hostname) <= LONGEST
    assert check_hostname(hostname) == hostname


@pytest.mark.parametrize("text", ["", "-a", "a-", "a b", "a.b", "a\n", "x" * 64])
def test_bad_hostname_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        check_hostname(text)


def test_names_are_numbered_only_in_company() -> None:
    assert numbered("web", 0, 1) == "web"
    assert numbered("web", 1, 3) == "web-2"


def test_host_id_tells_neither_host_nor_other_projects() -> None:
    assert host_id_of("key", "red") == host_id_of("key", "red")
    assert len({host_id_of("key", "red"), host_id_of("key", "blue"), host_id_of("other", "red")}) == 3


@pytest.mark.parametrize(
    ("lines", "told"), [(None, "a\nb\nc\n"), (-1, "a\nb\nc\n"), (0, ""), (1, "c\n"), (2, "b\nc\n"), (9, "a\nb\nc\n")]
)
def test_console_tail_is_cut_by_lines(lines: int | None, told: str) -> None:
    assert last_lines("a\nb\nc\n", lines) == told
