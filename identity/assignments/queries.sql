-- name: insert_assignment(role_id, user_id, project_id, domain_id)!
INSERT INTO identity.assignments (role_id, user_id, project_id, domain_id)
VALUES (:role_id, :user_id, :project_id, :domain_id)
ON CONFLICT DO NOTHING;

-- name: select_role_ids(user_id, project_id, domain_id)
SELECT role_id FROM identity.assignments
WHERE user_id = :user_id
AND project_id IS NOT DISTINCT FROM :project_id AND domain_id IS NOT DISTINCT FROM :domain_id;

-- name: select_roles(user_id, project_id, domain_id)
SELECT role.* FROM identity.assignments JOIN identity.roles AS role ON role.id = role_id
WHERE user_id = :user_id
AND project_id IS NOT DISTINCT FROM :project_id AND assignments.domain_id IS NOT DISTINCT FROM :domain_id
ORDER BY role.name
LIMIT 1000;

-- name: delete_assignment(role_id, user_id, project_id, domain_id)$
DELETE FROM identity.assignments
WHERE role_id = :role_id AND user_id = :user_id
AND project_id IS NOT DISTINCT FROM :project_id AND domain_id IS NOT DISTINCT FROM :domain_id
RETURNING role_id;

-- name: select_assignments(user_id, role_ids, project_id, domain_id, on_system, most)
SELECT
    held.role_id, role.name AS role_name,
    held.user_id, account.name AS user_name,
    account.domain_id AS user_domain_id, user_domain.name AS user_domain_name,
    held.project_id, project.name AS project_name,
    project.domain_id AS project_domain_id, project_domain.name AS project_domain_name,
    held.domain_id, target_domain.name AS domain_name
FROM identity.assignments AS held
JOIN identity.roles AS role ON role.id = held.role_id
JOIN identity.users AS account ON account.id = held.user_id
JOIN identity.domains AS user_domain ON user_domain.id = account.domain_id
LEFT JOIN identity.projects AS project ON project.id = held.project_id
LEFT JOIN identity.domains AS project_domain ON project_domain.id = project.domain_id
LEFT JOIN identity.domains AS target_domain ON target_domain.id = held.domain_id
WHERE (:user_id::text IS NULL OR held.user_id = :user_id)
AND (:role_ids::text[] IS NULL OR held.role_id = ANY(:role_ids))
AND (:project_id::text IS NULL OR held.project_id = :project_id)
AND (:domain_id::text IS NULL OR held.domain_id = :domain_id)
AND (NOT :on_system OR (held.project_id IS NULL AND held.domain_id IS NULL))
ORDER BY held.user_id, held.project_id, held.domain_id, held.role_id
LIMIT :most;
