"""The database schema of all packages, brought up to date in the order of the floors."""

import asyncio
from pathlib import Path

from runtime.database import DatabaseSettings
from runtime.migrations import migrate as migrate_directories

ROOT = Path(__file__).parents[1]
PACKAGES = ("identity", "northbound", "compute")


def migrate(settings: DatabaseSettings) -> None:
    """Applies what is missing; safe when several processes start at once."""
    directories = [ROOT / package / "migrations" for package in PACKAGES]
    asyncio.run(migrate_directories(settings.url(), directories))
