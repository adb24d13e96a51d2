"""Typed keys of what an application carries for its handlers."""

from aiohttp import web

from runtime.database import Database

DATABASE = web.AppKey("database", Database)
