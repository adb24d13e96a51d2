"""What Meridian says about its networks beyond the network API, for `/meridian/v1`: routes and policy rules."""

from northbound.audits import routes as audits

ROUTES = {**audits.ROUTES}
RULES = (*audits.RULES,)
