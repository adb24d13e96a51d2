-- name: admits(account, matches, exempt, most, duration_s)$
WITH known AS (
    SELECT failures >= :most AND (:duration_s = 0 OR failed_at > now() - make_interval(secs => :duration_s)) AS closed
    FROM identity.failed_logins
    WHERE account = :account
),
verdict AS (
    SELECT :matches AND (:exempt OR NOT coalesce((SELECT closed FROM known), false)) AS admitted
),
forgotten AS (
    DELETE FROM identity.failed_logins WHERE account = :account AND (SELECT admitted FROM verdict)
)
SELECT admitted FROM verdict;

-- name: count_failure(account, user_id, most, duration_s)!
INSERT INTO identity.failed_logins AS known (account, user_id, failures, failed_at)
VALUES (:account, :user_id, 1, now())
ON CONFLICT (account) DO UPDATE SET
    failures = CASE
        WHEN known.failures < :most THEN known.failures + 1
        WHEN :duration_s = 0 OR known.failed_at > now() - make_interval(secs => :duration_s) THEN known.failures
        ELSE 1
    END,
    failed_at = CASE
        WHEN known.failures >= :most
        AND (:duration_s = 0 OR known.failed_at > now() - make_interval(secs => :duration_s)) THEN known.failed_at
        ELSE excluded.failed_at
    END;

-- name: forget_failures(account)!
DELETE FROM identity.failed_logins WHERE account = :account;
