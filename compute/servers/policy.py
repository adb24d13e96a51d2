"""Who may see and change servers. The target of every rule is the server's own project."""

from identity.policy import ADMIN, MEMBER, READER, Rule

RULES = [
    Rule("compute:list_servers", READER, "List a project's servers"),
    Rule("compute:list_servers:all_projects", ADMIN, "List the servers of other projects"),
    Rule("compute:get_server", READER, "Show a server, its addresses, metadata and security groups"),
    Rule("compute:get_server:host", ADMIN, "Show the host of a server and what failed on it; filter by it"),
    Rule("compute:create_server", MEMBER, "Create a server"),
    Rule("compute:create_server:host", ADMIN, "Choose the host of a new server"),
    Rule("compute:update_server", MEMBER, "Change a server's name, description, host name and metadata"),
    Rule("compute:delete_server", MEMBER, "Delete a server"),
    Rule("compute:act_on_server", MEMBER, "Start, stop or reboot a server, read its console, change its groups"),
]
