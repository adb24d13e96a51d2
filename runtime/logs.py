"""Structured logs: one JSON object a line on standard error, the request id of the moment on each.

Values are cut at 256 bytes and keys that name secrets are masked, whatever a caller passes in.
"""

import logging
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

import msgspec
import structlog

LONGEST_VALUE = 256
SECRET_WORDS = ("password", "secret", "token", "authorization", "private_key", "user_data")


def configure(process: str, level: str = "info") -> None:
    """Call once per process, before anything is logged."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, _stamp(process)]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            mask_and_cut,
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(name)s: %(message)s")


def mask_and_cut(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Masks values whose key names a secret and cuts long strings; exceptions keep their last 8 KiB."""
    for key, value in event.items():
        if _names_secret(key):
            event[key] = "***"
        elif key == "exception":
            event[key] = value[-8192:]
        elif isinstance(value, str) and len(value) > LONGEST_VALUE:
            event[key] = value[:LONGEST_VALUE] + "..."
    return event


@lru_cache(maxsize=1000)
def _names_secret(key: str) -> bool:
    return any(word in key for word in SECRET_WORDS)


def _encode(event: MutableMapping[str, Any], **_options: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def _stamp(process: str) -> Any:
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)

    def add(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return stamp(logger, method, event)

    return add
