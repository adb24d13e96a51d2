"""Endpoints as a noun."""

from identity.endpoints.schema import CreateEndpoint, UpdateEndpoint, fold_region, render
from identity.nouns.noun import Attributes, Noun
from identity.nouns.table import Table, no_such
from identity.regions.store import ensure_region
from runtime.database import Connection
from runtime.web.listing import Attribute, Listing

ENDPOINTS = Table(
    name="identity.endpoints",
    noun="endpoint",
    listing=Listing(
        "SELECT * FROM identity.endpoints",
        {
            "id": Attribute("id"),
            "interface": Attribute("interface"),
            "service_id": Attribute("service_id"),
            "region_id": Attribute("region_id"),
            "region": Attribute("region_id"),
            "enabled": Attribute("enabled", "bool"),
        },
    ),
    columns=("service_id", "region_id", "interface", "url", "enabled"),
    refusals={
        "endpoints_service": no_such("endpoint.service_id", "service"),
        "endpoints_region": no_such("endpoint.region_id", "region"),
    },
)


async def with_region(connection: Connection, sent: Attributes) -> Attributes:
    """A region named by the older spelling is made when there is none, as in Keystone; one by `region_id` must be there."""
    if sent.get("region_id") is None and (name := sent.get("region")) is not None:
        await ensure_region(connection, name)
    return fold_region(sent)


ENDPOINT = Noun(
    name="endpoint",
    plural="endpoints",
    path="endpoints",
    table=ENDPOINTS,
    create_body=CreateEndpoint,
    update_body=UpdateEndpoint,
    render=render,
    prepare=with_region,
)
