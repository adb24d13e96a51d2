-- depends: 0002_identity_revocations

-- A user's roles on one project, or some of them, for whoever knows the secret.
CREATE TABLE identity.application_credentials (
    id text PRIMARY KEY,
    user_id text NOT NULL CONSTRAINT application_credentials_user REFERENCES identity.users ON DELETE CASCADE,
    project_id text NOT NULL CONSTRAINT application_credentials_project REFERENCES identity.projects ON DELETE CASCADE,
    name text NOT NULL,
    description text,
    secret_hash text NOT NULL,
    expires_at timestamptz,
    unrestricted boolean NOT NULL,
    CONSTRAINT application_credentials_name_once UNIQUE (user_id, name)
);
CREATE INDEX application_credentials_by_project ON identity.application_credentials (project_id);

CREATE TABLE identity.application_credential_roles (
    application_credential_id text NOT NULL REFERENCES identity.application_credentials ON DELETE CASCADE,
    role_id text NOT NULL REFERENCES identity.roles ON DELETE CASCADE,
    PRIMARY KEY (application_credential_id, role_id)
);
CREATE INDEX application_credential_roles_by_role ON identity.application_credential_roles (role_id);

-- One call of one API that credentials may be confined to; several credentials of a user may share it.
CREATE TABLE identity.access_rules (
    id text PRIMARY KEY,
    user_id text NOT NULL CONSTRAINT access_rules_user REFERENCES identity.users ON DELETE CASCADE,
    service text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    CONSTRAINT access_rules_once UNIQUE (user_id, service, method, path)
);

CREATE TABLE identity.application_credential_access_rules (
    application_credential_id text NOT NULL REFERENCES identity.application_credentials ON DELETE CASCADE,
    access_rule_id text NOT NULL CONSTRAINT access_rules_in_use REFERENCES identity.access_rules,
    PRIMARY KEY (application_credential_id, access_rule_id)
);
CREATE INDEX application_credential_access_rules_by_rule
ON identity.application_credential_access_rules (access_rule_id);
