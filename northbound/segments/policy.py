"""Who may do what with segments: they are the cloud's, not a project's."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("network:create_segment", ADMIN, "Add a segment to a network."),
    Rule("network:get_segment", ADMIN, "Show or list segments."),
    Rule("network:update_segment", ADMIN, "Name or describe a segment."),
    Rule("network:delete_segment", ADMIN, "Take a segment away from a network."),
]
