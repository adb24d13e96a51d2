"""Agents in PostgreSQL: what the leader copied last, and what administrators said of them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.agents.agent import CONTROLLER, DOWN_AFTER, GATEWAY, STEPS_BEHIND, Agent, AgentAlive, AgentNotFound
from runtime.database import Connection, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing
from southbound import chassis

SQL = queries(Path(__file__).parent / "queries.sql")

ALIVE = (
    f"(t.nb_cfg - a.nb_cfg <= {STEPS_BEHIND} OR now() - a.kept_up_at < interval '{DOWN_AFTER.total_seconds()} seconds')"
)
LISTING = Listing(
    select=(
        "SELECT a.*, t.nb_cfg AS target, now() AS now FROM northbound.agents a CROSS JOIN northbound.agents_target t"
    ),
    attributes={
        "id": Attribute("a.name"),
        "host": Attribute("a.host"),
        "agent_type": Attribute(f"CASE WHEN a.is_gateway THEN '{GATEWAY}' ELSE '{CONTROLLER}' END"),
        "binary": Attribute("'ovn-controller'"),
        "topic": Attribute("'n/a'"),
        "description": Attribute("a.description"),
        "admin_state_up": Attribute("true", "bool"),
        "availability_zone": Attribute("array_to_string(a.availability_zones, ',')"),
        "alive": Attribute(ALIVE, "bool"),
        "created_at": Attribute("a.created_at", "time"),
        "started_at": Attribute("a.created_at", "time"),
        "heartbeat_timestamp": Attribute("a.kept_up_at", "time"),
    },
)


async def list_agents(conn: Connection, page: Page, where: Where) -> list[Agent]:
    sql, values = compile_listing(LISTING, page, where)
    return [msgspec.convert(dict(row), Agent) for row in await conn.fetch(sql, *values)]


async def fetch_agent(conn: Connection, name: str) -> Agent:
    where = Where()
    where.add("a.name = {}", name)
    found = await list_agents(conn, Page(), where)
    if not found:
        raise AgentNotFound(name)
    return found[0]


async def describe_agent(conn: Connection, name: str, description: str) -> None:
    await SQL.describe_agent(conn, name=name, description=description)


async def delete_agent(conn: Connection, name: str) -> None:
    """Forgets an agent that is down; the leader takes it out of OVN. Raises AgentNotFound, AgentAlive."""
    await SQL.lock_agent(conn, name=name)
    if (await fetch_agent(conn, name)).alive:
        raise AgentAlive(name)
    await SQL.delete_agent(conn, name=name)
    await SQL.insert_removal(conn, name=name)


async def replace_agents(conn: Connection, found: Sequence[chassis.Agent], target: int) -> None:
    """Makes the table say what was found. One that was deleted and is still there stays deleted."""
    leaving = await removals(conn)
    staying = [agent for agent in found if agent.chassis.name not in leaving]
    rows = [
        {
            "name": agent.chassis.name,
            "host": agent.chassis.hostname,
            "is_gateway": agent.chassis.is_gateway,
            "availability_zones": sorted(agent.chassis.availability_zones),
            "bridge_mappings": agent.bridge_mappings,
            "nb_cfg": agent.nb_cfg,
        }
        for agent in staying
    ]
    await SQL.set_target(conn, nb_cfg=target)
    await SQL.upsert_agents(conn, found=rows)
    await SQL.delete_others(conn, names=[row["name"] for row in rows])


async def silent_agents(conn: Connection) -> set[str]:
    """Names of the chassis whose agents count as down: no sign of life for so long, or deleted and not yet out of OVN."""
    query = (
        f"SELECT a.name FROM northbound.agents a CROSS JOIN northbound.agents_target t WHERE NOT {ALIVE}"
        " UNION SELECT name FROM northbound.agent_removals"
    )
    return {row["name"] for row in await conn.fetch(query)}


async def removals(conn: Connection) -> list[str]:
    """Names of the agents that are to be taken out of OVN."""
    return [row["name"] async for row in SQL.select_removals(conn)]


async def forget_removals(conn: Connection, names: Sequence[str]) -> None:
    await SQL.delete_removals(conn, names=list(names))
