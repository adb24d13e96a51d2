"""Keypairs: the public keys that a user's servers let in. Private keys are made here, shown once, and never kept."""
