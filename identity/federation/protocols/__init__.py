"""Protocols: by which mapping users of a provider are known here."""
