-- name: upsert_quarantined*!
INSERT INTO northbound.quarantine (owner_kind, owner_id, reason) VALUES (:owner_kind, :owner_id, :reason)
ON CONFLICT (owner_kind, owner_id) DO UPDATE SET reason = EXCLUDED.reason, attempts = quarantine.attempts + 1;

-- name: delete_quarantined*!
DELETE FROM northbound.quarantine WHERE owner_kind = :owner_kind AND owner_id = :owner_id;

-- name: delete_all!
DELETE FROM northbound.quarantine;
