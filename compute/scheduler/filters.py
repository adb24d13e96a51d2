"""Why a host cannot take a server: each filter says it in words, or says nothing. Pure.

Words never hold the name of a host: they reach tenants through the fault of a server.
"""

from collections.abc import Callable, Iterable

from oslo_utils import specs_matcher

from compute.hosts.store import SILENCE_S
from compute.scheduler.snapshot import Host, Wish

CAPABILITY_SCOPE = "capabilities"

Filter = Callable[[Host, Wish], str | None]


def takes_servers(host: Host, _wish: Wish) -> str | None:
    if not host.enabled:
        return "takes no new servers"
    if host.report_age_s >= SILENCE_S:
        return "does not report"
    return None


def is_wanted(host: Host, wish: Wish) -> str | None:
    """The host or availability zone that the request names."""
    if wish.host not in (None, host.name):
        return "is not the host asked for"
    if wish.availability_zone not in (None, host.availability_zone):
        return f"is not in availability zone {wish.availability_zone}"
    return None


def has_room(host: Host, wish: Wish) -> str | None:
    lacking = [
        f"{what} ({wanted} wanted, {max(free, 0)} free)"
        for what, wanted, free in (
            ("vCPUs", wish.size.vcpus, host.free.vcpus),
            ("MB of memory", wish.size.ram_mb, host.free.ram_mb),
            ("GB of disk", wish.size.disk_gb, host.free.disk_gb),
        )
        if wanted > free
    ]
    return f"has not enough {', '.join(lacking)}" if lacking else None


def runs_image(host: Host, wish: Wish) -> str | None:
    """The image's `architecture` (or hw_architecture) and `hypervisor_type` (or img_hv_type)."""
    for names, offered in (
        (("hw_architecture", "architecture"), host.architecture),
        (("img_hv_type", "hypervisor_type"), host.hypervisor_type),
    ):
        wanted = next((wish.image_properties[name] for name in names if name in wish.image_properties), None)
        if wanted is not None and wanted.lower() != offered.lower():
            return f"offers {names[-1]} {offered}, the image wants {wanted}"
    return None


def has_capabilities(host: Host, wish: Wish) -> str | None:
    """The flavor's extra specs of scope `capabilities`, and those without a scope.

    Their values are in the language of oslo.utils' specs_matcher: a plain word is compared as it is, `>= 7002000`
    as a number, `<in> ...`, `<or> ...`. A capability that we do not know is one that the host does not have.
    """
    for key, wanted in wish.extra_specs.items():
        scope, _, name = key.rpartition(":")
        if scope not in ("", CAPABILITY_SCOPE):
            continue
        offered = capabilities(host).get(name)
        if offered is None or not _matches(offered, wanted):
            return f"has no {name} that is {wanted}"
    return None


def _matches(offered: str, wanted: str) -> bool:
    """Whether a capability is as wanted; what cannot be compared with it (a word with `>=`) is not."""
    try:
        return bool(specs_matcher.match(offered, wanted))
    except (ValueError, TypeError, SyntaxError):
        return False


def capabilities(host: Host) -> dict[str, str]:
    """What extra specs may ask for, by name."""
    return {
        "hypervisor_type": host.hypervisor_type,
        "hypervisor_version": str(host.hypervisor_version),
        "architecture": host.architecture,
        "cpu_arch": host.architecture,
    }


FILTERS: tuple[Filter, ...] = (takes_servers, is_wanted, has_room, runs_image, has_capabilities)


def reasons(host: Host, wish: Wish, filters: Iterable[Filter] = FILTERS) -> list[str]:
    """Every reason why `host` cannot take the server; empty when it can."""
    return [reason for filter_ in filters if (reason := filter_(host, wish)) is not None]
