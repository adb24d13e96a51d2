-- name: upsert_agents!
INSERT INTO northbound.agents AS a (name, host, is_gateway, availability_zones, bridge_mappings, nb_cfg)
SELECT found.name, found.host, found.is_gateway, ARRAY(SELECT jsonb_array_elements_text(found.availability_zones)),
    found.bridge_mappings, found.nb_cfg
FROM jsonb_to_recordset(:found::jsonb) AS found (
    name text, host text, is_gateway boolean, availability_zones jsonb, bridge_mappings jsonb, nb_cfg bigint
)
ON CONFLICT ON CONSTRAINT agents_pkey DO UPDATE SET
    host = excluded.host, is_gateway = excluded.is_gateway, availability_zones = excluded.availability_zones,
    bridge_mappings = excluded.bridge_mappings, nb_cfg = excluded.nb_cfg,
    kept_up_at = CASE WHEN a.nb_cfg = excluded.nb_cfg THEN a.kept_up_at ELSE now() END
WHERE (a.host, a.is_gateway, a.availability_zones, a.bridge_mappings, a.nb_cfg) IS DISTINCT FROM
    (excluded.host, excluded.is_gateway, excluded.availability_zones, excluded.bridge_mappings, excluded.nb_cfg);

-- name: delete_others!
DELETE FROM northbound.agents WHERE name <> ALL (:names::text[]);

-- name: set_target!
UPDATE northbound.agents_target SET nb_cfg = :nb_cfg WHERE nb_cfg <> :nb_cfg;

-- name: lock_agent$
SELECT name FROM northbound.agents WHERE name = :name FOR UPDATE;

-- name: describe_agent!
UPDATE northbound.agents SET description = :description WHERE name = :name;

-- name: delete_agent!
DELETE FROM northbound.agents WHERE name = :name;

-- name: insert_removal!
INSERT INTO northbound.agent_removals (name) VALUES (:name) ON CONFLICT DO NOTHING;

-- name: select_removals
SELECT name FROM northbound.agent_removals;

-- name: delete_removals!
DELETE FROM northbound.agent_removals WHERE name = ANY(:names::text[]);
