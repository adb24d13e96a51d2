"""Signing in with a token of a provider: what it says, whom that describes, and their account here."""
