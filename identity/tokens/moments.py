"""Moments as tokens and trusts show them."""

from datetime import UTC, datetime


def render_time(moment: float) -> str:
    """`2026-11-21T09:22:00.000000Z`"""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
