-- name: update_statuses(ids, statuses)!
UPDATE northbound.ports AS port SET status = seen.status
FROM unnest(:ids::uuid[], :statuses::text[]) AS seen (id, status)
WHERE port.id = seen.id AND port.status IN ('ACTIVE', 'DOWN', 'BUILD') AND port.status <> seen.status;

-- name: update_all_statuses(active)!
UPDATE northbound.ports SET status = CASE WHEN id = ANY(:active::uuid[]) THEN 'ACTIVE' ELSE 'DOWN' END
WHERE status IN ('ACTIVE', 'DOWN', 'BUILD')
AND status <> CASE WHEN id = ANY(:active::uuid[]) THEN 'ACTIVE' ELSE 'DOWN' END;
