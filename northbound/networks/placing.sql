-- name: insert_segment!
INSERT INTO northbound.segments (
    id, network_id, network_type, physical_network, segmentation_id, position, name, description
) VALUES (
    :id, :network_id, :network_type, :physical_network, :segmentation_id, :position, :name, :description
);

-- name: try_segment$
INSERT INTO northbound.segments (
    id, network_id, network_type, physical_network, segmentation_id, position, name, description
) VALUES (
    :id, :network_id, :network_type, :physical_network, :segmentation_id, :position, :name, :description
)
ON CONFLICT ON CONSTRAINT segments_place DO NOTHING
RETURNING id;

-- name: lock_physical_network$
SELECT pg_advisory_xact_lock(hashtextextended('northbound.segments/' || :physical_network::text, 0));

-- name: choose_vlan$
SELECT tag FROM generate_series(1, 4094) AS tag
WHERE NOT EXISTS (
    SELECT FROM northbound.segments
    WHERE network_type = 'vlan' AND physical_network = :physical_network AND segmentation_id = tag
)
ORDER BY tag LIMIT 1;

-- name: update_segment!
UPDATE northbound.segments SET
    segmentation_id = :segmentation_id, revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;
