"""What the lab's guest does with a lease, tried in a network namespace instead of a guest."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import deploy.lab
from deploy.lab.daemons.programs import run

pytestmark = pytest.mark.real
DHCP_EVENT = Path(deploy.lab.__file__).parent / "guest" / "root" / "usr" / "lib" / "guest" / "dhcp-event"
OPTION_121 = "169.254.169.254/32 {net}.2 0.0.0.0/0 {net}.1"


@pytest.fixture
async def guest(tmp_path: Path) -> AsyncIterator[list[str]]:
    """The words that run a command in a namespace with two interfaces."""
    name = f"lease-{tmp_path.name[-20:]}"
    await run(["ip", "netns", "add", name])
    try:
        for interface in ("eth0", "eth1"):
            await run(["ip", "-n", name, "link", "add", interface, "type", "veth", "peer", "name", f"to-{interface}"])
            await run(["ip", "-n", name, "link", "set", f"to-{interface}", "up"])
        yield ["ip", "netns", "exec", name]
    finally:
        await run(["ip", "netns", "del", name])


@pytest.mark.parametrize("static", [True, False], ids=["option 121", "router option"])
async def test_default_route_stays_with_the_first_card_whatever_the_second_does(guest: list[str], static: bool) -> None:
    for interface, net in (("eth0", "10.50.0"), ("eth1", "10.51.0")):
        routes = f"staticroutes={OPTION_121.format(net=net)}" if static else f"router={net}.1"
        lease = [f"interface={interface}", f"ip={net}.9", "mask=24", routes]
        for event in ("deconfig", "bound"):
            await run([*guest, "env", *lease, "sh", str(DHCP_EVENT), event])
    assert "dev eth0" in await run([*guest, "ip", "route", "get", "8.8.8.8"])
    await run([*guest, "ip", "link", "del", "eth1"])
    assert "via 10.50.0.1 dev eth0" in await run([*guest, "ip", "route", "get", "8.8.8.8"])
