"""Application credentials: a user's right to a part of their own roles, with a secret of its own and access rules."""
