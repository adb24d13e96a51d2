"""Tokens: the one issuer, the one verifier, and the routes of /v3/auth."""
