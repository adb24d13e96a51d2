"""What must hold in a cloud that has come to rest, whatever was killed before (reliability: V4, V5, V7, V8, V9).

One program compares what PostgreSQL asked for with what OVN, libvirt, Open vSwitch and the disk of the host hold.
"""

import json
from collections.abc import Iterable

import asyncpg

from deploy.lab.daemons.libvirt import connection_uri
from deploy.lab.daemons.ovs import switch_database
from deploy.lab.daemons.programs import run
from deploy.lab.state import State

UNSWITCHED = ("network:floatingip",)
COUNTERS = """
SELECT h.name, h.vcpus_used, h.ram_used_mb, h.disk_used_gb,
       coalesce(sum(a.vcpus), 0), coalesce(sum(a.ram_mb), 0), coalesce(sum(a.disk_gb), 0)
FROM compute.hosts h LEFT JOIN compute.allocations a ON a.host = h.name GROUP BY h.name
"""


async def violations(state: State) -> list[str]:
    """One line for each thing without an owner, missing or counted wrongly; empty when all is well."""
    connection = await asyncpg.connect(f"postgresql://meridian@/meridian?host={state.postgres}")
    try:
        servers = {str(row["id"]): row["vm_state"] for row in await connection.fetch("SELECT * FROM compute.servers")}
        ports = await connection.fetch("SELECT id::text, device_id, device_owner FROM northbound.ports")
        marks = await connection.fetchval("SELECT count(*) FROM northbound.dirty")
        counters = await connection.fetch(COUNTERS)
        unfinished = await connection.fetchval("SELECT count(*) FROM compute.tasks WHERE finished_at IS NULL")
    finally:
        await connection.close()
    found = _orphans("domain", await _domains(state), servers)
    found += [
        f"server {one} has no domain" for one in servers.keys() - await _domains(state) if servers[one] != "error"
    ]
    found += _orphans("instance directory", _directories(state), servers)
    found += _orphans("OVS interface", await _plugged(state), {port["id"] for port in ports})
    found += _orphans("tap", await _taps(state), {f"tap{port['id']}"[:14] for port in ports})
    found += [
        f"port {port['id']} belongs to server {port['device_id']}, which does not exist"
        for port in ports
        if port["device_owner"].startswith("compute:") and port["device_id"] not in servers
    ]
    switched = {port["id"] for port in ports if port["device_owner"] not in UNSWITCHED}
    northbound = await _switch_ports(state)
    found += [f"switch port {one} has no port" for one in northbound - switched]
    found += [f"port {one} has no switch port" for one in switched - northbound]
    found += [f"{marks} owners are not settled"] if marks else []
    found += [f"{unfinished} tasks have not ended"] if unfinished else []
    found += [f"host {row[0]} counts {row[1:4]}, its servers are {row[4:]}" for row in counters if row[1:4] != row[4:]]
    return found


def _orphans(what: str, present: Iterable[str], owned: Iterable[str]) -> list[str]:
    return [f"{what} {one} has no owner" for one in set(present) - set(owned)]


async def _domains(state: State) -> set[str]:
    listed = await run(["virsh", "-c", connection_uri(state.host / "libvirt"), "list", "--all", "--uuid"])
    return set(listed.split())


def _directories(state: State) -> list[str]:
    return [entry.name for entry in (state.directory / "agent" / "instances").iterdir()]


async def _plugged(state: State) -> set[str]:
    """The ports that Open vSwitch carries for guests and metadata, by `iface-id`."""
    remote = switch_database(state.host).remote
    listed = await run(["ovs-vsctl", f"--db={remote}", "--format=json", "--columns=external_ids", "list", "Interface"])
    maps = (dict(cell[0][1]) for cell in json.loads(listed)["data"])
    return {external_ids["iface-id"] for external_ids in maps if "iface-id" in external_ids}


async def _taps(state: State) -> set[str]:
    """The guests' tap devices; those of metadata namespaces end in a digit after ten of the network's id."""
    links = json.loads(await run(["ip", "-n", state.host_namespace.name, "-json", "link", "show"]))
    return {link["ifname"] for link in links if link["ifname"].startswith("tap") and link.get("link_index") is None}


async def _switch_ports(state: State) -> set[str]:
    remote = f"unix:{state.ovn}/ovn-nb.sock"
    listed = await run(["ovn-nbctl", f"--db={remote}", "--bare", "--columns=name", "list", "Logical_Switch_Port"])
    return {name for name in listed.split() if not name.startswith("provnet-")}
