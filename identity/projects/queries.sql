-- name: forget_default_project(id)!
UPDATE identity.users SET default_project_id = NULL WHERE default_project_id = :id;

-- name: select_projects_of_user(user_id, group_ids)
SELECT project.* FROM identity.projects AS project JOIN identity.domains AS domain ON domain.id = project.domain_id
WHERE project.enabled AND domain.enabled
AND project.id IN (
    SELECT project_id FROM identity.effective_rights WHERE user_id = :user_id
    UNION
    SELECT identity.projects_of_groups(:group_ids::text[])
)
AND NOT EXISTS (
    SELECT FROM identity.ancestors(project.id) AS above (id) JOIN identity.projects USING (id) WHERE NOT projects.enabled
)
ORDER BY project.name, project.id
LIMIT 1000;

-- name: select_ancestors(id)
SELECT * FROM identity.projects WHERE id IN (SELECT identity.ancestors(:id));

-- name: select_descendants(id)
SELECT * FROM identity.projects WHERE id IN (SELECT identity.descendants(:id)) ORDER BY name, id;

