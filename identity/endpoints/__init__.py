"""Endpoints of the catalogue: where a service answers."""
