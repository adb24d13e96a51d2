"""Limits of projects and domains, in place of the registered ones. Services read them; nothing here counts."""
