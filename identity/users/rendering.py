"""Users as the API shows them, by the rules that are in force."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from identity.assembly import IDENTITY
from identity.users.schema import render


def rendering(request: web.Request) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return partial(render, inactive_days=request.app[IDENTITY].settings.passwords.inactive_days)
