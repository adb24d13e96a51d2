-- Address scopes are counted: from now on, and those that are there.
INSERT INTO northbound.quotas AS q (project_id, resource, used)
SELECT project_id, 'address_scope', count(*) FROM northbound.address_scopes WHERE project_id <> '' GROUP BY project_id
ON CONFLICT ON CONSTRAINT quotas_pkey DO UPDATE SET used = excluded.used;
