-- name: insert_assignment(role_id, user_id, group_id, project_id, domain_id, inherited)!
INSERT INTO identity.assignments (role_id, user_id, group_id, project_id, domain_id, inherited)
VALUES (:role_id, :user_id, :group_id, :project_id, :domain_id, :inherited)
ON CONFLICT DO NOTHING;

-- name: has_assignment(role_id, user_id, group_id, project_id, domain_id, inherited)$
SELECT EXISTS (
    SELECT FROM identity.assignments
    WHERE role_id = :role_id AND inherited = :inherited
    AND user_id IS NOT DISTINCT FROM :user_id AND group_id IS NOT DISTINCT FROM :group_id
    AND project_id IS NOT DISTINCT FROM :project_id AND domain_id IS NOT DISTINCT FROM :domain_id
);

-- name: select_roles(user_id, group_id, project_id, domain_id, inherited)
SELECT role.* FROM identity.assignments AS given JOIN identity.roles AS role ON role.id = role_id
WHERE inherited = :inherited
AND user_id IS NOT DISTINCT FROM :user_id AND group_id IS NOT DISTINCT FROM :group_id
AND project_id IS NOT DISTINCT FROM :project_id AND given.domain_id IS NOT DISTINCT FROM :domain_id
ORDER BY role.name
LIMIT 1000;

-- name: forget_federated_grant(role_id, user_id, project_id)!
-- The role there is an administrator's from now on, not a mapping's to take back.
DELETE FROM identity.federated_grants
WHERE role_id = :role_id AND user_id = :user_id AND project_id = :project_id;

-- name: delete_assignment(role_id, user_id, group_id, project_id, domain_id, inherited)$
WITH federated AS (
    DELETE FROM identity.federated_grants
    WHERE role_id = :role_id AND user_id = :user_id AND project_id = :project_id AND NOT :inherited
)
DELETE FROM identity.assignments
WHERE role_id = :role_id AND inherited = :inherited
AND user_id IS NOT DISTINCT FROM :user_id AND group_id IS NOT DISTINCT FROM :group_id
AND project_id IS NOT DISTINCT FROM :project_id AND domain_id IS NOT DISTINCT FROM :domain_id
RETURNING role_id;

-- name: select_role_ids(user_id, group_ids, project_id, domain_id)
WITH held AS (
    SELECT role_id, project_id, domain_id, inherited FROM identity.assignments WHERE user_id = :user_id
    UNION
    SELECT role_id, project_id, domain_id, inherited FROM identity.assignments
    WHERE group_id IN (SELECT group_id FROM identity.held_memberships WHERE user_id = :user_id)
    OR group_id = ANY(:group_ids::text[])
),
above AS MATERIALIZED (SELECT identity.ancestors(:project_id) AS id)
SELECT DISTINCT role_id FROM held
WHERE CASE WHEN inherited THEN
    project_id IN (SELECT id FROM above)
    OR domain_id = (SELECT projects.domain_id FROM identity.projects WHERE id = :project_id)
ELSE project_id IS NOT DISTINCT FROM :project_id AND domain_id IS NOT DISTINCT FROM :domain_id
END
AND NOT EXISTS (SELECT FROM above JOIN identity.projects USING (id) WHERE NOT enabled);

-- name: select_members(group_id)
SELECT user_id FROM identity.held_memberships WHERE group_id = :group_id;

-- name: select_places(group_id)
SELECT DISTINCT given.project_id, coalesce(project.domain_id, given.domain_id) AS domain_id, inherited
FROM identity.assignments AS given LEFT JOIN identity.projects AS project ON project.id = given.project_id
WHERE group_id = :group_id;

-- name: select_groups_of_domain(domain_id)
SELECT id FROM identity.groups WHERE domain_id = :domain_id;

-- name: select_roles_of_actor(user_id, group_id)
SELECT DISTINCT role_id FROM identity.assignments
WHERE user_id = :user_id OR group_id = :group_id
OR group_id IN (SELECT held.group_id FROM identity.held_memberships AS held WHERE held.user_id = :user_id);

-- name: find_grant_target(user_id, group_id, project_id, domain_id, role_id)^
-- What policy compares of a grant; NULL for what is not there. A role of one domain is not known by its name.
SELECT
    coalesce(
        (SELECT users.domain_id FROM identity.users WHERE id = :user_id),
        (SELECT groups.domain_id FROM identity.groups WHERE id = :group_id)
    ) AS actor_domain_id,
    coalesce(
        (SELECT projects.domain_id FROM identity.projects WHERE id = :project_id),
        (SELECT id FROM identity.domains WHERE id = :domain_id)
    ) AS domain_id,
    (SELECT name FROM identity.roles WHERE id = :role_id AND roles.domain_id IS NULL) AS role_name;
