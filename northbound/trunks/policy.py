"""Who may do what with trunks."""

from identity.policy import MEMBER, Rule

SEEN = "role:admin or role:reader"

RULES = [
    Rule("network:create_trunk", MEMBER, "Make a trunk of a port of one's own."),
    Rule("network:get_trunk", SEEN, "Show or list trunks of one's own."),
    Rule("network:update_trunk", MEMBER, "Change a trunk."),
    Rule("network:delete_trunk", MEMBER, "Delete a trunk, and let its ports go."),
    Rule("network:get_subports", SEEN, "List the subports of a trunk."),
    Rule("network:add_subports", MEMBER, "Put ports of one's own into a trunk."),
    Rule("network:remove_subports", MEMBER, "Take ports out of a trunk."),
]
