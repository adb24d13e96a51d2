"""Who may do what with routers."""

from identity.policy import ADMIN, MEMBER, READER, Rule

RULES = [
    Rule("network:create_router", MEMBER, "Create a router."),
    Rule("network:get_router", READER, "Show or list routers."),
    Rule("network:update_router", MEMBER, "Change a router, its gateway included."),
    Rule("network:delete_router", MEMBER, "Delete a router without interfaces."),
    Rule("network:add_router_interface", MEMBER, "Attach a subnet or a port to a router."),
    Rule("network:remove_router_interface", MEMBER, "Detach a subnet or a port from a router."),
    Rule("network:add_extraroutes", MEMBER, "Add extra routes to a router."),
    Rule("network:remove_extraroutes", MEMBER, "Remove extra routes from a router."),
    Rule("network:add_external_gateways", MEMBER, "Give a router further gateways."),
    Rule("network:update_external_gateways", MEMBER, "Replace the gateways of a router."),
    Rule("network:remove_external_gateways", MEMBER, "Take gateways from a router."),
    Rule("network:set_router:default_routes", ADMIN, "Choose ECMP and BFD for a router's default routes."),
    Rule("network:set_router:gateway_details", ADMIN, "Choose a gateway's addresses and whether it translates."),
    Rule("network:set_router:placement", ADMIN, "Ask for a distributed or highly available router."),
    Rule("network:get_router:placement", ADMIN, "See whether a router is distributed and highly available."),
]
