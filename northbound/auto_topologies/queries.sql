-- name: lock_project$
SELECT pg_advisory_xact_lock(hashtextextended('northbound.auto_topologies/' || :project_id::text, 0));

-- name: find_topology^
SELECT network_id::text, router_id::text FROM northbound.auto_topologies WHERE project_id = :project_id;

-- name: insert_topology!
INSERT INTO northbound.auto_topologies (project_id, network_id, router_id)
VALUES (:project_id, :network_id, :router_id);

-- name: default_external_network$
SELECT id::text FROM northbound.networks WHERE is_default;

-- name: default_versions
SELECT ip_version FROM northbound.subnet_pools WHERE is_default ORDER BY ip_version;
