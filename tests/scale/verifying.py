"""`python -m tests.scale.verifying PORT SETTINGS`: an empty handler, bare on PORT, behind token and policy on PORT + 1."""

import asyncio
import sys
from pathlib import Path

import uvloop
from aiohttp import web
from prometheus_client import CollectorRegistry

from deploy.settings import ControlSettings
from identity.assembly import IDENTITY, open_identity
from identity.authentication import authenticate
from identity.policy import POLICY, SIGNED_IN, Policy, Rule, authorize
from runtime import logs
from runtime.database import Database
from runtime.metrics import HttpMetrics
from runtime.settings import load
from runtime.web.application import build
from runtime.web.faults import plain_envelope
from runtime.web.routes import Api, Route

RULE = Rule("scale:nothing", f"role:reader or {SIGNED_IN}", "Do nothing.")


async def bare(_request: web.Request) -> web.Response:
    return web.Response(body=b"{}", content_type="application/json")


async def guarded(request: web.Request) -> web.Response:
    authorize(request, {"project_id": request["caller"].project_id})
    return web.Response(body=b"{}", content_type="application/json")


async def main(port: int, settings: ControlSettings) -> None:
    logs.configure("scale", "warning")
    database = await Database.open(settings.database)
    async with open_identity(settings.identity, database, settings.database) as identity:
        plain = web.Application()
        plain.router.add_get("/scale", bare)
        api = Api("scale", "/scale", {"": {"GET": Route(guarded, RULE.name)}}, plain_envelope)
        whole = build([api], authenticate, HttpMetrics(CollectorRegistry()))
        whole[IDENTITY], whole[POLICY] = identity, Policy([RULE])
        for offset, application in enumerate((plain, whole)):
            runner = web.AppRunner(application, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port + offset).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), load(ControlSettings, Path(sys.argv[2]))))
