"""Rules of projects."""

from identity.policy import ADMIN, Rule

OWN = f"{ADMIN} or project_id:%(project_id)s"

RULES = [
    Rule("identity:list_projects", ADMIN, "List projects."),
    Rule("identity:get_project", OWN, "Show a project."),
    Rule("identity:create_project", ADMIN, "Create a project."),
    Rule("identity:update_project", ADMIN, "Change a project."),
    Rule("identity:delete_project", ADMIN, "Delete a project."),
    Rule("identity:list_user_projects", f"{ADMIN} or user_id:%(user_id)s", "List the projects a user has a role on."),
    Rule("identity:list_project_tags", OWN, "List the tags of a project."),
    Rule("identity:get_project_tag", OWN, "See whether a project has a tag."),
    Rule("identity:update_project_tags", ADMIN, "Replace the tags of a project."),
    Rule("identity:create_project_tag", ADMIN, "Give a project a tag."),
    Rule("identity:delete_project_tags", ADMIN, "Take all tags of a project away."),
    Rule("identity:delete_project_tag", ADMIN, "Take a tag of a project away."),
]
