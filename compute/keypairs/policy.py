"""Who may see and change keypairs: their user, and administrators naming the user."""

from identity.policy import Rule

OWNER = "role:admin or user_id:%(user_id)s"

RULES = [
    Rule("compute:list_keypairs", OWNER, "List a user's keypairs"),
    Rule("compute:get_keypair", OWNER, "Show a keypair"),
    Rule("compute:create_keypair", OWNER, "Import or generate a keypair"),
    Rule("compute:delete_keypair", OWNER, "Delete a keypair; servers made with it keep the key"),
]
