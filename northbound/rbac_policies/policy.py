"""Who may share what. The object's owner is checked besides; every project at once is an administrator's to grant."""

from identity.policy import MEMBER, READER, Rule

NOT_EVERYONE = "role:admin or (role:member and project_id:%(project_id)s and False:%(for_everyone)s)"

RULES = [
    Rule("network:create_rbac_policy", NOT_EVERYONE, "Share a resource of one's own with another project."),
    Rule("network:get_rbac_policy", READER, "Show or list RBAC policies."),
    Rule("network:update_rbac_policy", NOT_EVERYONE, "Share a resource with another project instead."),
    Rule("network:delete_rbac_policy", MEMBER, "Share a resource no longer."),
]
