"""Who may do what with address groups."""

from identity.policy import MEMBER, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_address_group", MEMBER, "Create an address group."),
    Rule("network:get_address_group", SEEN, "Show or list address groups that one may see: one's own and shared ones."),
    Rule("network:update_address_group", MEMBER, "Change an address group and its addresses."),
    Rule("network:delete_address_group", MEMBER, "Delete an address group that no rule names."),
]
