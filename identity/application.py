"""The identity API on one page."""

from identity.application_credentials import policy as application_credentials_policy
from identity.application_credentials import routes as application_credentials
from identity.application_credentials.schema import CreateApplicationCredential
from identity.assignments import policy as assignments_policy
from identity.assignments import routes as assignments
from identity.credentials import policy as credentials_policy
from identity.credentials import routes as credentials
from identity.credentials.schema import CreateCredential, UpdateCredential
from identity.domain_configs import policy as domain_configs_policy
from identity.domain_configs import routes as domain_configs
from identity.domains import policy as domains_policy
from identity.domains import routes as domains
from identity.domains.schema import CreateDomain, UpdateDomain
from identity.endpoint_groups import associations as project_endpoints
from identity.endpoint_groups import policy as endpoint_groups_policy
from identity.endpoint_groups.noun import ENDPOINT_GROUP
from identity.endpoints import policy as endpoints_policy
from identity.endpoints.noun import ENDPOINT
from identity.federation.identity_providers import policy as providers_policy
from identity.federation.identity_providers import routes as providers
from identity.federation.identity_providers.schema import PutProvider, UpdateProvider
from identity.federation.mappings import policy as mappings_policy
from identity.federation.mappings import routes as mappings
from identity.federation.mappings.schema import PutMapping, UpdateMapping
from identity.federation.protocols import policy as protocols_policy
from identity.federation.protocols import routes as protocols
from identity.federation.protocols.schema import PutProtocol, UpdateProtocol
from identity.federation.sign_in import routes as sign_in
from identity.groups import policy as groups_policy
from identity.groups import routes as groups
from identity.groups.schema import CreateGroup, UpdateGroup
from identity.keys import routes as keys
from identity.limits import policy as limits_policy
from identity.limits import routes as limits
from identity.links import PREFIX
from identity.policies import associations as policy_associations
from identity.policies import policy as policies_policy
from identity.policies.noun import POLICY
from identity.projects import policy as projects_policy
from identity.projects import routes as projects
from identity.projects import tags as project_tags
from identity.projects.schema import CreateProject, SetTags, UpdateProject
from identity.regions import policy as regions_policy
from identity.regions.noun import REGION
from identity.registered_limits import policy as registered_limits_policy
from identity.registered_limits.noun import REGISTERED_LIMIT
from identity.roles import inferences
from identity.roles import policy as roles_policy
from identity.roles import routes as roles
from identity.roles.schema import CreateRole, UpdateRole
from identity.services import policy as services_policy
from identity.services.noun import SERVICE
from identity.tokens import policy as tokens_policy
from identity.tokens import routes as tokens
from identity.tokens.schema import Authenticate
from identity.trusts import policy as trusts_policy
from identity.trusts import routes as trusts
from identity.trusts.schema import CreateTrust
from identity.users import policy as users_policy
from identity.users import routes as users
from identity.users.schema import ChangePassword, CreateUser, UpdateUser
from identity.versions import routes as versions
from runtime.web.faults import keystone_envelope
from runtime.web.routes import PUBLIC, Api, Route

GRANTS = {"GET": Route(assignments.list_grants, "identity:list_grants")}
GRANT = {
    "PUT": Route(assignments.create_grant, "identity:create_grant"),
    "GET": Route(assignments.check_grant, "identity:check_grant"),
    "DELETE": Route(assignments.delete_grant, "identity:revoke_grant"),
}
PLACES = [
    f"{target}/{actor}/roles"
    for target in ("projects/{project_id}", "domains/{domain_id}", "system")
    for actor in ("users/{user_id}", "groups/{group_id}")
]
GRANT_ROUTES = {
    **{f"/v3/{place}": GRANTS for place in PLACES},
    **{f"/v3/{place}/{{role_id}}": GRANT for place in PLACES},
    **{f"/v3/OS-INHERIT/{place}/inherited_to_projects": GRANTS for place in PLACES if "system" not in place},
    **{f"/v3/OS-INHERIT/{place}/{{role_id}}/inherited_to_projects": GRANT for place in PLACES if "system" not in place},
}

CONFIG = {
    "GET": Route(domain_configs.show_config, "identity:get_domain_config"),
    "PATCH": Route(domain_configs.update_config, "identity:update_domain_config", domain_configs.SetConfig),
    "DELETE": Route(domain_configs.delete_config, "identity:delete_domain_config"),
}
CONFIG_ROUTES = {
    "/v3/domains/{domain_id}/config": {
        "PUT": Route(domain_configs.put_config, "identity:create_domain_config", domain_configs.SetConfig),
        **CONFIG,
    },
    "/v3/domains/{domain_id}/config/{group}": CONFIG,
    "/v3/domains/{domain_id}/config/{group}/{option}": CONFIG,
    **{
        f"/v3/domains/config{path}": {"GET": Route(domain_configs.show_defaults, "identity:get_domain_config_default")}
        for path in ("/default", "/{group}/default", "/{group}/{option}/default")
    },
}

ROUTES = {
    "": {"GET": Route(versions.list_versions, PUBLIC)},
    "/": {"GET": Route(versions.list_versions, PUBLIC)},
    "/v3": {"GET": Route(versions.show_version, PUBLIC)},
    "/v3/": {"GET": Route(versions.show_version, PUBLIC)},
    "/.well-known/jwks.json": {"GET": Route(keys.show_keys, PUBLIC)},
    "/v3/auth/tokens": {
        "POST": Route(tokens.create_token, PUBLIC, Authenticate),
        "GET": Route(tokens.show_token, "identity:validate_token"),
        "DELETE": Route(tokens.revoke_token, "identity:revoke_token"),
    },
    "/v3/auth/catalog": {"GET": Route(tokens.show_catalog, "identity:get_auth_catalog")},
    "/v3/auth/projects": {"GET": Route(tokens.list_own_projects, "identity:get_auth_projects")},
    "/v3/auth/domains": {"GET": Route(tokens.list_own_domains, "identity:get_auth_domains")},
    "/v3/auth/system": {"GET": Route(tokens.show_own_system, "identity:get_auth_system")},
    "/v3/credentials": {
        "GET": Route(credentials.list_credentials, "identity:list_credentials"),
        "POST": Route(credentials.create_credential, "identity:create_credential", CreateCredential),
    },
    "/v3/credentials/{credential_id}": {
        "GET": Route(credentials.show_credential, "identity:get_credential"),
        "PATCH": Route(credentials.update_credential, "identity:update_credential", UpdateCredential),
        "DELETE": Route(credentials.delete_credential, "identity:delete_credential"),
    },
    "/v3/OS-TRUST/trusts": {
        "GET": Route(trusts.list_trusts, "identity:list_trusts"),
        "POST": Route(trusts.create_trust, "identity:create_trust", CreateTrust),
    },
    # As tempest spells it.
    "/v3/OS-TRUST/trusts/": {"GET": Route(trusts.list_trusts, "identity:list_trusts")},
    "/v3/OS-TRUST/trusts/{trust_id}": {
        "GET": Route(trusts.show_trust, "identity:get_trust"),
        "DELETE": Route(trusts.delete_trust, "identity:delete_trust"),
    },
    "/v3/OS-TRUST/trusts/{trust_id}/roles": {"GET": Route(trusts.list_roles, "identity:list_roles_for_trust")},
    "/v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}": {
        "GET": Route(trusts.show_role, "identity:get_role_for_trust"),
    },
    "/v3/OS-FEDERATION/identity_providers": {
        "GET": Route(providers.list_providers, "identity:list_identity_providers"),
    },
    "/v3/OS-FEDERATION/identity_providers/{idp_id}": {
        "PUT": Route(providers.create_provider, "identity:create_identity_provider", PutProvider),
        "GET": Route(providers.show_provider, "identity:get_identity_provider"),
        "PATCH": Route(providers.update_provider, "identity:update_identity_provider", UpdateProvider),
        "DELETE": Route(providers.delete_provider, "identity:delete_identity_provider"),
    },
    "/v3/OS-FEDERATION/identity_providers/{idp_id}/protocols": {
        "GET": Route(protocols.list_protocols, "identity:list_protocols"),
    },
    "/v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}": {
        "PUT": Route(protocols.create_protocol, "identity:create_protocol", PutProtocol),
        "GET": Route(protocols.show_protocol, "identity:get_protocol"),
        "PATCH": Route(protocols.update_protocol, "identity:update_protocol", UpdateProtocol),
        "DELETE": Route(protocols.delete_protocol, "identity:delete_protocol"),
    },
    "/v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}/auth": {
        "GET": Route(sign_in.create_federated_token, PUBLIC),
        "POST": Route(sign_in.create_federated_token, PUBLIC),
    },
    "/v3/OS-FEDERATION/mappings": {"GET": Route(mappings.list_mappings, "identity:list_mappings")},
    "/v3/OS-FEDERATION/mappings/{mapping_id}": {
        "PUT": Route(mappings.create_mapping, "identity:create_mapping", PutMapping),
        "GET": Route(mappings.show_mapping, "identity:get_mapping"),
        "PATCH": Route(mappings.update_mapping, "identity:update_mapping", UpdateMapping),
        "DELETE": Route(mappings.delete_mapping, "identity:delete_mapping"),
    },
    "/v3/OS-FEDERATION/projects": {"GET": Route(tokens.list_own_projects, "identity:get_auth_projects")},
    "/v3/OS-FEDERATION/domains": {"GET": Route(tokens.list_own_domains, "identity:get_auth_domains")},
    "/v3/domains": {
        "GET": Route(domains.list_domains, "identity:list_domains"),
        "POST": Route(domains.create_domain, "identity:create_domain", CreateDomain),
    },
    "/v3/domains/{domain_id}": {
        "GET": Route(domains.show_domain, "identity:get_domain"),
        "PATCH": Route(domains.update_domain, "identity:update_domain", UpdateDomain),
        "DELETE": Route(domains.delete_domain, "identity:delete_domain"),
    },
    **CONFIG_ROUTES,
    "/v3/projects": {
        "GET": Route(projects.list_projects, "identity:list_projects"),
        "POST": Route(projects.create_project, "identity:create_project", CreateProject),
    },
    "/v3/projects/{project_id}": {
        "GET": Route(projects.show_project, "identity:get_project"),
        "PATCH": Route(projects.update_project, "identity:update_project", UpdateProject),
        "DELETE": Route(projects.delete_project, "identity:delete_project"),
    },
    "/v3/projects/{project_id}/tags": {
        "GET": Route(project_tags.list_tags, "identity:list_project_tags"),
        "PUT": Route(project_tags.set_tags, "identity:update_project_tags", SetTags),
        "DELETE": Route(project_tags.delete_tags, "identity:delete_project_tags"),
    },
    "/v3/projects/{project_id}/tags/{tag}": {
        "PUT": Route(project_tags.add_tag, "identity:create_project_tag"),
        "GET": Route(project_tags.check_tag, "identity:get_project_tag"),
        "DELETE": Route(project_tags.delete_tag, "identity:delete_project_tag"),
    },
    "/v3/users": {
        "GET": Route(users.list_users, "identity:list_users"),
        "POST": Route(users.create_user, "identity:create_user", CreateUser),
    },
    "/v3/users/{user_id}": {
        "GET": Route(users.show_user, "identity:get_user"),
        "PATCH": Route(users.update_user, "identity:update_user", UpdateUser),
        "DELETE": Route(users.delete_user, "identity:delete_user"),
    },
    "/v3/users/{user_id}/password": {
        "POST": Route(users.change_password, PUBLIC, ChangePassword),
    },
    "/v3/users/{user_id}/application_credentials": {
        "GET": Route(application_credentials.list_credentials, "identity:list_application_credentials"),
        "POST": Route(
            application_credentials.create_credential,
            "identity:create_application_credential",
            CreateApplicationCredential,
        ),
    },
    "/v3/users/{user_id}/application_credentials/{application_credential_id}": {
        "GET": Route(application_credentials.show_credential, "identity:get_application_credential"),
        "DELETE": Route(application_credentials.delete_credential, "identity:delete_application_credential"),
    },
    "/v3/users/{user_id}/access_rules": {
        "GET": Route(application_credentials.list_rules, "identity:list_access_rules"),
    },
    "/v3/users/{user_id}/access_rules/{access_rule_id}": {
        "GET": Route(application_credentials.show_rule, "identity:get_access_rule"),
        "DELETE": Route(application_credentials.delete_rule, "identity:delete_access_rule"),
    },
    "/v3/users/{user_id}/projects": {"GET": Route(projects.list_user_projects, "identity:list_user_projects")},
    "/v3/users/{user_id}/groups": {"GET": Route(groups.list_groups_of_user, "identity:list_groups_for_user")},
    "/v3/groups": {
        "GET": Route(groups.list_groups, "identity:list_groups"),
        "POST": Route(groups.create_group, "identity:create_group", CreateGroup),
    },
    "/v3/groups/{group_id}": {
        "GET": Route(groups.show_group, "identity:get_group"),
        "PATCH": Route(groups.update_group, "identity:update_group", UpdateGroup),
        "DELETE": Route(groups.delete_group, "identity:delete_group"),
    },
    "/v3/groups/{group_id}/users": {"GET": Route(groups.list_members, "identity:list_users_in_group")},
    "/v3/groups/{group_id}/users/{user_id}": {
        "PUT": Route(groups.add_member, "identity:add_user_to_group"),
        "GET": Route(groups.check_member, "identity:check_user_in_group"),
        "DELETE": Route(groups.remove_member, "identity:remove_user_from_group"),
    },
    "/v3/roles": {
        "GET": Route(roles.list_roles, "identity:list_roles"),
        "POST": Route(roles.create_role, "identity:create_role", CreateRole),
    },
    "/v3/roles/{role_id}": {
        "GET": Route(roles.show_role, "identity:get_role"),
        "PATCH": Route(roles.update_role, "identity:update_role", UpdateRole),
        "DELETE": Route(roles.delete_role, "identity:delete_role"),
    },
    "/v3/roles/{prior_role_id}/implies": {"GET": Route(inferences.list_inferences, "identity:list_implied_roles")},
    "/v3/roles/{prior_role_id}/implies/{implied_role_id}": {
        "PUT": Route(inferences.create_inference, "identity:create_implied_role"),
        "GET": Route(inferences.show_inference, "identity:get_implied_role"),
        "DELETE": Route(inferences.delete_inference, "identity:delete_implied_role"),
    },
    "/v3/role_inferences": {"GET": Route(inferences.list_all_inferences, "identity:list_role_inference_rules")},
    "/v3/role_assignments": {"GET": Route(assignments.list_role_assignments, "identity:list_role_assignments")},
    **GRANT_ROUTES,
    **SERVICE.routes(),
    **ENDPOINT.routes(),
    **REGION.routes(),
    **ENDPOINT_GROUP.routes(),
    **project_endpoints.ROUTES,
    **REGISTERED_LIMIT.routes(),
    **limits.ROUTES,
    **POLICY.routes(),
    **policy_associations.ROUTES,
}

API = Api("identity", PREFIX, ROUTES, keystone_envelope)

RULES = [
    *application_credentials_policy.RULES,
    *assignments_policy.RULES,
    *credentials_policy.RULES,
    *domain_configs_policy.RULES,
    *domains_policy.RULES,
    *endpoint_groups_policy.RULES,
    *endpoints_policy.RULES,
    *groups_policy.RULES,
    *limits_policy.RULES,
    *mappings_policy.RULES,
    *policies_policy.RULES,
    *projects_policy.RULES,
    *protocols_policy.RULES,
    *providers_policy.RULES,
    *regions_policy.RULES,
    *registered_limits_policy.RULES,
    *roles_policy.RULES,
    *services_policy.RULES,
    *tokens_policy.RULES,
    *trusts_policy.RULES,
    *users_policy.RULES,
]
