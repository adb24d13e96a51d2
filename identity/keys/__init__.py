"""Signing keys on disk: one signs, several verify. Tokens alone use it."""
