-- depends: 0010_identity_groups

-- What GET /v3/projects lists: projects, and domains in the shape of projects.
CREATE VIEW identity.listed_projects AS
SELECT
    id, domain_id, coalesce(parent_id, domain_id) AS parent_id, name, description, enabled, tags, extra,
    false AS is_domain
FROM identity.projects
UNION ALL
SELECT id, NULL, NULL, name, description, enabled, '{}', extra, true
FROM identity.domains;
