"""Rules of credentials."""

from identity.policy import ADMIN, SIGNED_IN, Rule

OWNER = f"{ADMIN} or user_id:%(user_id)s"

RULES = [
    Rule("identity:list_credentials", SIGNED_IN, "List credentials: one's own; administrators see all."),
    Rule("identity:get_credential", OWNER, "Show a credential."),
    Rule("identity:create_credential", OWNER, "Keep a credential for a user."),
    Rule("identity:update_credential", OWNER, "Change the content of a credential."),
    Rule("identity:delete_credential", OWNER, "Delete a credential."),
]
