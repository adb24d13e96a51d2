"""Rules of limits."""

from identity.policy import ADMIN, SEES_ALL, SIGNED_IN, Rule

READER_OF_ALL = f"{SEES_ALL} or role:service"

RULES = [
    Rule("identity:get_limit_model", SIGNED_IN, "Show by which model limits are held together."),
    Rule("identity:list_limits", SIGNED_IN, "List the limits of one's own project, or of one's domain."),
    Rule(
        "identity:list_all_limits",
        READER_OF_ALL,
        "List the limits of every project and domain.",
        asked_with=("identity:list_limits",),
    ),
    Rule(
        "identity:get_limit",
        f"{READER_OF_ALL} or project_id:%(project_id)s or domain_id:%(domain_id)s",
        "Show a limit of one's own project, or in one's domain.",
    ),
    Rule("identity:create_limits", ADMIN, "Give projects and domains limits."),
    Rule("identity:update_limit", ADMIN, "Change a limit."),
    Rule("identity:delete_limit", ADMIN, "Delete a limit; the registered one holds again."),
]
