"""Policies as a noun."""

from identity.nouns.noun import Noun
from identity.nouns.table import Table
from identity.policies.schema import CreatePolicy, UpdatePolicy, render
from runtime.web.listing import Attribute, Listing

POLICIES = Table(
    name="identity.policies",
    noun="policy",
    listing=Listing("SELECT * FROM identity.policies", {"id": Attribute("id"), "type": Attribute("type")}),
    columns=("type", "blob"),
)

POLICY = Noun(
    name="policy",
    plural="policies",
    path="policies",
    table=POLICIES,
    create_body=CreatePolicy,
    update_body=UpdatePolicy,
    render=render,
)
