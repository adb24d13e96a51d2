"""The parts of the network API that an application holds, put together."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from northbound.ports.making import PORT_MAKER, PortMaker
from northbound.routers.settings import ROUTERS, RouterSettings
from northbound.translation.service import TRANSLATION, Translation
from runtime.database import Database


def services(
    database: Database, translation: Translation, routers: RouterSettings | None = None
) -> Mapping[web.AppKey[Any], Any]:
    """What the handlers ask their application for, beside the database."""
    return {
        TRANSLATION: translation,
        PORT_MAKER: PortMaker(database, translation.settle),
        ROUTERS: routers or RouterSettings(),
    }
