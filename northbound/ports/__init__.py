"""Ports: a switch port each, its addresses, and the library that compute calls."""
