"""The namespace of one tenant network on one host, in which its metadata is served.

    ovnmeta-<network>:  tap<first 10 of network>1  <- veth ->  tap<first 10 of network>0 on br-int, iface-id = localport

Inside are the localport's MAC and addresses and 169.254.169.254. Each step looks first and changes only what differs,
so an interrupted `build` is finished by the next one. The outer device is made first and goes last: whoever finds it
knows that there is something of ours to remove. The userspace datapath forwards unfinished checksums as they are, so
the kernel must not offload them. Names as in Neutron's OVN metadata agent, which operators know.
"""

import json
import re
from uuid import UUID

from compute.agent import commands
from compute.agent.faults import CommandFailed
from compute.agent.vswitch import VSwitch
from compute.messages import MetadataPort

SERVICE_ADDRESS = "169.254.169.254"

_PREFIX = "ovnmeta-"
_OWNER = "network/"
_NAMESPACE = re.compile(rf"{_PREFIX}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}")
_OUTER = re.compile(r"tap[0-9a-f-]{10}0")


def namespace_name(network_id: UUID) -> str:
    return f"{_PREFIX}{network_id}"


def bridge_device(network_id: UUID) -> str:
    """The end of the veth pair that is on the bridge."""
    return f"tap{str(network_id)[:10]}0"


def inner_device(network_id: UUID) -> str:
    """The end of the veth pair that is in the namespace."""
    return f"tap{str(network_id)[:10]}1"


async def list_devices(vswitch: VSwitch) -> set[str]:
    """The outer device of every network of which something is left on this host."""
    links = json.loads(await commands.run(["ip", "-j", "link", "show", "type", "veth"]))
    here = {link["ifname"] for link in links if _OUTER.fullmatch(link.get("ifname", ""))}
    return here | {port.device for port in await vswitch.list_ports() if port.owner.startswith(_OWNER)}


async def build(port: MetadataPort, vswitch: VSwitch) -> None:
    """The namespace of a network with its port plugged, whatever was there before. Raises CommandFailed, SwitchAway."""
    namespace, network = namespace_name(port.network_id), port.network_id
    made = await _ensure_pair(namespace, network)
    await _configure(namespace, port)
    if made or not await _is_plugged(port, vswitch):
        device, owner = bridge_device(network), f"{_OWNER}{network}"
        await vswitch.plug(device, port_id=str(port.port_id), mac=port.mac, owner=owner)


async def remove(device: str, vswitch: VSwitch) -> None:
    """Everything of the network whose outer device this is; nothing happens when nothing is there."""
    await vswitch.unplug(device)
    for network in await _list_networks():
        if bridge_device(network) == device:
            await commands.run(["ip", "netns", "del", namespace_name(network)])
    await _delete_link(device)


async def _list_networks() -> set[UUID]:
    """Every network that has a namespace on this machine, of this host or of another one."""
    names = [entry["name"] for entry in json.loads(await commands.run(["ip", "-j", "netns", "list"]) or b"[]")]
    return {UUID(name.removeprefix(_PREFIX)) for name in names if _NAMESPACE.fullmatch(name)}


async def _ensure_pair(namespace: str, network_id: UUID) -> bool:
    """Namespace and veth pair; True when the pair was made now."""
    outer, inner = bridge_device(network_id), inner_device(network_id)
    usable = await _is_usable(namespace, network_id)
    if usable and await _link(outer) and await _link(inner, namespace):
        return False
    await _delete_link(outer)
    await commands.run(["ip", "link", "add", outer, "type", "veth", "peer", "name", inner])
    if not usable:
        await commands.run(["ip", "netns", "add", namespace])
    await commands.run(["ip", "-n", namespace, "link", "set", "lo", "up"])
    await commands.run(["ip", "link", "set", inner, "netns", namespace])
    return True


async def _is_usable(namespace: str, network_id: UUID) -> bool:
    """A name without a namespace behind it, left by an interrupted creation, is removed."""
    if network_id not in await _list_networks():
        return False
    try:
        await commands.run(["ip", "-n", namespace, "link", "show", "lo"])
    except CommandFailed:
        await commands.run(["ip", "netns", "del", namespace])
        return False
    return True


async def _configure(namespace: str, port: MetadataPort) -> None:
    outer, inner = bridge_device(port.network_id), inner_device(port.network_id)
    inside = ["ip", "-n", namespace]
    await commands.run([*inside, "link", "set", inner, "address", port.mac, "mtu", str(port.mtu), "up"])
    await commands.run(["ip", "link", "set", outer, "mtu", str(port.mtu), "up"])
    await commands.run(["ethtool", "-K", outer, "tx", "off"])
    await commands.run(["ip", "netns", "exec", namespace, "ethtool", "-K", inner, "tx", "off"])
    wanted, present = {*port.ips, f"{SERVICE_ADDRESS}/32"}, await _addresses(inner, namespace)
    for address in sorted(present - wanted):
        await commands.run([*inside, "addr", "del", address, "dev", inner])
    for address in sorted(wanted - present):
        await commands.run([*inside, "addr", "add", address, "dev", inner])


async def _is_plugged(port: MetadataPort, vswitch: VSwitch) -> bool:
    device = bridge_device(port.network_id)
    plugged = {each.device: each for each in await vswitch.list_ports()}
    return device in plugged and plugged[device].port_id == str(port.port_id)


async def _addresses(device: str, namespace: str) -> set[str]:
    """Addresses with their prefix length, without the IPv6 ones that the kernel makes by itself."""
    link = await _link(device, namespace, "addr") or {}
    return {
        f"{each['local']}/{each['prefixlen']}"
        for each in link.get("addr_info", ())
        if each["family"] == "inet" or each["scope"] != "link"
    }


async def _delete_link(device: str) -> None:
    """Deleting a namespace deletes the pair a moment later, so the device may go while we ask for it."""
    if await _link(device) is None:
        return
    try:
        await commands.run(["ip", "link", "del", device])
    except CommandFailed:
        if await _link(device) is not None:
            raise


async def _link(device: str, namespace: str | None = None, what: str = "link") -> dict | None:
    """What `ip -j link|addr show` says of a device, or None when there is none."""
    inside = ["-n", namespace] if namespace else []
    links = json.loads(await commands.run(["ip", "-j", *inside, what, "show"]))
    return next((each for each in links if each.get("ifname") == device), None)
