-- depends: 0002_identity_revocations

-- The trustee may act on the project with the trustor's roles listed, as the trustor when impersonation says so.
-- remaining_uses counts tokens that may still be made; NULL is any number, and a trust that has none left is no more.
CREATE TABLE identity.trusts (
    id text PRIMARY KEY,
    trustor_user_id text NOT NULL CONSTRAINT trusts_trustor REFERENCES identity.users ON DELETE CASCADE,
    trustee_user_id text NOT NULL CONSTRAINT trusts_trustee REFERENCES identity.users ON DELETE CASCADE,
    project_id text NOT NULL CONSTRAINT trusts_project REFERENCES identity.projects ON DELETE CASCADE,
    impersonation boolean NOT NULL,
    expires_at timestamptz,
    remaining_uses integer CONSTRAINT trusts_uses CHECK (remaining_uses >= 0)
);
CREATE INDEX trusts_by_trustor ON identity.trusts (trustor_user_id);
CREATE INDEX trusts_by_trustee ON identity.trusts (trustee_user_id);
CREATE INDEX trusts_by_project ON identity.trusts (project_id);

CREATE TABLE identity.trust_roles (
    trust_id text NOT NULL REFERENCES identity.trusts ON DELETE CASCADE,
    role_id text NOT NULL REFERENCES identity.roles ON DELETE CASCADE,
    PRIMARY KEY (trust_id, role_id)
);
CREATE INDEX trust_roles_by_role ON identity.trust_roles (role_id);
