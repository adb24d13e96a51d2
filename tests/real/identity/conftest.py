"""Tenants of a bootstrapped cloud."""

from tests.tenants import admin, anonymous, cloud  # noqa: F401
