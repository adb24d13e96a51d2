"""What Meridian says about its networks beyond the network API, for `/meridian/v1`: routes and policy rules."""

from northbound.audits import routes as audits
from northbound.changes import routes as changes
from northbound.routers import rebalancing_routes as gateways

ROUTES = {**audits.ROUTES, **changes.ROUTES, **gateways.ROUTES}
RULES = (*audits.RULES, *changes.RULES, *gateways.RULES)
