"""libvirt, and the only module that imports it.

Calls block, so each runs in one of a few threads. Events come the other way: libvirt's own event loop runs in one
daemon thread of the process (its calls register timers and descriptors from whichever thread they run in, which
neither asyncio nor uvloop allows), and every event is handed to the loop that created the `Hypervisor`.

The connection is kept by `run`: when libvirtd goes away the guests keep running, calls raise HypervisorAway, and
`on_connected` is called when it is back so that the caller compares everything again.
"""

import asyncio
import contextlib
import functools
import threading
import time
from collections.abc import Awaitable, Callable, Set
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

import libvirt
import structlog

from compute import messages
from compute.agent import durable, faults
from compute.agent.converge import Activity, ObservedDomain
from compute.agent.domain import METADATA_PREFIX, METADATA_URI, parse_definition

log = structlog.get_logger()
T = TypeVar("T")

_LIVE_AND_STORED = libvirt.VIR_DOMAIN_AFFECT_LIVE | libvirt.VIR_DOMAIN_AFFECT_CONFIG
_BUTTON_PERIOD_S = 10.0
_AWAY = {
    libvirt.VIR_ERR_NO_CONNECT,
    libvirt.VIR_ERR_INVALID_CONN,
    libvirt.VIR_ERR_INTERNAL_ERROR,
    libvirt.VIR_ERR_SYSTEM_ERROR,
    libvirt.VIR_ERR_RPC,
}
# What libvirt answers when a domain is gone, or is already running or off.
_ALREADY_SO = {libvirt.VIR_ERR_NO_DOMAIN, libvirt.VIR_ERR_OPERATION_INVALID}


class Hypervisor:
    """The domains of one libvirtd. `on_change` gets the id of a domain of which libvirt says that something happened.

    Both callbacks are called in the loop in which `run` runs. Every operation on a domain is idempotent: asking for
    what is already so does nothing.
    """

    def __init__(
        self,
        uri: str,
        *,
        on_change: Callable[[UUID], None],
        on_connected: Callable[[], None],
        threads: int = 8,
        retry_s: float = 1.0,
    ) -> None:
        self._uri = uri
        self._on_change = on_change
        self._on_connected = on_connected
        self._retry_s = retry_s
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="libvirt")
        self._connection: libvirt.virConnect | None = None
        self._lost = asyncio.Event()
        self._changes: dict[UUID, asyncio.Future[None]] = {}

    async def run(self) -> None:
        """Keeps a connection until cancelled."""
        _start_event_thread()
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._lost.clear()
                try:
                    self._connection = await loop.run_in_executor(self._threads, self._open, loop)
                except libvirt.libvirtError as error:
                    log.warning("libvirtd does not answer", error=str(error))
                    await asyncio.sleep(self._retry_s)
                    continue
                self._on_connected()
                await self._lost.wait()
                log.warning("libvirtd is gone; guests keep running")
                await self._disconnect()
        finally:
            await self._disconnect()
            self._threads.shutdown(wait=False)

    async def observe_all(self) -> dict[UUID, ObservedDomain]:
        """Every domain of ours, by server id."""
        return await self._call(_observe_all)

    async def observe(self, server_id: UUID) -> ObservedDomain | None:
        return await self._call(_observe, server_id)

    async def define(self, xml: str) -> None:
        await self._call(_define, xml)

    async def undefine(self, server_id: UUID) -> None:
        await self._on_domain(server_id, lambda domain: domain.undefine())

    async def start_paused(self, server_id: UUID) -> None:
        await self._on_domain(server_id, lambda domain: domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED))

    async def resume(self, server_id: UUID) -> None:
        await self._on_domain(server_id, lambda domain: domain.resume())

    async def destroy(self, server_id: UUID) -> None:
        await self._on_domain(server_id, lambda domain: domain.destroy())

    async def shut_down(self, server_id: UUID, *, timeout_s: float) -> None:
        """Press the power button, return when the guest is off; raises GuestIsSlow when it is not in time.

        A guest that is still booting does not hear the button, so it is pressed again from time to time.
        """
        press = libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            await self._on_domain(server_id, lambda domain: domain.shutdownFlags(press))
            with contextlib.suppress(faults.GuestIsSlow):
                await self.wait_until(server_id, _is_off, timeout_s=min(left_s, _BUTTON_PERIOD_S))
                return
        raise faults.GuestIsSlow("the guest did not power down in time")

    async def attach(self, server_id: UUID, xml: str) -> None:
        await self._on_domain(server_id, lambda domain: domain.attachDeviceFlags(xml, _LIVE_AND_STORED), already=set())

    async def detach_interface(self, server_id: UUID, port_id: UUID, alias: str, *, timeout_s: float) -> None:
        """Return when the guest has released the card; raises GuestIsSlow when it has not in time."""
        await self._on_domain(server_id, lambda domain: _detach_everywhere(domain, alias))

        def released(seen: ObservedDomain | None) -> bool:
            return seen is None or port_id not in seen.definition.port_ids

        await self.wait_until(server_id, released, timeout_s=timeout_s)

    async def stamp(self, server_id: UUID, element: str) -> None:
        """Replace our metadata element, in the running domain too."""
        await self._on_domain(server_id, lambda domain: _stamp(domain, element))

    async def wait_until(
        self, server_id: UUID, holds: Callable[[ObservedDomain | None], bool], *, timeout_s: float
    ) -> None:
        """Observe the domain after each of its events until `holds`; raises GuestIsSlow."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    change = self._next_change(server_id)
                    if holds(await self.observe(server_id)):
                        return
                    await asyncio.shield(change)
        except TimeoutError:
            raise faults.GuestIsSlow("the guest did not answer in time") from None

    async def describe_host(self) -> tuple[messages.Hypervisor, int, int]:
        """What runs the guests, processors and MiB of memory of the whole host."""
        return await self._call(_describe_host)

    async def _on_domain(
        self, server_id: UUID, act: Callable[[libvirt.virDomain], object], *, already: Set[int] = _ALREADY_SO
    ) -> None:
        def look_up_and_act(connection: libvirt.virConnect) -> None:
            try:
                act(connection.lookupByUUID(server_id.bytes))
            except libvirt.libvirtError as error:
                if error.get_error_code() not in already:
                    raise

        await self._call(look_up_and_act)

    async def _call(self, function: Callable[..., T], *arguments: object) -> T:
        connection = self._connection
        if connection is None:
            raise faults.HypervisorAway("libvirtd does not answer")
        try:
            return await durable.in_thread(function, connection, *arguments, threads=self._threads)
        except libvirt.libvirtError as error:
            raise _translate(error, connection) from error

    def _open(self, loop: asyncio.AbstractEventLoop) -> libvirt.virConnect:
        """In a thread: connect and ask for events. libvirt asks QEMU what it can now, not at the first server."""
        connection = libvirt.open(self._uri)
        connection.getCapabilities()
        connection.setKeepAlive(5, 3)

        def happened(_connection: object, domain: libvirt.virDomain, *_details: object) -> None:
            loop.call_soon_threadsafe(self._changed, UUID(bytes=domain.UUID()))

        def closed(*_details: object) -> None:
            loop.call_soon_threadsafe(self._lost.set)

        connection.registerCloseCallback(closed, None)
        for event in (
            libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
            libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
            libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED,
        ):
            connection.domainEventRegisterAny(None, event, happened, None)
        return connection

    def _changed(self, server_id: UUID) -> None:
        change = self._changes.pop(server_id, None)
        if change and not change.done():
            change.set_result(None)
        self._on_change(server_id)

    def _next_change(self, server_id: UUID) -> Awaitable[None]:
        return self._changes.setdefault(server_id, asyncio.get_running_loop().create_future())

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._threads, _close, connection)


@functools.cache
def _start_event_thread() -> None:
    """libvirt has one event loop per process, so it is started once and never ended."""
    libvirt.registerErrorHandler(lambda *_arguments: None, None)
    libvirt.virEventRegisterDefaultImpl()

    def dispatch_for_ever() -> None:
        while True:
            libvirt.virEventRunDefaultImpl()

    threading.Thread(target=dispatch_for_ever, name="libvirt-events", daemon=True).start()


def _close(connection: libvirt.virConnect) -> None:
    """Also for a connection that broke: everything it registered goes, and what it still says is not asked for."""
    try:
        connection.unregisterCloseCallback()
        connection.close()
    except libvirt.libvirtError as error:
        log.debug("closing a broken connection", error=str(error))


def _observe_all(connection: libvirt.virConnect) -> dict[UUID, ObservedDomain]:
    seen = (_observe_domain(domain) for domain in connection.listAllDomains())
    return {domain.definition.server_id: domain for domain in seen if domain is not None}


def _observe(connection: libvirt.virConnect, server_id: UUID) -> ObservedDomain | None:
    try:
        return _observe_domain(connection.lookupByUUID(server_id.bytes))
    except libvirt.libvirtError as error:
        if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
            return None
        raise


def _observe_domain(domain: libvirt.virDomain) -> ObservedDomain | None:
    """None for a domain that is not ours or vanishes meanwhile."""
    try:
        definition = parse_definition(domain.XMLDesc())
        state, reason = domain.state()
    except libvirt.libvirtError as error:
        if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
            return None
        raise
    return definition and ObservedDomain(definition, _activity(state, reason))


def _activity(state: int, reason: int) -> Activity:
    """Source: libvirt-domain, virDomainState and virDomainShutoffReason."""
    if state == libvirt.VIR_DOMAIN_PAUSED:
        return Activity.PAUSED
    if state == libvirt.VIR_DOMAIN_CRASHED or (
        state == libvirt.VIR_DOMAIN_SHUTOFF and reason == libvirt.VIR_DOMAIN_SHUTOFF_CRASHED
    ):
        return Activity.CRASHED
    if state == libvirt.VIR_DOMAIN_SHUTOFF:
        by_guest = reason == libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN
        return Activity.OFF_BY_GUEST if by_guest else Activity.OFF
    return Activity.RUNNING


def _is_off(seen: ObservedDomain | None) -> bool:
    return seen is None or not seen.active


def _define(connection: libvirt.virConnect, xml: str) -> None:
    connection.defineXMLFlags(xml, libvirt.VIR_DOMAIN_DEFINE_VALIDATE)


def _stamp(domain: libvirt.virDomain, element: str) -> None:
    flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG
    if domain.isActive():
        flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE
    domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, element, METADATA_PREFIX, METADATA_URI, flags)


def _detach_everywhere(domain: libvirt.virDomain, alias: str) -> None:
    """From the stored definition at once, from the running guest as soon as it lets go.

    They are asked one by one: an agent killed in the middle, or a guest that was slow the first time, leaves the
    card in one of them only, and one call for both is then refused.
    """
    for flag, stored in (
        (libvirt.VIR_DOMAIN_AFFECT_CONFIG, libvirt.VIR_DOMAIN_XML_INACTIVE),
        (libvirt.VIR_DOMAIN_AFFECT_LIVE, 0),
    ):
        if alias not in domain.XMLDesc(stored):
            continue
        try:
            domain.detachDeviceAlias(alias, flag)
        except libvirt.libvirtError as error:
            if error.get_error_code() != libvirt.VIR_ERR_OPERATION_FAILED:
                raise
            log.info("device is already on its way out", alias=alias, error=str(error))


def _describe_host(connection: libvirt.virConnect) -> tuple[messages.Hypervisor, int, int]:
    architecture, memory_mb, processors, *_rest = connection.getInfo()
    kind = messages.Hypervisor(
        type=connection.getType(),
        version=connection.getVersion(),
        hostname=connection.getHostname(),
        architecture=architecture,
    )
    return kind, processors, memory_mb


def _translate(error: libvirt.libvirtError, connection: libvirt.virConnect) -> faults.AgentFault:
    code, detail = error.get_error_code(), str(error)
    if code in _AWAY and not connection.isAlive():
        return faults.HypervisorAway("libvirtd does not answer", detail)
    if code in (libvirt.VIR_ERR_NO_MEMORY,) or "Cannot allocate memory" in detail:
        return faults.MemoryExhausted("the host has not enough memory", detail)
    if code == libvirt.VIR_ERR_OPERATION_TIMEOUT:
        return faults.HypervisorAway("libvirtd is busy", detail)
    return faults.HypervisorRefused("libvirt refused", detail)
