-- name: select_drift
SELECT number, seen_at, owner_kind, owner_id, ovn_table, row_uuid, found, repaired FROM northbound.drift
WHERE (:before::bigint IS NULL OR number < :before) AND (:kind::text IS NULL OR owner_kind = :kind)
  AND (:id::text IS NULL OR owner_id = :id)
ORDER BY number DESC LIMIT :limit;
