-- name: prune$
-- Looks at the oldest alone, so that it never reads far. The lock lets one process at a time do it.
WITH gone AS (
    DELETE FROM identity.audit_events WHERE number IN (
        SELECT number FROM (
            SELECT number, event_time FROM identity.audit_events ORDER BY number LIMIT :most
        ) AS oldest
        WHERE event_time < clock_timestamp() - make_interval(secs => :kept_s)
    )
    AND pg_try_advisory_xact_lock(:lock)
    RETURNING 1
)
SELECT count(*) FROM gone;
