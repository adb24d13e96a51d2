"""Whether a write is asked for as a dry run: `?dry_run=true`, or the header `X-Meridian-Dry-Run: true`."""

from aiohttp import web

from runtime.errors import BadRequest

WORD, HEADER = "dry_run", "X-Meridian-Dry-Run"
WRITES = frozenset({"POST", "PUT", "DELETE"})


def is_dry_run(request: web.Request) -> bool:
    """Raises BadRequest when it is neither clearly so nor clearly not: a write is no place to guess."""
    if request.method not in WRITES:
        return False
    said = [text for text in (request.query.get(WORD), request.headers.get(HEADER)) if text is not None]
    for text in said:
        if text.lower() not in ("true", "1", "false", "0"):
            raise BadRequest(f"Invalid input for {WORD}: expected true or false.")
    return any(text.lower() in ("true", "1") for text in said)
