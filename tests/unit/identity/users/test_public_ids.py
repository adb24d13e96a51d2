"""Ids of users who are kept elsewhere."""

import hashlib

from identity.users.public_ids import public_id


def test_public_id_is_made_of_domain_kind_and_local_id_as_keystone_makes_it() -> None:
    keystone = hashlib.sha256()
    mapping = {"domain_id": "d1", "local_id": "rose", "entity_type": "user"}
    for key in sorted(mapping):
        keystone.update(mapping[key].encode())
    assert public_id("d1", "user", "rose") == keystone.hexdigest()
    assert public_id("d1", "group", "rose") != keystone.hexdigest()
    assert len(keystone.hexdigest()) == 64
