-- depends: 0012_identity_password_rules

-- The last day on which a user signed in; for those who never did, the day that their account was made or opened.
ALTER TABLE identity.users
    ADD COLUMN last_active_at date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date;

-- Failed logins with a password since the last good one. Names that nobody has share a few rows without user_id.
CREATE TABLE identity.failed_logins (
    account text PRIMARY KEY,
    user_id text CONSTRAINT failed_logins_user REFERENCES identity.users ON DELETE CASCADE,
    failures integer NOT NULL,
    failed_at timestamptz NOT NULL
);
CREATE INDEX failed_logins_by_user ON identity.failed_logins (user_id);
