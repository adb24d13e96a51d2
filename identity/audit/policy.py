"""Who may read the record."""

from identity.policy import SEES_ALL, Rule

RULES = [
    Rule("identity:list_audit_events", SEES_ALL, "See who did what, and what was refused."),
]
