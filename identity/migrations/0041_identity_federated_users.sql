-- depends: 0030_identity_kept_elsewhere 0040_identity_federation

-- Users whom a mapping made (keeper 'federation'), and who they are for their provider: unique_id is the mapping's id of the user, or the name.
CREATE TABLE identity.federated_users (
    user_id text PRIMARY KEY REFERENCES identity.users ON DELETE CASCADE,
    idp_id text NOT NULL,
    protocol_id text NOT NULL,
    unique_id text NOT NULL,
    CONSTRAINT federated_users_once UNIQUE (idp_id, protocol_id, unique_id),
    CONSTRAINT federated_users_protocol FOREIGN KEY (idp_id, protocol_id)
    REFERENCES identity.federation_protocols (idp_id, id)
);

-- Roles that the mapping gave at the last login: those that it gives no longer are taken back at the next.
CREATE TABLE identity.federated_grants (
    user_id text NOT NULL REFERENCES identity.users ON DELETE CASCADE,
    project_id text NOT NULL REFERENCES identity.projects ON DELETE CASCADE,
    role_id text NOT NULL REFERENCES identity.roles ON DELETE CASCADE,
    PRIMARY KEY (user_id, project_id, role_id)
);
CREATE INDEX federated_grants_by_project ON identity.federated_grants (project_id);
CREATE INDEX federated_grants_by_role ON identity.federated_grants (role_id);

-- Groups that the mapping named at the last login of a provider with an authorization_ttl.
CREATE TABLE identity.expiring_memberships (
    group_id text NOT NULL REFERENCES identity.groups ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES identity.users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX expiring_memberships_by_user ON identity.expiring_memberships (user_id);

CREATE VIEW identity.held_memberships AS
SELECT group_id, user_id FROM identity.memberships
UNION
SELECT group_id, user_id FROM identity.expiring_memberships WHERE expires_at > now();

CREATE OR REPLACE VIEW identity.effective_rights AS
WITH held AS NOT MATERIALIZED (
    SELECT role_id, user_id, NULL AS group_id, project_id, domain_id, inherited
    FROM identity.assignments
    WHERE user_id IS NOT NULL
    UNION ALL
    SELECT role_id, held_memberships.user_id, group_id, project_id, domain_id, inherited
    FROM identity.assignments JOIN identity.held_memberships USING (group_id)
)
SELECT
    role_id, user_id, group_id, project_id, domain_id, inherited,
    project_id AS from_project_id, domain_id AS from_domain_id
FROM held WHERE NOT inherited
UNION ALL
SELECT role_id, user_id, group_id, heirs.id, NULL, true, project_id, domain_id
FROM held CROSS JOIN LATERAL identity.descendants(project_id) AS heirs (id)
WHERE inherited AND project_id IS NOT NULL
UNION ALL
SELECT role_id, user_id, group_id, heirs.id, NULL, true, NULL, held.domain_id
FROM held JOIN identity.projects AS heirs ON heirs.domain_id = held.domain_id
WHERE inherited;

-- The projects on which groups have a role, by inheritance too.
CREATE FUNCTION identity.projects_of_groups(group_ids text[]) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT project_id FROM identity.assignments
    WHERE group_id = ANY($1) AND project_id IS NOT NULL AND NOT inherited
    UNION
    SELECT identity.descendants(project_id) FROM identity.assignments
    WHERE group_id = ANY($1) AND project_id IS NOT NULL AND inherited
    UNION
    SELECT heirs.id FROM identity.assignments AS given JOIN identity.projects AS heirs USING (domain_id)
    WHERE group_id = ANY($1) AND given.domain_id IS NOT NULL AND inherited
$$;
