"""The course's "internet": a namespace that owns the gateway address of the provider network, wired to br-ex.

    internet namespace: outside 150.25.12.254/24  <- veth ->  host namespace: internet, a port of br-ex

Nothing of it is in the machine's own network namespace, so its addresses are neither reachable from there nor sent
from there.
"""

from deploy.lab.daemons.ovs import Vswitchd
from deploy.lab.daemons.programs import run
from deploy.lab.host import EXTERNAL_BRIDGE
from deploy.lab.namespaces import Namespace

ADDRESS = "150.25.12.254/24"
INNER, OUTER = "internet", "outside"


async def connect_internet(internet: Namespace, host: Namespace, switch: Vswitchd) -> None:
    """Wire `internet` to the external bridge of `host`; idempotent.

    The outside end must finish its checksums: the userspace datapath forwards packets as they are. A port that the
    switch remembers from an earlier pair of devices is removed first, or the switch would keep the dead device.
    """
    if OUTER not in await run(["ip", "-n", internet.name, "-o", "link"]):
        await switch.vsctl("--if-exists", "del-port", EXTERNAL_BRIDGE, INNER)
        peer = ["peer", "name", INNER, "netns", host.name]
        await run(["ip", "-n", internet.name, "link", "add", OUTER, "type", "veth", *peer])
    await run(internet.enter("ethtool", "-K", OUTER, "tx", "off"))
    await run(["ip", "-n", internet.name, "address", "replace", ADDRESS, "dev", OUTER])
    await run(["ip", "-n", internet.name, "link", "set", OUTER, "up"])
    await run(["ip", "-n", host.name, "link", "set", INNER, "up"])
    await switch.vsctl("--may-exist", "add-port", EXTERNAL_BRIDGE, INNER)
