"""Who may see and change hosts. Tenants see the names of availability zones and nothing of what is in them."""

from identity.policy import ADMIN, SIGNED_IN, Rule

RULES = [
    Rule("compute:list_hypervisors", ADMIN, "List the hypervisors"),
    Rule("compute:get_hypervisor", ADMIN, "Show a hypervisor"),
    Rule("compute:list_aggregates", ADMIN, "List the host aggregates, of which there are none"),
    Rule("compute:list_services", ADMIN, "List the compute services, one for each host"),
    Rule("compute:update_service", ADMIN, "Let a host take new servers, or no more"),
    Rule("compute:list_availability_zones", SIGNED_IN, "List the availability zones"),
    Rule("compute:list_availability_zone_details", ADMIN, "List the hosts of each availability zone"),
]
