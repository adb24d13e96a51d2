-- name: hold_rights(lock)!
SELECT pg_advisory_xact_lock_shared(:lock);

-- name: change_rights(lock)!
SELECT pg_advisory_xact_lock(:lock);

-- name: revoke(subjects, keep_s)!
INSERT INTO identity.revocations (subject, issued_before, expires_at)
SELECT subject, clock_timestamp(), clock_timestamp() + make_interval(secs => :keep_s)
FROM (SELECT DISTINCT unnest(:subjects::text[]) AS subject) AS named
ON CONFLICT (subject) DO UPDATE SET
    issued_before = excluded.issued_before,
    expires_at = excluded.expires_at,
    changed_in = pg_current_xact_id();

-- name: forget_expired()!
DELETE FROM identity.revocations WHERE expires_at < now();

-- name: is_revoked(subjects, issued_at)$
SELECT EXISTS (
    SELECT FROM identity.revocations WHERE subject = ANY(:subjects::text[]) AND issued_before >= :issued_at
);

-- name: select_since(horizon)
SELECT subject, issued_before, expires_at FROM identity.revocations WHERE changed_in >= :horizon::text::xid8;

-- name: fetch_horizon()$
SELECT pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: select_silent(limit_s)
SELECT domain_id FROM identity.directories WHERE answered_at < now() - make_interval(secs => :limit_s);

-- name: announce(channel)!
SELECT pg_notify(:channel, '');
