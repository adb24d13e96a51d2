-- depends: 0002_identity_revocations

-- sealed is the blob, encrypted with a key on disk. used_step is the last time step of a totp seed that signed in.
CREATE TABLE identity.credentials (
    id text PRIMARY KEY,
    user_id text NOT NULL CONSTRAINT credentials_user REFERENCES identity.users ON DELETE CASCADE,
    project_id text CONSTRAINT credentials_project REFERENCES identity.projects ON DELETE CASCADE,
    type text NOT NULL,
    sealed bytea NOT NULL,
    used_step bigint NOT NULL DEFAULT 0
);
CREATE INDEX credentials_by_user ON identity.credentials (user_id);
CREATE INDEX credentials_by_project ON identity.credentials (project_id);
