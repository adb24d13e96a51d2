"""Credentials that users keep here, sealed with a key on disk; a seed of type totp signs its user in."""
