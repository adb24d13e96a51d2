-- depends: 0001_identity_nouns

-- What a service counts, and how much of it a project may have unless a limit says otherwise; -1 is any number.
CREATE TABLE identity.registered_limits (
    id text PRIMARY KEY,
    service_id text NOT NULL CONSTRAINT registered_limits_service REFERENCES identity.services,
    region_id text CONSTRAINT registered_limits_region REFERENCES identity.regions,
    resource_name text NOT NULL,
    default_limit integer NOT NULL,
    description text NOT NULL DEFAULT '',
    CONSTRAINT registered_limits_once UNIQUE NULLS NOT DISTINCT (service_id, region_id, resource_name)
);
CREATE INDEX registered_limits_by_region ON identity.registered_limits (region_id);

CREATE TABLE identity.limits (
    id text PRIMARY KEY,
    registered_limit_id text NOT NULL
    CONSTRAINT limits_registered_limit REFERENCES identity.registered_limits,
    project_id text CONSTRAINT limits_project REFERENCES identity.projects ON DELETE CASCADE,
    domain_id text CONSTRAINT limits_domain REFERENCES identity.domains ON DELETE CASCADE,
    resource_limit integer NOT NULL,
    description text NOT NULL DEFAULT '',
    CONSTRAINT limits_one_target CHECK (num_nonnulls(project_id, domain_id) = 1),
    CONSTRAINT limits_once UNIQUE NULLS NOT DISTINCT (registered_limit_id, project_id, domain_id)
);
CREATE INDEX limits_by_project ON identity.limits (project_id);
CREATE INDEX limits_by_domain ON identity.limits (domain_id);

-- A limit with what it is of; owner_domain_id is its domain, or that of its project.
CREATE VIEW identity.listed_limits AS
SELECT
    limits.id, registered_limit_id, service_id, region_id, resource_name, limits.project_id, limits.domain_id,
    resource_limit, limits.description, coalesce(limits.domain_id, projects.domain_id) AS owner_domain_id
FROM identity.limits
JOIN identity.registered_limits ON registered_limits.id = registered_limit_id
LEFT JOIN identity.projects ON projects.id = limits.project_id;
