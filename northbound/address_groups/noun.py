"""Address groups, declared."""

from northbound.address_groups.address_group import AddressGroup, AddressGroupInUse, AddressGroupNotFound
from northbound.address_groups.policy import RULES
from northbound.address_groups.schema import CreateAddressGroup, UpdateAddressGroup, draft_group, render_group
from northbound.nouns.noun import Noun
from northbound.nouns.table import Table, standard_attributes
from northbound.sharing.shareable import Shareable
from northbound.sharing.visibility import SHARED, shared_to, visible
from runtime.web.listing import Attribute, Listing

KIND = "address_group"


def listing_for(viewer: str | None) -> Listing:
    """`viewer` is the place of the project that looks; None: nobody's in particular."""
    shared = shared_to(KIND, "t", viewer)
    return Listing(
        select=f"SELECT t.*, {shared} AS shared FROM northbound.address_groups t",
        attributes=standard_attributes(description=Attribute("t.description"), shared=Attribute(shared, "bool")),
    )


ADDRESS_GROUPS = Table(
    name="northbound.address_groups",
    shape=AddressGroup,
    listing=listing_for(None),
    listing_for=listing_for,
    columns=("id", "project_id", "name", "description", "addresses"),
    changing=("name", "description", "addresses"),
    missing=AddressGroupNotFound,
    visible=visible(KIND, "t"),
    quota=KIND,
    kind=KIND,
    constraints={
        "security_group_rules_address_group": lambda group: AddressGroupInUse(group.id),
        "default_security_group_rules_address_group": lambda group: AddressGroupInUse(group.id),
    },
)

ADDRESS_GROUP_SHARING = Shareable(
    kind=KIND,
    table="northbound.address_groups",
    missing=AddressGroupNotFound,
    owner_kind=KIND,
    users={
        SHARED: "SELECT r.project_id FROM northbound.security_group_rules r WHERE r.remote_address_group_id = $1",
    },
)

ADDRESS_GROUP = Noun(
    name=KIND,
    plural="address_groups",
    path="address-groups",
    table=ADDRESS_GROUPS,
    rules=RULES,
    create_body=CreateAddressGroup,
    update_body=UpdateAddressGroup,
    draft=draft_group,
    render=render_group,
)
