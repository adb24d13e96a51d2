"""Version documents: how a client finds /identity/v3."""
