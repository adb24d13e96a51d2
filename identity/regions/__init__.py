"""Regions of the catalogue."""
