"""Rules of trusts."""

from identity.policy import ADMIN, SEES_ALL, Rule

TRUSTOR = "user_id:%(trustor_user_id)s"
TRUSTEE = "user_id:%(trustee_user_id)s"
LISTED = ("identity:list_trusts",)
PARTIES = f"{ADMIN} or {TRUSTOR} or {TRUSTEE}"

RULES = [
    Rule("identity:list_trusts", SEES_ALL, "List all trusts."),
    Rule(
        "identity:list_trusts_for_trustor",
        f"{ADMIN} or {TRUSTOR}",
        "List the trusts that a user gave.",
        asked_with=LISTED,
    ),
    Rule(
        "identity:list_trusts_for_trustee",
        f"{ADMIN} or {TRUSTEE}",
        "List the trusts that a user was given.",
        asked_with=LISTED,
    ),
    Rule("identity:get_trust", PARTIES, "Show a trust."),
    Rule("identity:create_trust", TRUSTOR, "Trust another user with one's own roles on a project."),
    Rule("identity:delete_trust", f"{ADMIN} or {TRUSTOR}", "End a trust; its tokens end at once."),
    Rule("identity:list_roles_for_trust", PARTIES, "List the roles of a trust."),
    Rule("identity:get_role_for_trust", PARTIES, "Show a role of a trust."),
]
