"""What an operator decides about routers."""

from aiohttp import web
from msgspec import Struct


class RouterSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`distributed`: floating IPs of new routers are translated on their ports' own hosts, all of which must then reach
    the external network; otherwise on the chassis of the router's gateway. An administrator decides for one router.
    """

    distributed: bool = False


ROUTERS = web.AppKey("routers", RouterSettings)
