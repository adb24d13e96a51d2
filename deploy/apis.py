"""Every API that a control process answers, and every policy rule that they need, on one page."""

from compute import application as compute
from compute.agents import application as agents
from compute.images import application as images
from compute.images.policy import RULES as IMAGE_RULES
from identity import application as identity
from identity.audit import routes as audit
from identity.policy import Rule
from northbound import application as northbound
from northbound import operating
from northbound.balancing import application as balancing
from runtime.web.faults import plain_envelope
from runtime.web.routes import Api

MERIDIAN = Api("meridian", "/meridian/v1", {**agents.ROUTES, **operating.ROUTES, **audit.ROUTES}, plain_envelope)
"""What no other API has."""
APIS: tuple[Api, ...] = (identity.API, northbound.API, balancing.API, compute.API, images.API, MERIDIAN)
RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *audit.RULES,
    *northbound.RULES,
    *balancing.RULES,
    *compute.RULES,
    *IMAGE_RULES,
    *agents.RULES,
    *operating.RULES,
)
