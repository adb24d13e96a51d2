"""Services as a noun."""

from identity.nouns.noun import Noun
from identity.nouns.table import Table
from identity.services.schema import CreateService, UpdateService, render
from runtime.errors import Forbidden
from runtime.web.listing import Attribute, Listing

SERVICES = Table(
    name="identity.services",
    noun="service",
    listing=Listing(
        "SELECT * FROM identity.services",
        {
            "id": Attribute("id"),
            "type": Attribute("type"),
            "name": Attribute("name"),
            "enabled": Attribute("enabled", "bool"),
        },
    ),
    columns=("type", "name", "description", "enabled"),
    holders={
        "registered_limits_service": lambda row: Forbidden(
            f"Cannot delete service {row['id']}: it has registered limits."
        ),
    },
)

SERVICE = Noun(
    name="service",
    plural="services",
    path="services",
    table=SERVICES,
    create_body=CreateService,
    update_body=UpdateService,
    render=render,
)
