"""Microversions of the compute API: reading the header, answering it, and the version documents."""
