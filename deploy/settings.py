"""The settings file of each process: one TOML file, one section per part. `deploy/samples/` documents all keys."""

from pathlib import Path

import msgspec

from compute.assembly import BusSettings
from compute.images.settings import ImageSettings
from identity.bootstrap import BootstrapOptions
from identity.settings import IdentitySettings
from northbound.addresses.settings import AddressSettings
from northbound.routers.settings import RouterSettings
from northbound.translation.service import TranslationSettings
from runtime.database import DatabaseSettings


class HttpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the APIs answer: a TCP address, and a unix socket for agents of the same machine."""

    host: str = "127.0.0.1"
    port: int = 5000
    socket: Path | None = None


class MetricsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where Prometheus scrapes; apart from the APIs, because it asks for no token."""

    host: str = "127.0.0.1"
    port: int = 5001


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    level: str = "info"


class ControlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `meridian control`. `policy` is an operator's policy.yaml with rules that replace ours."""

    database: DatabaseSettings
    identity: IdentitySettings
    images: ImageSettings
    ovn: TranslationSettings
    bootstrap: BootstrapOptions | None = None
    routers: RouterSettings = RouterSettings()
    addresses: AddressSettings = AddressSettings()
    bus: BusSettings = BusSettings()
    http: HttpSettings = HttpSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()
    policy: Path | None = None
