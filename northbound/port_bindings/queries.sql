-- name: select_bindings
SELECT host, vnic_type, profile, is_ready FROM northbound.port_bindings WHERE port_id = :port_id ORDER BY host;

-- name: insert_binding!
INSERT INTO northbound.port_bindings (port_id, host, vnic_type, profile, is_ready)
VALUES (:port_id, :host, :vnic_type, :profile, :is_ready);

-- name: update_binding!
UPDATE northbound.port_bindings SET vnic_type = :vnic_type, profile = :profile
WHERE port_id = :port_id AND host = :host;

-- name: delete_binding!
DELETE FROM northbound.port_bindings WHERE port_id = :port_id AND host = :host;

-- name: set_place!
UPDATE northbound.ports SET
    host = :host, vnic_type = :vnic_type, profile = :profile,
    revision_number = revision_number + 1, updated_at = now()
WHERE id = :port_id;

-- name: is_chassis$
SELECT EXISTS (SELECT FROM northbound.chassis WHERE :host IN (hostname, name));
