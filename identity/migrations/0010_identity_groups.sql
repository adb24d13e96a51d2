-- depends: 0002_identity_revocations

CREATE TABLE identity.groups (
    id text PRIMARY KEY,
    domain_id text NOT NULL CONSTRAINT groups_domain REFERENCES identity.domains ON DELETE CASCADE,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    extra jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT groups_name_once UNIQUE (domain_id, name)
);

CREATE TABLE identity.memberships (
    group_id text NOT NULL CONSTRAINT memberships_group REFERENCES identity.groups ON DELETE CASCADE,
    user_id text NOT NULL CONSTRAINT memberships_user REFERENCES identity.users ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX memberships_by_user ON identity.memberships (user_id);

-- A role is given to a user or to a group. One that is inherited holds in every project below its target, and not on
-- the target itself.
ALTER TABLE identity.assignments
    ALTER COLUMN user_id DROP NOT NULL,
    ADD COLUMN group_id text CONSTRAINT assignments_group REFERENCES identity.groups ON DELETE CASCADE,
    ADD COLUMN inherited boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT assignments_one_actor CHECK (num_nonnulls(user_id, group_id) = 1),
    ADD CONSTRAINT assignments_system_has_no_heirs CHECK (NOT inherited OR num_nonnulls(project_id, domain_id) = 1),
    DROP CONSTRAINT assignments_once,
    ADD CONSTRAINT assignments_once
    UNIQUE NULLS NOT DISTINCT (user_id, group_id, project_id, domain_id, role_id, inherited);
CREATE INDEX assignments_by_group ON identity.assignments (group_id);

-- The projects above a project, without itself. A project never gets another parent, so there are no circles.
CREATE FUNCTION identity.ancestors(project_id text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above AS (
        SELECT parent_id AS id FROM identity.projects WHERE projects.id = $1 AND parent_id IS NOT NULL
        UNION ALL
        SELECT parent_id FROM identity.projects JOIN above USING (id) WHERE parent_id IS NOT NULL
    )
    SELECT id FROM above
$$;

-- The projects below a project, without itself.
CREATE FUNCTION identity.descendants(project_id text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below AS (
        SELECT projects.id FROM identity.projects WHERE parent_id = $1
        UNION ALL
        SELECT projects.id FROM identity.projects JOIN below ON projects.parent_id = below.id
    )
    SELECT id FROM below
$$;

-- Assignments as they were given. Columns are those of effective_rights.
CREATE VIEW identity.given_rights AS
SELECT
    role_id, user_id, group_id, project_id, domain_id, inherited,
    project_id AS from_project_id, domain_id AS from_domain_id
FROM identity.assignments;

-- What users hold by them: a group's go to its members (group_id says through which), inherited ones to each project
-- below (from_... says where they were given).
CREATE VIEW identity.effective_rights AS
WITH held AS NOT MATERIALIZED (
    SELECT role_id, user_id, NULL AS group_id, project_id, domain_id, inherited
    FROM identity.assignments
    WHERE user_id IS NOT NULL
    UNION ALL
    SELECT role_id, memberships.user_id, group_id, project_id, domain_id, inherited
    FROM identity.assignments JOIN identity.memberships USING (group_id)
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
