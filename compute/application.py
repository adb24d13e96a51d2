"""The Compute API v2.1 on one page."""

from compute.flavors import policy as flavor_policy
from compute.flavors import routes as flavors
from compute.flavors.schema import CreateFlavor, ExtraSpecs, FlavorAction, UpdateFlavor
from compute.hosts import policy as host_policy
from compute.hosts import routes as hosts
from compute.hosts.schema import UpdateService
from compute.instance_actions import policy as action_policy
from compute.instance_actions import routes as instance_actions
from compute.interfaces import policy as interface_policy
from compute.interfaces import routes as interfaces
from compute.interfaces.schema import AttachInterface
from compute.keypairs import policy as keypair_policy
from compute.keypairs import routes as keypairs
from compute.keypairs.schema import CreateKeypair
from compute.quotas import policy as quota_policy
from compute.quotas import routes as quotas
from compute.quotas.schema import UpdateQuota
from compute.servers import action_routes, groups, metadata_routes
from compute.servers import policy as server_policy
from compute.servers import routes as servers
from compute.servers.schema import (
    CreateServer,
    Metadata,
    MetadataItem,
    ServerAction,
    TagList,
    UpdateServer,
)
from compute.versions import microversions
from compute.versions import routes as versions
from runtime.web.faults import nova_envelope
from runtime.web.routes import PUBLIC, Api, Route

VERSIONS = {
    "": {"GET": Route(versions.list_versions, PUBLIC)},
    "/": {"GET": Route(versions.list_versions, PUBLIC)},
    "/v2.1": {"GET": Route(versions.show_version, PUBLIC)},
    "/v2.1/": {"GET": Route(versions.show_version, PUBLIC)},
}

FLAVORS = {
    "/v2.1/flavors": {
        "GET": Route(flavors.list_flavors, "compute:list_flavors"),
        "POST": Route(flavors.create_flavor, "compute:create_flavor", CreateFlavor),
    },
    "/v2.1/flavors/detail": {"GET": Route(flavors.list_details, "compute:list_flavors")},
    "/v2.1/flavors/{flavor_id}": {
        "GET": Route(flavors.show_flavor, "compute:get_flavor"),
        "PUT": Route(flavors.update_flavor, "compute:update_flavor", UpdateFlavor),
        "DELETE": Route(flavors.delete_flavor, "compute:delete_flavor"),
    },
    "/v2.1/flavors/{flavor_id}/os-extra_specs": {
        "GET": Route(flavors.list_specs, "compute:get_flavor"),
        "POST": Route(flavors.create_specs, "compute:update_flavor", ExtraSpecs),
    },
    "/v2.1/flavors/{flavor_id}/os-extra_specs/{key}": {
        "GET": Route(flavors.show_spec, "compute:get_flavor"),
        "PUT": Route(flavors.update_spec, "compute:update_flavor", dict[str, str | int | float]),
        "DELETE": Route(flavors.delete_spec, "compute:update_flavor"),
    },
    "/v2.1/flavors/{flavor_id}/os-flavor-access": {
        "GET": Route(flavors.list_access, "compute:list_flavor_access"),
    },
    "/v2.1/flavors/{flavor_id}/action": {
        "POST": Route(flavors.change_access, "compute:update_flavor_access", FlavorAction),
    },
}

KEYPAIRS = {
    "/v2.1/os-keypairs": {
        "GET": Route(keypairs.list_keypairs, "compute:list_keypairs"),
        "POST": Route(keypairs.create_keypair, "compute:create_keypair", CreateKeypair),
    },
    "/v2.1/os-keypairs/{name}": {
        "GET": Route(keypairs.show_keypair, "compute:get_keypair"),
        "DELETE": Route(keypairs.delete_keypair, "compute:delete_keypair"),
    },
}

SERVERS = {
    "/v2.1/servers": {
        "GET": Route(servers.list_servers, "compute:list_servers"),
        "POST": Route(servers.create_server, "compute:create_server", CreateServer),
    },
    "/v2.1/servers/detail": {"GET": Route(servers.list_details, "compute:list_servers")},
    "/v2.1/servers/{server_id}": {
        "GET": Route(servers.show_server, "compute:get_server"),
        "PUT": Route(servers.update_server, "compute:update_server", UpdateServer),
        "DELETE": Route(servers.delete_server, "compute:delete_server"),
    },
    "/v2.1/servers/{server_id}/action": {
        "POST": Route(action_routes.act, "compute:act_on_server", ServerAction),
    },
    "/v2.1/servers/{server_id}/ips": {"GET": Route(servers.list_addresses, "compute:get_server")},
    "/v2.1/servers/{server_id}/ips/{network}": {"GET": Route(servers.show_addresses, "compute:get_server")},
    "/v2.1/servers/{server_id}/metadata": {
        "GET": Route(metadata_routes.list_metadata, "compute:get_server"),
        "POST": Route(metadata_routes.merge_metadata, "compute:update_server", Metadata),
        "PUT": Route(metadata_routes.replace_metadata, "compute:update_server", Metadata),
    },
    "/v2.1/servers/{server_id}/metadata/{key}": {
        "GET": Route(metadata_routes.show_item, "compute:get_server"),
        "PUT": Route(metadata_routes.replace_item, "compute:update_server", MetadataItem),
        "DELETE": Route(metadata_routes.delete_item, "compute:update_server"),
    },
    "/v2.1/servers/{server_id}/tags": {
        "GET": Route(metadata_routes.list_tags, "compute:get_server"),
        "PUT": Route(metadata_routes.replace_tags, "compute:update_server", TagList),
        "DELETE": Route(metadata_routes.delete_tags, "compute:update_server"),
    },
    "/v2.1/servers/{server_id}/tags/{tag}": {
        "PUT": Route(metadata_routes.add_tag, "compute:update_server"),
        "DELETE": Route(metadata_routes.delete_tag, "compute:update_server"),
    },
    "/v2.1/servers/{server_id}/os-security-groups": {"GET": Route(groups.list_groups, "compute:get_server")},
    "/v2.1/servers/{server_id}/os-volume_attachments": {"GET": Route(servers.list_volumes, "compute:get_server")},
    "/v2.1/servers/{server_id}/os-interface": {
        "GET": Route(interfaces.list_interfaces, "compute:list_interfaces"),
        "POST": Route(interfaces.attach_interface, "compute:attach_interface", AttachInterface),
    },
    "/v2.1/servers/{server_id}/os-interface/{port_id}": {
        "GET": Route(interfaces.show_interface, "compute:get_interface"),
        "DELETE": Route(interfaces.detach_interface, "compute:detach_interface"),
    },
    "/v2.1/servers/{server_id}/os-instance-actions": {
        "GET": Route(instance_actions.list_actions, "compute:list_instance_actions"),
    },
    "/v2.1/servers/{server_id}/os-instance-actions/{request_id}": {
        "GET": Route(instance_actions.show_action, "compute:get_instance_action"),
    },
}

CLOUD = {
    "/v2.1/limits": {"GET": Route(quotas.show_limits, "compute:get_limits")},
    "/v2.1/os-quota-sets/{project_id}": {
        "GET": Route(quotas.show_quota, "compute:get_quota"),
        "PUT": Route(quotas.update_quota, "compute:update_quota", UpdateQuota),
        "DELETE": Route(quotas.delete_quota, "compute:delete_quota"),
    },
    "/v2.1/os-quota-sets/{project_id}/detail": {"GET": Route(quotas.show_quota_usage, "compute:get_quota")},
    "/v2.1/os-quota-sets/{project_id}/defaults": {
        "GET": Route(quotas.show_default_quota, "compute:get_default_quota"),
    },
    "/v2.1/os-hypervisors": {"GET": Route(hosts.list_hypervisors, "compute:list_hypervisors")},
    "/v2.1/os-hypervisors/detail": {"GET": Route(hosts.list_hypervisor_details, "compute:list_hypervisors")},
    "/v2.1/os-hypervisors/{host_id}": {"GET": Route(hosts.show_hypervisor, "compute:get_hypervisor")},
    "/v2.1/os-services": {"GET": Route(hosts.list_services, "compute:list_services")},
    "/v2.1/os-services/{host_id}": {"PUT": Route(hosts.update_service, "compute:update_service", UpdateService)},
    "/v2.1/os-aggregates": {"GET": Route(hosts.list_aggregates, "compute:list_aggregates")},
    "/v2.1/os-availability-zone": {"GET": Route(hosts.list_zones, "compute:list_availability_zones")},
    "/v2.1/os-availability-zone/detail": {
        "GET": Route(hosts.list_zone_details, "compute:list_availability_zone_details"),
    },
}

RULES = (
    *flavor_policy.RULES,
    *keypair_policy.RULES,
    *server_policy.RULES,
    *interface_policy.RULES,
    *action_policy.RULES,
    *quota_policy.RULES,
    *host_policy.RULES,
)

API = Api(
    name="compute",
    prefix="/compute",
    routes={**VERSIONS, **FLAVORS, **KEYPAIRS, **SERVERS, **CLOUD},
    envelope=nova_envelope,
    prepare=microversions.prepare,
    finish=microversions.finish,
)
