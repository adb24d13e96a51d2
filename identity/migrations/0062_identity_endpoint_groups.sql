-- depends: 0001_identity_nouns

-- `filters` holds service_id, region_id and interface, as far as an endpoint has to have them to be in the group.
CREATE TABLE identity.endpoint_groups (
    id text PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    filters jsonb NOT NULL
);

CREATE TABLE identity.project_endpoints (
    project_id text NOT NULL CONSTRAINT project_endpoints_project REFERENCES identity.projects ON DELETE CASCADE,
    endpoint_id text NOT NULL CONSTRAINT project_endpoints_endpoint REFERENCES identity.endpoints ON DELETE CASCADE,
    PRIMARY KEY (project_id, endpoint_id)
);
CREATE INDEX project_endpoints_by_endpoint ON identity.project_endpoints (endpoint_id);

CREATE TABLE identity.project_endpoint_groups (
    project_id text NOT NULL
    CONSTRAINT project_endpoint_groups_project REFERENCES identity.projects ON DELETE CASCADE,
    endpoint_group_id text NOT NULL
    CONSTRAINT project_endpoint_groups_group REFERENCES identity.endpoint_groups ON DELETE CASCADE,
    PRIMARY KEY (project_id, endpoint_group_id)
);
CREATE INDEX project_endpoint_groups_by_group ON identity.project_endpoint_groups (endpoint_group_id);

CREATE VIEW identity.grouped_endpoints AS
SELECT endpoint_groups.id AS endpoint_group_id, endpoints.id AS endpoint_id
FROM identity.endpoint_groups JOIN identity.endpoints ON
    coalesce(filters ->> 'service_id', service_id) = service_id
    AND coalesce(filters ->> 'interface', interface) = interface
    AND (filters ->> 'region_id' IS NULL OR filters ->> 'region_id' = region_id);

-- The endpoints that a project was given, itself or by a group.
CREATE VIEW identity.chosen_endpoints AS
SELECT project_id, endpoint_id FROM identity.project_endpoints
UNION
SELECT project_id, endpoint_id
FROM identity.project_endpoint_groups JOIN identity.grouped_endpoints USING (endpoint_group_id);
