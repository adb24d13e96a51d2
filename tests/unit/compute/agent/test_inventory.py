"""What the agent says of all its servers never is older than what it said of one of them."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

from compute.agent.state import DesiredState
from compute.agent.supervisor import Supervisor
from compute.messages import AbsentServer


async def test_server_that_goes_while_the_host_is_looked_at_is_not_in_the_inventory(tmp_path: Path) -> None:
    looking, looked = asyncio.Event(), asyncio.Event()

    async def list_ports() -> list:
        looking.set()
        await looked.wait()
        return []

    async def observe_all() -> dict:
        return {}

    host = SimpleNamespace(
        vswitch=SimpleNamespace(list_ports=list_ports),
        hypervisor=SimpleNamespace(observe_all=observe_all),
        files=SimpleNamespace(server_ids=set),
    )
    state = DesiredState(tmp_path)
    state.load()
    leaving = AbsentServer(uuid4(), 2)
    await state.accept(leaving)
    supervisor = Supervisor("host-1", host, state, None, None, servers_at_once=1, on_settled=lambda: None)
    inventory = asyncio.create_task(supervisor.inventory())
    await looking.wait()
    await state.forget(leaving)
    looked.set()
    assert await inventory == ()
