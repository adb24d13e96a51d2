-- name: update_statuses
UPDATE northbound.ports AS port SET status = seen.status
FROM unnest(:ids::uuid[], :statuses::text[]) AS seen (id, status)
WHERE port.id = seen.id AND port.status IN ('ACTIVE', 'DOWN', 'BUILD') AND port.status <> seen.status
RETURNING port.id::text, port.status;

-- name: update_all_statuses
UPDATE northbound.ports SET status = CASE WHEN id = ANY(:active::uuid[]) THEN 'ACTIVE' ELSE 'DOWN' END
WHERE status IN ('ACTIVE', 'DOWN', 'BUILD')
AND status <> CASE WHEN id = ANY(:active::uuid[]) THEN 'ACTIVE' ELSE 'DOWN' END
RETURNING id::text, status;
