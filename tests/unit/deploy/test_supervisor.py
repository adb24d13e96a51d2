"""The supervisor on components that only write down what happens to them."""

import asyncio

import pytest

from deploy.lab.daemons.programs import ProgramFailed
from deploy.lab.supervisor import Component, Supervisor, step


class Diary:
    """Components that record their starts and stops, in order."""

    def __init__(self) -> None:
        self.entries: list[str] = []

    def component(self, name: str, *needs: str, failures: int = 0) -> Component:
        """A step that fails `failures` times before it succeeds."""
        left = failures

        async def start() -> None:
            nonlocal left
            if left:
                left -= 1
                raise ProgramFailed(f"{name} is not in the mood")
            self.entries.append(f"start {name}")

        async def stop() -> None:
            self.entries.append(f"stop {name}")

        return step(name, start, *needs, stop=stop)


async def run_until_ready(*components: Component) -> list[list[str]]:
    """Run a supervisor until everything is ready, then stop it; the states by component that were seen."""
    supervisor = Supervisor(components)
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop.wait()))
    seen = []
    async for states in supervisor.states.follow():
        seen.append([state.state for state in states])
        if set(seen[-1]) == {"ready"}:
            break
    stop.set()
    await running
    return seen


async def test_components_start_after_their_needs_and_stop_in_reverse() -> None:
    diary = Diary()
    await run_until_ready(
        diary.component("database"),
        diary.component("control", "database"),
        diary.component("agent", "control"),
    )
    starts = ["start database", "start control", "start agent"]
    assert diary.entries == [*starts, "stop agent", "stop control", "stop database"]


async def test_component_that_fails_is_reported_and_tried_again() -> None:
    diary = Diary()
    seen = await run_until_ready(diary.component("moody", failures=1))
    assert ["failed"] in seen
    assert seen[-1] == ["ready"]
    assert diary.entries == ["start moody", "stop moody"]


async def test_daemon_that_ends_is_started_again() -> None:
    starts = 0
    second_start = asyncio.Event()

    async def start() -> None:
        nonlocal starts
        starts += 1
        if starts == 2:
            second_start.set()

    async def wait() -> int:
        if starts == 1:
            return 7
        await asyncio.Event().wait()
        return 0

    await Supervisor([Component("daemon", start, wait=wait)]).run(second_start.wait())
    assert starts == 2


async def test_mistake_in_a_component_ends_the_supervisor_and_stops_the_rest() -> None:
    diary = Diary()

    async def start() -> None:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as caught:
        await Supervisor([diary.component("fine"), step("wrong", start)]).run(asyncio.Event().wait())
    assert isinstance(caught.value.exceptions[0], ZeroDivisionError)
    assert diary.entries[-1] == "stop fine"
