"""An address group -> its two address sets, one per family, that the matches of rules name. Pure.

A family without addresses has an empty set: a rule that names it matches nothing.
"""

from northbound.address_groups.address_group import AddressGroup
from northbound.address_groups.ranges import merged
from southbound import external_ids, names
from southbound.ovsdb.rows import Row


def plan_address_group(group: AddressGroup) -> list[Row]:
    """Source: ovn-mapping sections 2, 3 and 7.2."""
    return [
        Row(
            "Address_Set",
            owner=names.address_group_owner(group.id),
            uuid=names.address_set_uuid(group.id, ip_version),
            columns={
                "name": names.address_set_name(group.id, ip_version),
                "addresses": merged(group.addresses, ip_version),
                "external_ids": {
                    external_ids.ADDRESS_GROUP_ID: group.id,
                    external_ids.REVISION: str(group.revision_number),
                },
            },
        )
        for ip_version in (4, 6)
    ]
