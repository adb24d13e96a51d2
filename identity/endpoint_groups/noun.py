"""Endpoint groups as a noun."""

from identity.endpoint_groups.schema import CreateEndpointGroup, UpdateEndpointGroup, render
from identity.nouns.noun import Noun
from identity.nouns.table import Table
from runtime.web.listing import Attribute, Listing

ENDPOINT_GROUPS = Table(
    name="identity.endpoint_groups",
    noun="endpoint_group",
    listing=Listing("SELECT * FROM identity.endpoint_groups", {"id": Attribute("id"), "name": Attribute("name")}),
    columns=("name", "description", "filters"),
)

ENDPOINT_GROUP = Noun(
    name="endpoint_group",
    plural="endpoint_groups",
    path="OS-EP-FILTER/endpoint_groups",
    table=ENDPOINT_GROUPS,
    create_body=CreateEndpointGroup,
    update_body=UpdateEndpointGroup,
    render=render,
)
