"""What Meridian says about its networks beyond the network API, for `/meridian/v1`: routes and policy rules."""

from northbound.audits import routes as audits
from northbound.changes import routes as changes

ROUTES = {**audits.ROUTES, **changes.ROUTES}
RULES = (*audits.RULES, *changes.RULES)
