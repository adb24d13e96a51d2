"""Every API that a control process answers, and every policy rule that they need, on one page."""

from compute import application as compute
from compute.agents import application as agents
from compute.images import application as images
from compute.images.policy import RULES as IMAGE_RULES
from identity import application as identity
from identity.policy import Rule
from northbound import application as northbound
from northbound.balancing import application as balancing
from runtime.web.routes import Api

APIS: tuple[Api, ...] = (identity.API, northbound.API, balancing.API, compute.API, images.API, agents.API)
RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *northbound.RULES,
    *balancing.RULES,
    *compute.RULES,
    *IMAGE_RULES,
    *agents.RULES,
)
