"""Rules of projects."""

from identity.policy import ADMIN, Rule

RULES = [
    Rule("identity:list_projects", ADMIN, "List projects."),
    Rule("identity:get_project", f"{ADMIN} or project_id:%(project_id)s", "Show a project."),
    Rule("identity:create_project", ADMIN, "Create a project."),
    Rule("identity:update_project", ADMIN, "Change a project."),
    Rule("identity:delete_project", ADMIN, "Delete a project."),
    Rule("identity:list_user_projects", f"{ADMIN} or user_id:%(user_id)s", "List the projects a user has a role on."),
]
