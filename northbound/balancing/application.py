"""The load-balancer API: its routes on one page, and the policy rules that they need.

Clients write the version as `v2` (openstacksdk follows the version document) or `v2.0` (the `openstack` command).
"""

from northbound.balancing import discovery
from northbound.balancing.discovery import absent_routes
from northbound.balancing.health_monitors import policy as health_monitors_policy
from northbound.balancing.health_monitors import routes as health_monitors
from northbound.balancing.health_monitors.schema import CreateMonitor, UpdateMonitor
from northbound.balancing.listeners import policy as listeners_policy
from northbound.balancing.listeners import routes as listeners
from northbound.balancing.listeners.schema import CreateListener, UpdateListener
from northbound.balancing.load_balancers import policy as load_balancers_policy
from northbound.balancing.load_balancers import routes as load_balancers
from northbound.balancing.load_balancers.schema import CreateLoadBalancer, UpdateLoadBalancer
from northbound.balancing.members import policy as members_policy
from northbound.balancing.members import routes as members
from northbound.balancing.members.schema import BatchMembers, CreateMember, UpdateMember
from northbound.balancing.pools import policy as pools_policy
from northbound.balancing.pools import routes as pools
from northbound.balancing.pools.schema import CreatePool, UpdatePool
from northbound.balancing.quotas import policy as quotas_policy
from northbound.balancing.quotas import routes as quotas
from northbound.balancing.quotas.schema import UpdateQuota
from northbound.previews.answers import previewing
from runtime.web.faults import octavia_envelope
from runtime.web.routes import PUBLIC, Api, Route

VERSIONS = {"GET": Route(discovery.list_versions, PUBLIC)}
STATUSES = {"GET": Route(load_balancers.show_statuses, "load-balancer:get_loadbalancer")}

COLLECTIONS = {
    "/lbaas/loadbalancers": {
        "GET": Route(load_balancers.list_load_balancers, "load-balancer:get_loadbalancer"),
        "POST": Route(load_balancers.create_load_balancer, "load-balancer:create_loadbalancer", CreateLoadBalancer),
    },
    "/lbaas/loadbalancers/{loadbalancer_id}": {
        "GET": Route(load_balancers.show_load_balancer, "load-balancer:get_loadbalancer"),
        "PUT": Route(load_balancers.update_load_balancer, "load-balancer:update_loadbalancer", UpdateLoadBalancer),
        "DELETE": Route(load_balancers.delete_load_balancer, "load-balancer:delete_loadbalancer"),
    },
    "/lbaas/loadbalancers/{loadbalancer_id}/status": STATUSES,
    "/lbaas/loadbalancers/{loadbalancer_id}/statuses": STATUSES,
    "/lbaas/loadbalancers/{loadbalancer_id}/stats": {
        "GET": Route(load_balancers.show_statistics, "load-balancer:get_loadbalancer"),
    },
    "/lbaas/loadbalancers/{loadbalancer_id}/failover": {
        "PUT": Route(load_balancers.fail_over, "load-balancer:update_loadbalancer"),
    },
    "/lbaas/listeners": {
        "GET": Route(listeners.list_listeners, "load-balancer:get_listener"),
        "POST": Route(listeners.create_listener, "load-balancer:create_listener", CreateListener),
    },
    "/lbaas/listeners/{listener_id}": {
        "GET": Route(listeners.show_listener, "load-balancer:get_listener"),
        "PUT": Route(listeners.update_listener, "load-balancer:update_listener", UpdateListener),
        "DELETE": Route(listeners.delete_listener, "load-balancer:delete_listener"),
    },
    "/lbaas/listeners/{listener_id}/stats": {
        "GET": Route(listeners.show_listener_statistics, "load-balancer:get_listener"),
    },
    "/lbaas/pools": {
        "GET": Route(pools.list_pools, "load-balancer:get_pool"),
        "POST": Route(pools.create_pool, "load-balancer:create_pool", CreatePool),
    },
    "/lbaas/pools/{pool_id}": {
        "GET": Route(pools.show_pool, "load-balancer:get_pool"),
        "PUT": Route(pools.update_pool, "load-balancer:update_pool", UpdatePool),
        "DELETE": Route(pools.delete_pool, "load-balancer:delete_pool"),
    },
    "/lbaas/pools/{pool_id}/members": {
        "GET": Route(members.list_members, "load-balancer:get_member"),
        "POST": Route(members.create_member, "load-balancer:create_member", CreateMember),
        "PUT": Route(members.replace_members, "load-balancer:update_member", BatchMembers),
    },
    "/lbaas/pools/{pool_id}/members/{member_id}": {
        "GET": Route(members.show_member, "load-balancer:get_member"),
        "PUT": Route(members.update_member, "load-balancer:update_member", UpdateMember),
        "DELETE": Route(members.delete_member, "load-balancer:delete_member"),
    },
    "/lbaas/healthmonitors": {
        "GET": Route(health_monitors.list_health_monitors, "load-balancer:get_healthmonitor"),
        "POST": Route(health_monitors.create_health_monitor, "load-balancer:create_healthmonitor", CreateMonitor),
    },
    "/lbaas/healthmonitors/{healthmonitor_id}": {
        "GET": Route(health_monitors.show_health_monitor, "load-balancer:get_healthmonitor"),
        "PUT": Route(health_monitors.update_health_monitor, "load-balancer:update_healthmonitor", UpdateMonitor),
        "DELETE": Route(health_monitors.delete_health_monitor, "load-balancer:delete_healthmonitor"),
    },
    "/lbaas/quotas": {"GET": Route(quotas.list_quotas, "load-balancer:get_quotas")},
    "/lbaas/quotas/defaults": {"GET": Route(quotas.show_default_quota, "load-balancer:get_quota")},
    "/lbaas/quotas/{project_id}": {
        "GET": Route(quotas.show_quota, "load-balancer:get_quota"),
        "PUT": Route(quotas.update_quota, "load-balancer:update_quota", UpdateQuota),
        "DELETE": Route(quotas.reset_quota, "load-balancer:update_quota"),
    },
    "/lbaas/providers": {"GET": Route(discovery.list_providers, "load-balancer:get_provider")},
    **{
        f"/lbaas/providers/{{provider}}/{name}": {
            "GET": Route(discovery.lists_capabilities(name), "load-balancer:get_provider")
        }
        for name in ("flavor_capabilities", "availability_zone_capabilities")
    },
    **absent_routes(),
}

ROUTES = {
    **dict.fromkeys(("", "/", "/v2", "/v2/", "/v2.0", "/v2.0/"), VERSIONS),
    **{f"/{version}{path}": methods for version in ("v2", "v2.0") for path, methods in COLLECTIONS.items()},
}

RULES = (
    *discovery.RULES,
    *load_balancers_policy.RULES,
    *listeners_policy.RULES,
    *pools_policy.RULES,
    *members_policy.RULES,
    *health_monitors_policy.RULES,
    *quotas_policy.RULES,
)

API = Api("load-balancer", "/load-balancer", previewing(ROUTES), octavia_envelope)
