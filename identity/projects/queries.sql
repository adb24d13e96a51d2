-- name: insert_project(id, domain_id, parent_id, name, description, enabled, tags, extra)^
INSERT INTO identity.projects (id, domain_id, parent_id, name, description, enabled, tags, extra)
VALUES (:id, :domain_id, :parent_id, :name, :description, :enabled, :tags, :extra)
RETURNING *;

-- name: find_project(id)^
SELECT * FROM identity.projects WHERE id = :id;

-- name: find_project_by_name(domain_id, name)^
SELECT * FROM identity.projects WHERE domain_id = :domain_id AND name = :name;

-- name: lock_project(id)^
SELECT * FROM identity.projects WHERE id = :id FOR UPDATE;

-- name: update_project(id, name, description, enabled, tags, extra)^
UPDATE identity.projects
SET name = :name, description = :description, enabled = :enabled, tags = :tags, extra = :extra
WHERE id = :id
RETURNING *;

-- name: delete_project(id)!
DELETE FROM identity.projects WHERE id = :id;

-- name: forget_default_project(id)!
UPDATE identity.users SET default_project_id = NULL WHERE default_project_id = :id;

-- name: select_projects_of_user(user_id)
SELECT project.* FROM identity.projects AS project JOIN identity.domains AS domain ON domain.id = project.domain_id
WHERE project.enabled AND domain.enabled
AND project.id IN (SELECT project_id FROM identity.effective_rights WHERE user_id = :user_id)
AND NOT EXISTS (
    SELECT FROM identity.ancestors(project.id) AS above (id) JOIN identity.projects USING (id) WHERE NOT projects.enabled
)
ORDER BY project.name, project.id
LIMIT 1000;

-- name: select_ancestors(id)
SELECT * FROM identity.projects WHERE id IN (SELECT identity.ancestors(:id));

-- name: select_descendants(id)
SELECT * FROM identity.projects WHERE id IN (SELECT identity.descendants(:id)) ORDER BY name, id;

-- name: set_tags(id, tags)^
UPDATE identity.projects SET tags = :tags WHERE id = :id RETURNING *;
