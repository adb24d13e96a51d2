"""How much of the image store one project may fill, and with how many uploads at once.

Rows and bytes are counted in the transaction that adds them, under the project's lock, so no race exceeds a limit.
Bytes on their way are bounded as well: each upload in flight may fill `largest_bytes` before it is counted.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from compute.images.settings import ImageSettings
from compute.images.store import SQL
from runtime.database import Connection
from runtime.errors import BodyTooLarge, Unavailable


class ImageQuotaExceeded(BodyTooLarge):
    title = "Quota exceeded"


class ImageQuota:
    """The limits of every project; one per process, because uploads in flight are counted here."""

    def __init__(self, settings: ImageSettings) -> None:
        self._settings = settings
        self._uploading: Counter[str] = Counter()

    async def admit_image(self, conn: Connection, project_id: str) -> None:
        """Passes when the project may have one more image; call it in the transaction that inserts it."""
        used = await self._lock_usage(conn, project_id)
        if used["images"] >= self._settings.images_per_project:
            raise ImageQuotaExceeded(f"The project has its {self._settings.images_per_project} images already.")

    async def admit_bytes(self, conn: Connection, project_id: str, size_bytes: int) -> None:
        """Passes when the project may store that much more; call it in the transaction that makes it count."""
        used = await self._lock_usage(conn, project_id)
        if used["bytes"] + size_bytes > self._settings.bytes_per_project:
            raise ImageQuotaExceeded(
                f"The images of a project have at most {self._settings.bytes_per_project} bytes together; "
                f"{used['bytes']} are in use."
            )

    @contextmanager
    def uploading(self, project_id: str) -> Iterator[None]:
        """One upload of the project while the block lasts. Raises Unavailable when too many are on their way."""
        if self._uploading[project_id] >= self._settings.uploads_per_project:
            raise Unavailable("The project uploads too many images at once; try again when one is done.")
        self._uploading[project_id] += 1
        try:
            yield
        finally:
            self._uploading[project_id] -= 1
            if not self._uploading[project_id]:
                del self._uploading[project_id]

    @staticmethod
    async def _lock_usage(conn: Connection, project_id: str) -> dict[str, int]:
        await SQL.lock_project(conn, project_id=project_id)
        return dict(await SQL.usage(conn, project_id=project_id))


IMAGE_QUOTA = web.AppKey("image_quota", ImageQuota)
