"""Signing keys on disk: one signs, several verify, and they change places while processes answer."""
