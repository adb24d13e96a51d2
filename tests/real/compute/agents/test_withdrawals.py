"""Who hears that OVN permits less than before: the host of a port, and every host when an address is no more."""

from uuid import UUID, uuid4

import pytest

from compute.interfaces import store as interfaces
from compute.messages import EndConnections, LostPermit
from deploy.lab.daemons.waiting import until
from northbound.translation.withdrawals import Permit, Withdrawn
from tests.real.compute.tasks.agents import ObedientAgent
from tests.real.compute.tasks.cloud import Cloud

pytestmark = pytest.mark.real


def answer_servers(told: object) -> list[dict]:
    """Nothing but servers is answered."""
    return [] if isinstance(told, EndConnections) else [{"state": told.power}]


async def heard(agent: ObedientAgent, wanted: EndConnections) -> None:
    async def is_told() -> bool:
        return wanted in agent.told

    await until(is_told, 20)


async def test_threat_d8_hosts_hear_of_what_their_ports_lost(cloud: Cloud):
    agent, other = await cloud.agent(), await cloud.agent(host="host-2")
    for each in (agent, other):
        each.answer = answer_servers
        await each.inventory()
    server = await cloud.create()
    made = await cloud.wait_for(server.id, lambda found: found.vm_state == "active" and found.task_state is None)
    assert made.host == agent.host
    async with cloud.database.transaction() as conn:
        (card,) = await interfaces.select_of(conn, [server.id])
    lost = {Permit(card.port_id, 17, 53), Permit(str(uuid4()), None, None)}
    await cloud.compute.withdrawals.tell(Withdrawn(frozenset(lost), frozenset()))
    await heard(agent, EndConnections(permits=(LostPermit(UUID(card.port_id), 17, 53),)))

    await cloud.compute.withdrawals.tell(Withdrawn(frozenset(), frozenset({"150.25.12.9"})))
    for each in (agent, other):
        await heard(each, EndConnections(addresses=("150.25.12.9",)))
    assert not [said for said in other.told if isinstance(said, EndConnections) and said.permits]
