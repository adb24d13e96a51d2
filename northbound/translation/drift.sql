-- name: insert_drift*!
INSERT INTO northbound.drift (owner_kind, owner_id, ovn_table, row_uuid, found, repaired)
VALUES (:owner_kind, :owner_id, :ovn_table, :row_uuid, :found, :repaired);

-- name: prune_drift!
DELETE FROM northbound.drift WHERE number <= (SELECT max(number) FROM northbound.drift) - :kept;
