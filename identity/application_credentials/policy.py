"""Rules of application credentials and access rules."""

from identity.policy import ADMIN, Rule

OWNER = "user_id:%(user_id)s"
SEEN = f"{ADMIN} or {OWNER}"

RULES = [
    Rule("identity:list_application_credentials", SEEN, "List a user's application credentials, one's own always."),
    Rule("identity:get_application_credential", SEEN, "Show an application credential."),
    Rule("identity:create_application_credential", OWNER, "Create an application credential for oneself."),
    Rule("identity:delete_application_credential", SEEN, "Delete an application credential; its tokens end at once."),
    Rule("identity:list_access_rules", SEEN, "List the access rules of a user's application credentials."),
    Rule("identity:get_access_rule", SEEN, "Show an access rule."),
    Rule("identity:delete_access_rule", SEEN, "Delete an access rule that no application credential uses."),
]
