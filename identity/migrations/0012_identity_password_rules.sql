-- depends: 0011_identity_listed_projects

ALTER TABLE identity.users
    ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN password_set_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN password_expires_at timestamptz;

-- What users had before their present password, as far back as the settings ask for.
CREATE TABLE identity.past_passwords (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id text NOT NULL REFERENCES identity.users ON DELETE CASCADE,
    password_hash text NOT NULL
);
CREATE INDEX past_passwords_by_user ON identity.past_passwords (user_id, id);
