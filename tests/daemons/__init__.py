"""Fixtures that start real daemons in private directories and remove everything they made."""
