"""Serves metadata to the guests of this host: one socket per network, all in the agent's own loop.

The socket tells the network, the connection's source address tells the server: OVN's port security lets no guest
send with an address that is not its own. Nothing that a guest sends is believed, and nothing is kept between two
requests, so an address that changed hands answers for its new owner at once.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import structlog
from aiohttp import web

from compute.agent.metadata import documents, namespaces, sockets
from compute.agent.vswitch import VSwitch
from compute.messages import DesiredServer, MetadataPort

log = structlog.get_logger()

_PORT = 80
_MOST_CONNECTIONS = 128


@dataclass(frozen=True)
class _Served:
    port: MetadataPort
    server: asyncio.Server
    runner: web.ServerRunner


class MetadataService:
    """`servers()` lists the servers of this host, each with its present addresses."""

    def __init__(self, vswitch: VSwitch, servers: Callable[[], Iterable[DesiredServer]]) -> None:
        self._vswitch = vswitch
        self._servers = servers
        self._served: dict[UUID, _Served] = {}
        self._changing = asyncio.Lock()

    def served(self) -> frozenset[MetadataPort]:
        """The ports of the networks that are served as they should be."""
        return frozenset(each.port for each in self._served.values())

    async def serve(self, port: MetadataPort) -> None:
        """Return when the network's guests can reach the service; raises CommandFailed, SwitchAway, OSError."""
        async with self._changing:
            await namespaces.build(port, self._vswitch)
            known = self._served.get(port.network_id)
            server, runner = (known.server, known.runner) if known else await self._listen(port.network_id)
            self._served[port.network_id] = _Served(port, server, runner)

    async def keep_only(self, networks: Callable[[], set[UUID]]) -> None:
        """Remove what is left of every other network. `networks()` is asked again before each removal."""
        for network_id in set(self._served):
            async with self._changing:
                if network_id not in networks():
                    await _close(self._served.pop(network_id))
        for device in await namespaces.list_devices(self._vswitch):
            async with self._changing:
                if device not in map(namespaces.bridge_device, networks()):
                    await namespaces.remove(device, self._vswitch)

    async def close(self) -> None:
        """Stop answering; namespaces and plugged ports stay for the agent that comes next."""
        for served in self._served.values():
            await _close(served)
        self._served.clear()

    async def _listen(self, network_id: UUID) -> tuple[asyncio.Server, web.ServerRunner]:
        namespace = namespaces.namespace_name(network_id)
        listener = await asyncio.to_thread(sockets.listen_in, namespace, namespaces.SERVICE_ADDRESS, _PORT)
        runner = web.ServerRunner(web.Server(_answer_for(network_id, self._find)))
        await runner.setup()

        def accept() -> asyncio.BaseProtocol:
            return runner.server() if len(runner.server.connections) < _MOST_CONNECTIONS else _Refused()

        return await asyncio.get_running_loop().create_server(accept, sock=listener), runner

    def _find(self, network_id: UUID, address: str) -> DesiredServer | None:
        """The one server that has this address on this network; None when there is none or more than one."""
        found = [server for server in self._servers() if _has(server, network_id, address)]
        return found[0] if len(found) == 1 else None


class _Refused(asyncio.Protocol):
    """A connection too many on one network."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        transport.abort()


def _answer_for(network_id: UUID, find: Callable[[UUID, str], DesiredServer | None]):
    async def answer(request: web.BaseRequest) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        peer = request.transport.get_extra_info("peername") if request.transport else None
        server = peer and find(network_id, peer[0])
        document = server and documents.find(server, request.path)
        if not document:
            return web.Response(status=404, text="404 Not Found")
        return web.Response(body=document.body, content_type=document.content_type)

    return answer


def _has(server: DesiredServer, network_id: UUID, address: str) -> bool:
    return any(
        interface.network_id == network_id and any(each.ip == address for each in interface.addresses)
        for interface in server.interfaces
    )


async def _close(served: _Served) -> None:
    served.server.close()
    await served.runner.cleanup()
