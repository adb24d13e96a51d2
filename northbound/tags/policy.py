"""Who may tag: whoever may change the resource."""

from identity.policy import MEMBER, Rule

RULES = [
    Rule("network:get_tags", "role:admin or role:reader", "See the tags of a resource that one may see."),
    Rule("network:update_tags", MEMBER, "Set and remove the tags of a resource of one's own."),
]
