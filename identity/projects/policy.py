"""Rules of projects. A domain's manager keeps its projects."""

from identity.policy import MANAGES_DOMAIN, SEES_DOMAIN, Rule

OWN = f"{SEES_DOMAIN} or project_id:%(project_id)s"

RULES = [
    Rule("identity:list_projects", SEES_DOMAIN, "List projects, of one's domain at least."),
    Rule("identity:get_project", OWN, "Show a project."),
    Rule("identity:create_project", MANAGES_DOMAIN, "Create a project."),
    Rule("identity:update_project", MANAGES_DOMAIN, "Change a project."),
    Rule("identity:delete_project", MANAGES_DOMAIN, "Delete a project."),
    Rule(
        "identity:list_user_projects",
        f"{SEES_DOMAIN} or user_id:%(user_id)s",
        "List the projects a user has a role on.",
    ),
    Rule("identity:list_project_tags", OWN, "List the tags of a project."),
    Rule("identity:get_project_tag", OWN, "See whether a project has a tag."),
    Rule("identity:update_project_tags", MANAGES_DOMAIN, "Replace the tags of a project."),
    Rule("identity:create_project_tag", MANAGES_DOMAIN, "Give a project a tag."),
    Rule("identity:delete_project_tags", MANAGES_DOMAIN, "Take all tags of a project away."),
    Rule("identity:delete_project_tag", MANAGES_DOMAIN, "Take a tag of a project away."),
]
