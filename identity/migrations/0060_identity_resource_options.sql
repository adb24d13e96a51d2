-- depends: 0011_identity_listed_projects

-- Options of a resource: `immutable` refuses every change but its own removal.
ALTER TABLE identity.domains ADD COLUMN options jsonb NOT NULL DEFAULT '{}';
ALTER TABLE identity.projects ADD COLUMN options jsonb NOT NULL DEFAULT '{}';
ALTER TABLE identity.roles ADD COLUMN options jsonb NOT NULL DEFAULT '{}';

CREATE OR REPLACE VIEW identity.listed_projects AS
SELECT
    id, domain_id, coalesce(parent_id, domain_id) AS parent_id, name, description, enabled, tags, extra,
    false AS is_domain, options
FROM identity.projects
UNION ALL
SELECT id, NULL, NULL, name, description, enabled, '{}', extra, true, options
FROM identity.domains;
