"""The network API: its routes on one page, and the policy rules that they need."""

from northbound import projects
from northbound.extensions import routes as extensions
from northbound.networks import policy as networks_policy
from northbound.networks import routes as networks
from northbound.networks.schema import CreateNetwork, UpdateNetwork
from northbound.ports import policy as ports_policy
from northbound.ports import routes as ports
from northbound.ports.schema import CreatePort, UpdatePort
from northbound.quotas import policy as quotas_policy
from northbound.quotas import routes as quotas
from northbound.quotas.schema import UpdateQuota
from northbound.subnets import policy as subnets_policy
from northbound.subnets import routes as subnets
from northbound.subnets.schema import CreateSubnet, UpdateSubnet
from northbound.tags import policy as tags_policy
from northbound.tags.resources import TAGGABLE
from northbound.tags.routes import routes_of
from runtime.web.faults import neutron_envelope
from runtime.web.routes import PUBLIC, Api, Route

VERSIONS = {"GET": Route(extensions.list_versions, PUBLIC)}
VERSION = {"GET": Route(extensions.show_version, "network:get_extension")}

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
    "/v2.0/quotas/tenant": {"GET": Route(quotas.show_own_project, "network:get_quota")},
    "/v2.0/quotas/project": {"GET": Route(quotas.show_own_project, "network:get_quota")},
    "/v2.0/quotas/{project_id}": {
        "GET": Route(quotas.show_quota, "network:get_quota"),
        "PUT": Route(quotas.update_quota, "network:update_quota", UpdateQuota),
        "DELETE": Route(quotas.reset_quota, "network:update_quota"),
    },
    "/v2.0/quotas/{project_id}/default": {"GET": Route(quotas.show_default_quota, "network:get_quota")},
    "/v2.0/quotas/{project_id}/details": {"GET": Route(quotas.show_quota_details, "network:get_quota")},
    **{path: methods for collection in TAGGABLE for path, methods in routes_of(collection).items()},
}

RULES = (
    *extensions.RULES,
    *projects.RULES,
    *networks_policy.RULES,
    *subnets_policy.RULES,
    *ports_policy.RULES,
    *quotas_policy.RULES,
    *tags_policy.RULES,
)

API = Api("network", "/network", ROUTES, neutron_envelope)
