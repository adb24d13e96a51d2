"""The network API: its routes on one page, and the policy rules that they need."""

from northbound import projects
from northbound.address_groups import routes as address_groups
from northbound.address_groups.schema import ChangeAddresses
from northbound.agents import policy as agents_policy
from northbound.agents import routes as agents
from northbound.agents.schema import UpdateAgent
from northbound.auto_topologies import routes as topologies
from northbound.availability_zones import routes as zones
from northbound.extensions import routes as extensions
from northbound.floating_ip_pools import routes as floating_ip_pools
from northbound.floating_ips import policy as floating_ips_policy
from northbound.floating_ips import routes as floating_ips
from northbound.floating_ips.schema import CreateFloatingIp, UpdateFloatingIp
from northbound.ip_availabilities import routes as availabilities
from northbound.logs import routes as logs
from northbound.logs.policy import LOGGABLE
from northbound.networks import policy as networks_policy
from northbound.networks import routes as networks
from northbound.networks.schema import CreateNetwork, UpdateNetwork
from northbound.nouns import routes as nouns
from northbound.nouns.known import NOUNS
from northbound.port_bindings import policy as port_bindings_policy
from northbound.port_bindings import routes as port_bindings
from northbound.port_forwardings import policy as port_forwardings_policy
from northbound.port_forwardings import routes as port_forwardings
from northbound.port_forwardings.schema import CreateForwarding, UpdateForwarding
from northbound.ports import policy as ports_policy
from northbound.ports import routes as ports
from northbound.ports.schema import CreatePort, UpdatePort
from northbound.previews.answers import previewing
from northbound.qos_rules import policy as qos_rules_policy
from northbound.qos_rules import routes as qos_rules
from northbound.qos_rules import rule_types
from northbound.qos_rules.schema import RULE_KINDS
from northbound.quotas import policy as quotas_policy
from northbound.quotas import routes as quotas
from northbound.quotas.schema import UpdateQuota
from northbound.routers import gateway_routes, interface_routes
from northbound.routers import policy as routers_policy
from northbound.routers import routes as routers
from northbound.routers.schema import (
    ChangeGateways,
    ChangeRoutes,
    CreateRouter,
    InterfaceInfo,
    RemoveGateways,
    UpdateRouter,
)
from northbound.security_group_rules import policy as security_group_rules_policy
from northbound.security_group_rules import routes as security_group_rules
from northbound.security_group_rules.schema import CreateRule, UpdateRule
from northbound.security_groups import policy as security_groups_policy
from northbound.security_groups import routes as security_groups
from northbound.security_groups.schema import CreateGroup, UpdateGroup
from northbound.subnet_pools import routes as subnet_pools
from northbound.subnet_pools.schema import ChangePrefixes, OnboardSubnets
from northbound.subnets import policy as subnets_policy
from northbound.subnets import routes as subnets
from northbound.subnets.schema import CreateSubnet, UpdateSubnet
from northbound.tags import policy as tags_policy
from northbound.tags.resources import TAGGABLE
from northbound.tags.routes import routes_of
from northbound.trunks import routes as trunks
from runtime.web.faults import neutron_envelope
from runtime.web.routes import PUBLIC, Api, Route

VERSIONS = {"GET": Route(extensions.list_versions, PUBLIC)}
VERSION = {"GET": Route(extensions.show_version, "network:get_extension")}
# The reference spells the path with an underscore; Neutron itself, hence its clients, with a dash.
POOLS = {"GET": Route(floating_ip_pools.list_pools, "network:get_floatingip_pool")}

ROUTES = {
    "": VERSIONS,
    "/": VERSIONS,
    "/v2.0": VERSION,
    "/v2.0/": VERSION,
    "/v2.0/extensions": {"GET": Route(extensions.list_extensions, "network:get_extension")},
    "/v2.0/extensions/{alias}": {"GET": Route(extensions.show_extension, "network:get_extension")},
    "/v2.0/networks": {
        "GET": Route(networks.list_networks, "network:get_network"),
        "POST": Route(networks.create_networks, "network:create_network", CreateNetwork),
    },
    "/v2.0/networks/{network_id}": {
        "GET": Route(networks.show_network, "network:get_network"),
        "PUT": Route(networks.update_network, "network:update_network", UpdateNetwork),
        "DELETE": Route(networks.delete_network, "network:delete_network"),
    },
    "/v2.0/subnets": {
        "GET": Route(subnets.list_subnets, "network:get_subnet"),
        "POST": Route(subnets.create_subnets, "network:create_subnet", CreateSubnet),
    },
    "/v2.0/subnets/{subnet_id}": {
        "GET": Route(subnets.show_subnet, "network:get_subnet"),
        "PUT": Route(subnets.update_subnet, "network:update_subnet", UpdateSubnet),
        "DELETE": Route(subnets.delete_subnet, "network:delete_subnet"),
    },
    "/v2.0/ports": {
        "GET": Route(ports.list_ports, "network:get_port"),
        "POST": Route(ports.create_ports, "network:create_port", CreatePort),
    },
    "/v2.0/ports/{port_id}": {
        "GET": Route(ports.show_port, "network:get_port"),
        "PUT": Route(ports.update_port, "network:update_port", UpdatePort),
        "DELETE": Route(ports.delete_port, "network:delete_port"),
    },
    "/v2.0/security-groups": {
        "GET": Route(security_groups.list_security_groups, "network:get_security_group"),
        "POST": Route(security_groups.create_security_groups, "network:create_security_group", CreateGroup),
    },
    "/v2.0/security-groups/{security_group_id}": {
        "GET": Route(security_groups.show_security_group, "network:get_security_group"),
        "PUT": Route(security_groups.update_security_group, "network:update_security_group", UpdateGroup),
        "DELETE": Route(security_groups.delete_security_group, "network:delete_security_group"),
    },
    "/v2.0/security-group-rules": {
        "GET": Route(security_group_rules.list_security_group_rules, "network:get_security_group_rule"),
        "POST": Route(
            security_group_rules.create_security_group_rules, "network:create_security_group_rule", CreateRule
        ),
    },
    "/v2.0/security-group-rules/{security_group_rule_id}": {
        "GET": Route(security_group_rules.show_security_group_rule, "network:get_security_group_rule"),
        "PUT": Route(security_group_rules.update_security_group_rule, "network:update_security_group_rule", UpdateRule),
        "DELETE": Route(security_group_rules.delete_security_group_rule, "network:delete_security_group_rule"),
    },
    "/v2.0/routers": {
        "GET": Route(routers.list_routers, "network:get_router"),
        "POST": Route(routers.create_routers, "network:create_router", CreateRouter),
    },
    "/v2.0/routers/{router_id}": {
        "GET": Route(routers.show_router, "network:get_router"),
        "PUT": Route(routers.update_router, "network:update_router", UpdateRouter),
        "DELETE": Route(routers.delete_router, "network:delete_router"),
    },
    "/v2.0/routers/{router_id}/add_router_interface": {
        "PUT": Route(interface_routes.add_router_interface, "network:add_router_interface", InterfaceInfo),
    },
    "/v2.0/routers/{router_id}/remove_router_interface": {
        "PUT": Route(interface_routes.remove_router_interface, "network:remove_router_interface", InterfaceInfo),
    },
    "/v2.0/routers/{router_id}/add_extraroutes": {
        "PUT": Route(routers.add_extraroutes, "network:add_extraroutes", ChangeRoutes),
    },
    "/v2.0/routers/{router_id}/remove_extraroutes": {
        "PUT": Route(routers.remove_extraroutes, "network:remove_extraroutes", ChangeRoutes),
    },
    "/v2.0/routers/{router_id}/add_external_gateways": {
        "PUT": Route(gateway_routes.add_external_gateways, "network:add_external_gateways", ChangeGateways),
    },
    "/v2.0/routers/{router_id}/update_external_gateways": {
        "PUT": Route(gateway_routes.update_external_gateways, "network:update_external_gateways", ChangeGateways),
    },
    "/v2.0/routers/{router_id}/remove_external_gateways": {
        "PUT": Route(gateway_routes.remove_external_gateways, "network:remove_external_gateways", RemoveGateways),
    },
    "/v2.0/floatingip_pools": POOLS,
    "/v2.0/floatingip-pools": POOLS,
    "/v2.0/floatingips": {
        "GET": Route(floating_ips.list_floating_ips, "network:get_floatingip"),
        "POST": Route(floating_ips.create_floating_ips, "network:create_floatingip", CreateFloatingIp),
    },
    "/v2.0/floatingips/{floatingip_id}": {
        "GET": Route(floating_ips.show_floating_ip, "network:get_floatingip"),
        "PUT": Route(floating_ips.update_floating_ip, "network:update_floatingip", UpdateFloatingIp),
        "DELETE": Route(floating_ips.delete_floating_ip, "network:delete_floatingip"),
    },
    "/v2.0/service-providers": {"GET": Route(extensions.list_service_providers, "network:get_extension")},
    "/v2.0/quotas": {"GET": Route(quotas.list_quotas, "network:list_quotas")},
    "/v2.0/floatingips/{floatingip_id}/port_forwardings": {
        "GET": Route(port_forwardings.list_forwardings, "network:get_floatingip_port_forwarding"),
        "POST": Route(
            port_forwardings.create_forwarding, "network:create_floatingip_port_forwarding", CreateForwarding
        ),
    },
    "/v2.0/floatingips/{floatingip_id}/port_forwardings/{port_forwarding_id}": {
        "GET": Route(port_forwardings.show_forwarding, "network:get_floatingip_port_forwarding"),
        "PUT": Route(port_forwardings.update_forwarding, "network:update_floatingip_port_forwarding", UpdateForwarding),
        "DELETE": Route(port_forwardings.delete_forwarding, "network:delete_floatingip_port_forwarding"),
    },
    "/v2.0/quotas/tenant": {"GET": Route(quotas.show_own_project, "network:get_quota")},
    "/v2.0/quotas/project": {"GET": Route(quotas.show_own_project, "network:get_quota")},
    "/v2.0/quotas/{project_id}": {
        "GET": Route(quotas.show_quota, "network:get_quota"),
        "PUT": Route(quotas.update_quota, "network:update_quota", UpdateQuota),
        "DELETE": Route(quotas.reset_quota, "network:update_quota"),
    },
    "/v2.0/quotas/{project_id}/default": {"GET": Route(quotas.show_default_quota, "network:get_quota")},
    "/v2.0/quotas/{project_id}/details": {"GET": Route(quotas.show_quota_details, "network:get_quota")},
    "/v2.0/availability_zones": {"GET": Route(zones.list_availability_zones, "network:get_availability_zone")},
    "/v2.0/agents": {"GET": Route(agents.list_agents, "network:get_agents")},
    "/v2.0/agents/{agent_id}": {
        "GET": Route(agents.show_agent, "network:get_agent"),
        "PUT": Route(agents.update_agent, "network:update_agent", UpdateAgent),
        "DELETE": Route(agents.delete_agent, "network:delete_agent"),
    },
    "/v2.0/network-ip-availabilities": {
        "GET": Route(availabilities.list_network_ip_availabilities, "network:get_network_ip_availability"),
    },
    "/v2.0/network-ip-availabilities/{network_id}": {
        "GET": Route(availabilities.show_network_ip_availability, "network:get_network_ip_availability"),
    },
    "/v2.0/auto-allocated-topology/{project_id}": {
        "GET": Route(topologies.get_topology, "network:get_auto_allocated_topology"),
        "DELETE": Route(topologies.delete_topology, "network:delete_auto_allocated_topology"),
    },
    "/v2.0/subnetpools/{resource_id}/add_prefixes": {
        "PUT": Route(subnet_pools.add_prefixes, "network:add_prefixes", ChangePrefixes),
    },
    "/v2.0/subnetpools/{resource_id}/remove_prefixes": {
        "PUT": Route(subnet_pools.remove_prefixes, "network:remove_prefixes", ChangePrefixes),
    },
    "/v2.0/subnetpools/{resource_id}/onboard_network_subnets": {
        "PUT": Route(subnet_pools.onboard_network_subnets, "network:onboard_network_subnets", OnboardSubnets),
    },
    "/v2.0/address-groups/{resource_id}/add_addresses": {
        "PUT": Route(address_groups.add_addresses, "network:update_address_group", ChangeAddresses),
    },
    "/v2.0/address-groups/{resource_id}/remove_addresses": {
        "PUT": Route(address_groups.remove_addresses, "network:update_address_group", ChangeAddresses),
    },
    **trunks.ROUTES,
    **port_bindings.ROUTES,
    "/v2.0/log/loggable-resources": {"GET": Route(logs.list_loggable_resources, LOGGABLE.name)},
    "/v2.0/qos/rule-types": {"GET": Route(rule_types.list_rule_types, "network:get_rule_type")},
    "/v2.0/qos/rule-types/{rule_type}": {
        "GET": Route(rule_types.show_rule_type, "network:get_rule_type:details"),
    },
    **{path: methods for kind in RULE_KINDS for path, methods in qos_rules.routes_of(kind).items()},
    **{path: methods for noun in NOUNS for path, methods in nouns.routes_of(noun).items()},
    **{path: methods for collection in (*TAGGABLE, "qos/policies") for path, methods in routes_of(collection).items()},
}

RULES = (
    *extensions.RULES,
    *projects.RULES,
    *networks_policy.RULES,
    *agents_policy.RULES,
    *topologies.RULES,
    *zones.RULES,
    *availabilities.RULES,
    *subnets_policy.RULES,
    *ports_policy.RULES,
    *port_bindings_policy.RULES,
    *security_groups_policy.RULES,
    *security_group_rules_policy.RULES,
    *routers_policy.RULES,
    *floating_ips_policy.RULES,
    *floating_ip_pools.RULES,
    *port_forwardings_policy.RULES,
    *qos_rules_policy.RULES,
    LOGGABLE,
    *quotas_policy.RULES,
    *tags_policy.RULES,
    *(rule for noun in NOUNS for rule in noun.rules),
)

API = Api("network", "/network", previewing(ROUTES), neutron_envelope)
