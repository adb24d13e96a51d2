"""Ids of users and groups that are kept elsewhere. Pure."""

import hashlib


def public_id(domain_id: str, kind: str, local_id: str) -> str:
    """The id of a `user` or `group` that is kept elsewhere: 64 hexadecimal digits, the same for ever.

    Made as Keystone makes them, so that a domain that keeps its id keeps the ids of its users.
    Source: keystone.identity.id_generators.sha256.
    """
    return hashlib.sha256(f"{domain_id}{kind}{local_id}".encode()).hexdigest()
