"""`meridian bootstrap`: what must be in the database before anyone can sign in."""

from deploy.settings import ControlSettings
from identity.bootstrap import bootstrap
from runtime.database import Database
from runtime.settings import SettingsError


async def run(settings: ControlSettings) -> None:
    """Raises SettingsError when the file has no `[bootstrap]` section."""
    if settings.bootstrap is None:
        raise SettingsError("section [bootstrap] is missing: it holds base_url and admin_password")
    database = await Database.open(settings.database)
    try:
        await bootstrap(database, settings.identity, settings.bootstrap)
    finally:
        await database.close()
